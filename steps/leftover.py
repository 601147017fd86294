"""What an older run has left, which must never be taken for this run's."""

from __future__ import annotations

import shutil
from pathlib import Path

from sandbox.errors import SandboxError


def remove(folder: Path) -> None:
    """Remove a folder of an older run, if there is one. Raises SandboxError where it stays."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        what = f"what an older run left in {folder} cannot be removed: {error.strerror}"
        raise SandboxError(what, cure=f"remove {folder} by hand") from error


class Last:
    """What an older run has left in a folder, out of the way until it is known that another began.

    `mark` is the file without which the folder is of one that was killed.
    """

    def __init__(self, folder: Path, mark: str) -> None:
        self._folder, self._mark = folder, mark
        self._aside = folder.with_name(f".{folder.name}-last")

    def take(self) -> None:
        """Move it aside; where a killed run has left one there, that is the last."""
        if (self._folder / self._mark).exists():
            remove(self._aside)
            self._folder.rename(self._aside)
        else:
            remove(self._folder)

    def put_back(self) -> None:
        """No other has begun: it is still the last."""
        remove(self._folder)
        if self._aside.exists():
            self._aside.rename(self._folder)

    def drop(self) -> None:
        """There is a newer one."""
        remove(self._aside)
