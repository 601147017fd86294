"""junit.xml of every cell of a night, side by side: a run takes the place of the one before."""

from __future__ import annotations

from pathlib import Path

from report.files import replace
from report.junit import NAME
from steps import leftover

FOLDER = "junit"
"""Below the build folder of the book: `<cell>.xml`."""


def clear(build: Path) -> None:
    """A night begins: what an older one has left goes."""
    leftover.remove(build / FOLDER)


def keep(build: Path, cell: str) -> None:
    """Keep that of a cell which has just run, where it has left one. Raises OSError."""
    if (build / NAME).is_file():
        replace(build / FOLDER / f"{cell}.xml", (build / NAME).read_bytes())
