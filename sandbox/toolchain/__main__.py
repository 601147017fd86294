"""Build the toolchain, say where it is, list or remove what is cached.

KUBERNETES and FLUX name pinned versions in the place of its own; TOOLCHAIN_FROM_PATH=1 takes
programs of PATH in the place of what would have to be built.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict

from sandbox import from_path, unread
from sandbox.errors import SandboxError, UsageError
from sandbox.interrupts import interruptible
from sandbox.record import Record
from sandbox.toolchain import builder, on_path, pins
from sandbox.toolchain.borrowed import lend
from sandbox.toolchain.modules import SETS, GoModule, modules_of
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.store import Store, read_record
from sandbox.toolchain.toolchain import ensure, found_on_path, modules_with

_COMBINED = (
    ("embedded",),
    ("embedded", "sops"),
    ("embedded", "kind"),
    ("embedded", "kind", "sops"),
)
"""The sets of which something can be taken, as they are asked for together."""


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
        store = Store.of_user()
        gone = builder.prune(store, Clock(Printer()), _lent(store))
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


def _lent(store: Store) -> list[tuple[GoModule, ...]]:
    """The modules beside programs of PATH: those that sandboxes have, and what is asked for now."""
    noted = [record for record in Record.all().values() if record is not None]
    found = [_of(record) for record in noted if record.from_path.taken]
    if from_path.asked():
        asked = pins.Versions.asked()
        looked = [on_path.look(store, sets, asked) for sets in _COMBINED]
        found += [
            modules_with(each.sets, **asdict(asked), taken=each.taken)
            for each in looked
            if each.taken
        ]
    return found


def _of(record: Record) -> tuple[GoModule, ...]:
    """The modules that a sandbox has; those that are known where a pin or a set of it is gone."""
    had, versions = record.from_path, pins.Versions(record.kubernetes, record.flux)
    try:
        return modules_with(had.sets, **asdict(versions), taken=had.taken)
    except UsageError as gone:
        what = f"sandbox {record.name}: not all that it has counts as in use: {gone}"
        print(what, file=sys.stderr)
    sets = tuple(name for name in had.sets if name in SETS)
    return lend(modules_of(sets) if sets else (), had.taken)


def _list() -> None:
    store = Store.of_user()
    used = builder.in_use(store, _lent(store))
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
    unread.go_on()
    raise SystemExit(main())
