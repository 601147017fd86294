"""`python -m benchmarks [NAME ...]`: run the benchmarks of this folder, all or those named."""

import importlib
import pkgutil
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    known = sorted(
        each.name
        for each in pkgutil.iter_modules([str(Path(__file__).parent)])
        if not each.name.startswith("_")
    )
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no benchmark {unknown[0]!r}. Cure: one of: {', '.join(known)}", file=sys.stderr)
        return 2
    for name in names or known:
        print(f"== {name}", flush=True)
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
