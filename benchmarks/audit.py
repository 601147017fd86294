"""Seconds that an audit of a guide of 1,000 units takes.

Run with the project's Python: `python benchmarks/audit.py`. Reach: 1 s or less.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from guide.acceptance import Acceptance  # noqa: E402
from guide.audit import Audit  # noqa: E402
from guide.erratum import Errata  # noqa: E402
from guide.lock import SourceLock  # noqa: E402
from guide.source import SourceGuide  # noqa: E402

UNITS = 1000
RUNS = 5


def guide(chapters: int, changed: int = 0) -> str:
    """A guide with ten units in each chapter; the first `changed` of them say something else."""
    parts = ["# A long guide\n\nIt has many chapters.\n"]
    for n in range(1, chapters + 1):
        word = "another" if n <= changed else "some"
        parts.append(
            f"## Chapter {n} of things\n\nThis chapter says {word} thing number {n} in words.\n\n"
            f"1. Write the file number {n} with `touch file-{n}.txt`:\n\n"
            f"   ```yaml\n   # file {n}\n   kind: Thing\n   metadata:\n     name: {word}-{n}\n"
            f"   ```\n\n2. Check that file {n} is there.\n   - It is not empty ({n}).\n"
            f"   - It has the name {word}-{n}.\n\n```bash\nls file-{n}.txt\n```\n\n"
            f"- A remark on {n}.\n- Another {word} remark on {n}.\n"
        )
    return "\n".join(parts)


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        file, lock = Path(folder) / "guide.md", Path(folder) / "source.lock"
        file.write_text(guide(UNITS // 10), encoding="utf-8")
        empty = SourceLock(str(lock), file.name, ())
        audit = Audit.of(file, empty, Errata())
        Acceptance(audit, "2000-01-01T00:00:00+00:00").lock().write(lock)
        units = len(SourceGuide.read(file).units)
        command = [sys.executable, "-m", "guide", "audit", str(file), "--lock", str(lock)]
        for name, changed in (("unchanged", 0), ("half changed", UNITS // 20)):
            file.write_text(guide(UNITS // 10, changed), encoding="utf-8")
            whole, inner = [], []
            for _ in range(RUNS):
                start = time.perf_counter()
                subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60)
                whole.append(time.perf_counter() - start)
                start = time.perf_counter()
                Audit.of(file, SourceLock.read(lock), Errata())
                inner.append(time.perf_counter() - start)
            print(
                f"audit of {units} units, {name}: {statistics.median(whole):.2f} s, "
                f"{statistics.median(inner):.2f} s without the start of Python "
                f"(median of {RUNS} runs; reach 1 s)"
            )


if __name__ == "__main__":
    main()
