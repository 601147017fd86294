"""The code of a run: hashes of what runs beside the edition and the features."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

CLONE = Path(__file__).parents[1]
PARTS = (
    ("steps", CLONE / "steps"),
    ("sandbox", CLONE / "sandbox"),
    ("charts", CLONE / "sandbox" / "charts"),
)
"""What a run is made of, and where it lies. A folder inside another one's counts for itself."""


def hashes(
    own: Sequence[tuple[str, Path]] = (), parts: Sequence[tuple[str, Path]] = PARTS
) -> dict[str, str]:
    """A hash for each part, of the names and contents of its files.

    `own` are further folders of these parts; one that is not there counts as empty.
    """
    apart = {folder for _, folder in parts}
    found = {}
    for part, folder in parts:
        total = sha256()
        for each in (folder, *(more for name, more in own if name == part)):
            for file in _files(each, apart - {each}):
                name = file.relative_to(each).as_posix()
                total.update(f"{name}\0{sha256(file.read_bytes()).hexdigest()}\0".encode())
        found[part] = total.hexdigest()
    return found


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
