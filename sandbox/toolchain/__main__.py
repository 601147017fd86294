"""Build the toolchain, say where it is, list or remove what is cached.

KUBERNETES and FLUX name pinned versions in the place of its own; TOOLCHAIN_FROM_PATH=1 takes
programs of PATH in the place of what would have to be built.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

from sandbox.errors import SandboxError
from sandbox.interrupts import interruptible
from sandbox.record import Record
from sandbox.toolchain import builder, pins
from sandbox.toolchain.modules import SETS, GoModule
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.store import Store, read_record
from sandbox.toolchain.toolchain import ensure, found_on_path, modules_with


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code (0 done, 2 wrong use, 3 failed)."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.toolchain", description=__doc__)
    parser.add_argument(
        "--set", action="append", choices=sorted(SETS), help="what to build (default: embedded)"
    )
    parser.add_argument("--print-path", action="store_true", help="print only the programs' folder")
    parser.add_argument("--list", action="store_true", help="list what is cached, with its size")
    parser.add_argument("--prune", action="store_true", help="remove what is no longer used")
    options = parser.parse_args(arguments)
    try:
        with interruptible():
            _do(options)
    except SandboxError as failure:
        print(failure, file=sys.stderr)
        return failure.exit_code
    except KeyboardInterrupt:
        print("toolchain: interrupted; what is built so far is kept", file=sys.stderr)
        return 130
    return 0


def _do(options: argparse.Namespace) -> None:
    if options.list:
        _list()
    elif options.prune:
        gone = builder.prune(Store.of_user(), Clock(Printer()), _of_sandboxes())
        print(f"removed: {', '.join(gone) or 'nothing'}")
    else:
        asked = pins.Versions.asked()
        sets, pinned = options.set or ("embedded",), asdict(asked)
        found = found_on_path(sets, **pinned)
        toolchain = ensure(sets, **pinned, taken=found.taken)
        for line in found.lines():
            print(line, file=sys.stderr)
        print(toolchain.bin)
        if not options.print_path:
            print(" ".join(f"{name}={v}" for name, v in toolchain.versions.items()))


def _of_sandboxes() -> list[tuple[GoModule, ...]]:
    """The modules of each sandbox that has programs of PATH: no other needs what was built so."""
    return [
        modules_with(
            record.from_path.sets,
            kubernetes=record.kubernetes,
            flux=record.flux,
            taken=record.from_path.taken,
        )
        for record in Record.all().values()
        if record is not None and record.from_path.taken
    ]


def _list() -> None:
    store = Store.of_user()
    used = builder.in_use(store, _of_sandboxes())
    for folder, gib in store.listing():
        state = "in use" if folder in used else "unfinished" if folder == store.work else "old"
        record = read_record(folder)
        whence = record.get("taken_from")
        how = f"taken from {whence}, built" if whence else f"built in {record.get('seconds')} s"
        made = f", {how} with Go {record['go']}" if "go" in record else ""
        if "taken" in record:
            made = f", from PATH: {', '.join(each['name'] for each in record['taken'])}"
        print(f"{gib:6.2f} GiB  {state:10}  {folder.name}{made}")


if __name__ == "__main__":
    raise SystemExit(main())
