"""The code of a run: hashes of what runs beside the edition and the features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

CLONE = Path(__file__).parents[1]
PARTS = (
    ("steps", CLONE / "steps"),
    ("sandbox", CLONE / "sandbox"),
    ("guide", CLONE / "guide"),
    ("charts", CLONE / "sandbox" / "charts"),
)
"""What a run is made of, and where it lies. A folder inside another one's counts for itself."""
PROGRAMS = "programs"
_PINS = ("go.mod", "go.sum")
"""The files that say of which versions programs are built. They are no code: what has changed where
only a version has is that version, which a run tells by name."""


def hashes(
    own: Sequence[tuple[str, Path]] = (), parts: Sequence[tuple[str, Path]] = PARTS
) -> dict[str, str]:
    """A hash for each part, of the names and contents of its files; pins are a part of their own.

    `own` are further folders of these parts; one that is not there counts as empty.
    """
    apart = {folder for _, folder in parts}
    found = {name: sha256() for name in (*(part for part, _ in parts), PROGRAMS)}
    for part, folder in parts:
        for each in (folder, *(more for name, more in own if name == part)):
            for file in _files(each, apart - {each}):
                name = file.relative_to(each).as_posix()
                total = found[PROGRAMS if file.name in _PINS else part]
                total.update(f"{name}\0{sha256(file.read_bytes()).hexdigest()}\0".encode())
    return {name: total.hexdigest() for name, total in found.items()}


def _files(folder: Path, apart: set[Path]) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name == "__pycache__" or path.name.startswith("."):
            continue
        if path.is_file():
            yield path
        elif path.is_dir() and path not in apart:
            yield from _files(path, apart)
