"""`python -m sandbox.toolchain.shared`: pack the toolchain for others, or check what is built.

Exit codes: 0 done; 1 what is built has other bytes than the repository knows, or it knows none of
it; 2 wrong use; 3 it cannot be built, read or published; 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox import unread
from sandbox.errors import SandboxError, UsageError
from sandbox.interrupts import interruptible
from sandbox.toolchain import pins
from sandbox.toolchain.modules import modules_of
from sandbox.toolchain.shared import known, packing, remote, taking
from sandbox.toolchain.shared.archive import Packed
from sandbox.toolchain.store import Store
from sandbox.toolchain.toolchain import ensure

_DEFAULT = "embedded stores sops"
"""What the embedded provider needs for every book."""
_ACCEPT = "make toolchain-pack ACCEPT=1, and commit that file"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        with interruptible():
            sets = tuple(options.sets.split()) or tuple(_DEFAULT.split())
            modules = modules_of(sets)
            _refuse_pinned(pins.Versions.asked())
            ensure(sets)
            store = Store.of_user()
            # A gigabyte is read for it: once.
            contents = [packing.packed(store, module) for module in modules]
            return _check(contents) if options.check else _pack(store, contents, options)
    except SandboxError as failure:
        print(failure, file=sys.stderr)
        return failure.exit_code
    except KeyboardInterrupt:
        print("toolchain: interrupted; no half archive is left", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.toolchain.shared", description=__doc__)
    parser.add_argument("--sets", default="", help=f"what is packed (default: {_DEFAULT})")
    parser.add_argument("--to", type=Path, default=Path("build/toolchain"), help="the folder")
    parser.add_argument("--publish", default="", help="address of a server that takes the archive")
    parser.add_argument("--accept", action="store_true", help="write the digests into the clone")
    parser.add_argument("--check", action="store_true", help="hold what is built against digests")
    return parser


def _refuse_pinned(asked: pins.Versions) -> None:
    if asked.settings:
        raise UsageError(
            f"{' '.join(asked.settings)} is in no archive: it has the toolchain's own versions",
            cure="leave it out; what is pinned is built where it is asked for",
        )


def _pack(store: Store, contents: Sequence[Packed], options: argparse.Namespace) -> int:
    if options.accept and packing.accept(contents):
        print(f"{known.FILE} has the digests of what is built here: commit it")
    found = packing.differing(contents)
    unknown = (*found.other, *found.of_key, *found.of_go)
    hint = (
        f"{known.FILE.name} does not know {', '.join(unknown)}, so nobody can take it",
        _ACCEPT,
    )
    if options.publish and unknown:
        raise SandboxError(hint[0], phase="toolchain", cure=hint[1])
    file = packing.pack(store, contents, options.to)
    print(f"{file} ({file.stat().st_size / 1024**2:.0f} MiB)")
    if unknown:
        print(f"{hint[0]}. Cure: {hint[1]}", file=sys.stderr)
    if options.publish:
        address = taking.address(options.publish, [each.name for each in contents])
        put = remote.publish(file, address)
        print(f"{remote.shown(address)} {'has it now' if put else 'had it already'}")
    return 0


def _check(contents: Sequence[Packed]) -> int:
    found = packing.differing(contents)
    for each in found.of_go:
        print(f"not compared, for {known.FILE.name} has it of another Go: {each}")
    for each in found.of_key:
        what = f"{known.FILE.name} does not know {each}, so nobody can take it"
        print(f"{what}. Cure: {_ACCEPT}", file=sys.stderr)
    for each in found.other:
        print(f"built with other bytes than {known.FILE.name} has: {each}", file=sys.stderr)
    print(f"{len(contents) - found.count} of {len(contents)} modules as known")
    return 1 if found.other or found.of_key else 0


if __name__ == "__main__":
    unread.go_on()
    raise SystemExit(main())
