"""The last run's results while a new run is on: out of the way, so that none is taken for its."""

from __future__ import annotations

from pathlib import Path

_NAMES = ("results.json", "junit.xml")


class Aside:
    """Results in `build`, in a folder of their own until it is known whether a new run began."""

    def __init__(self, build: Path) -> None:
        self._build = build
        self._folder = build / "last"

    def take(self) -> None:
        """Move them there; what an earlier run that was killed has put there goes."""
        for name in _NAMES:
            (self._folder / name).unlink(missing_ok=True)
            if (self._build / name).exists():
                self._folder.mkdir(parents=True, exist_ok=True)
                (self._build / name).replace(self._folder / name)

    def put_back(self) -> None:
        """No run has begun: the last one is still the last."""
        for name in _NAMES:
            if (self._folder / name).exists():
                (self._folder / name).replace(self._build / name)
        self._remove()

    def drop(self) -> None:
        """There is a newer run."""
        for name in _NAMES:
            (self._folder / name).unlink(missing_ok=True)
        self._remove()

    def _remove(self) -> None:
        if self._folder.is_dir():
            self._folder.rmdir()
