"""The build folder of a cell that runs beside others, until its turn to be recorded comes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from report.merge import OWN_FILES, OWN_FOLDERS
from steps import leftover, retries

FOLDER = "cells"
"""Below the build folder of the book: a folder for each cell."""
_HISTORY = "history"


class Apart:
    """What a run leaves, out of the way of the runs beside it."""

    def __init__(self, build: Path, name: str) -> None:
        self.folder = build / FOLDER / name
        self._build = build

    def lay(self) -> None:
        """Begin empty; how long scenarios took is known here too."""
        leftover.remove(self.folder)
        self.folder.mkdir(parents=True)
        (self.folder / _HISTORY).symlink_to((self._build / _HISTORY).absolute())

    def put(self) -> None:
        """Put all of it in the place of what the last run has left in the book's build folder."""
        results, *others = OWN_FILES
        (self._build / results).unlink(missing_ok=True)  # a half is never taken for the whole
        for name in (*others, *OWN_FOLDERS, retries.FOLDER):
            _remove(self._build / name)
        (self.folder / _HISTORY).unlink(missing_ok=True)
        for path in sorted(self.folder.iterdir(), key=lambda path: path.name == results):
            _remove(self._build / path.name)
            path.rename(self._build / path.name)
        self.folder.rmdir()

    def drop(self) -> None:
        """It has come to nothing."""
        leftover.remove(self.folder)


def close(build: Path) -> None:
    """All cells are in their place: nothing is left, but of one that could not be put there."""
    with suppress(OSError):
        (build / FOLDER).rmdir()


def sweep(build: Path) -> None:
    """Remove what cells have left that were never recorded, and name it: a night was killed."""
    left = sorted(path.parent.name for path in (build / FOLDER).glob("*/results.json"))
    if left:
        print(f"a night that was killed has not recorded {', '.join(left)}: removed", flush=True)
    leftover.remove(build / FOLDER)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        leftover.remove(path)
    else:
        path.unlink(missing_ok=True)
