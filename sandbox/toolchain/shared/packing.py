"""Pack what is built for others, and hold what is built here against the known digests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sandbox.toolchain.modules import SETS, GoModule, modules_of
from sandbox.toolchain.shared import archive, digest, known, taking
from sandbox.toolchain.shared.archive import Packed
from sandbox.toolchain.store import Store


def packed(store: Store, module: GoModule) -> Packed:
    """A complete module as an archive holds it."""
    folder = store.folder(module)
    return Packed(name=folder.name, go=str(store.record(module)["go"]), files=digest.files(folder))


def pack(store: Store, contents: Sequence[Packed], folder: Path) -> Path:
    """Write the archive of these complete modules into a folder; where it is."""
    target = folder / taking.file_name([each.name for each in contents])
    archive.write(target, store.root, contents)
    return target


def accept(store: Store, contents: Sequence[Packed]) -> bool:
    """Write down that these modules, as they are built here, are what may be taken; whether new."""
    found = {each.name: (each.go, each.digest) for each in contents}
    return known.accept(found, {store.folder(each).name for each in modules_of(tuple(SETS))})


def differing(contents: Sequence[Packed]) -> tuple[list[str], list[str]]:
    """Modules whose bytes are others than the known ones, and those of which none are known.

    None are known for a key that nobody packed yet, and for another patch version of Go.
    """
    other, unknown, trusted = [], [], known.read()
    for each in contents:
        expected = trusted.get(each.name, {}).get(each.go)
        if expected is None:
            unknown.append(f"{each.name} (Go {each.go})")
        elif expected != each.digest:
            other.append(f"{each.name}: {each.digest} in place of {expected}")
    return other, unknown
