"""Pack what is built for others, and hold what is built here against the known digests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.toolchain.modules import PLATFORMS, SETS, GoModule, modules_of
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


def accept(contents: Sequence[Packed]) -> bool:
    """Write down that these modules, as they are built here, are what may be taken; whether new.

    What is known of them on other platforms stays.
    """
    found = {each.name: (each.go, each.digest) for each in contents}
    used = {
        f"{each.name}-{each.key_on(platform)}"
        for each in modules_of(tuple(SETS))
        for platform in PLATFORMS
    }
    return known.accept(found, used)


@dataclass(frozen=True)
class Differing:
    """Modules that are not as the repository knows them, each with what is known and what is."""

    other: tuple[str, ...]
    """Their bytes are others than the known ones."""
    of_key: tuple[str, ...]
    """Nobody has written down the digests of this key."""
    of_go: tuple[str, ...]
    """They are known as another patch version of Go builds them."""

    @property
    def count(self) -> int:
        """So many are not as known."""
        return len(self.other) + len(self.of_key) + len(self.of_go)


def differing(contents: Sequence[Packed]) -> Differing:
    """Hold complete modules against the known digests."""
    other, of_key, of_go, trusted = [], [], [], known.read()
    for each in contents:
        by_go = trusted.get(each.name, {})
        expected = by_go.get(each.go)
        if not by_go:
            of_key.append(f"{each.name} (Go {each.go})")
        elif expected is None:
            of_go.append(f"{each.name} (Go {each.go}, known of {', '.join(sorted(by_go))})")
        elif expected != each.digest:
            other.append(f"{each.name}: {each.digest} in place of {expected}")
    return Differing(tuple(other), tuple(of_key), tuple(of_go))
