"""How far a build is, for people: one line that changes on a terminal, plain lines elsewhere."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from sandbox import events


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One moment of a build."""

    what: str
    """For example `building kube-apiserver`."""
    detail: str = ""
    """What changes quickly: the package being compiled, the module being downloaded."""
    n: int = 0
    m: int = 0
    """The n-th of m programs; m is 0 where nothing is counted."""
    elapsed_s: float = 0.0

    def __str__(self) -> str:
        count = f" ({self.n} of {self.m})" if self.m else ""
        minutes, seconds = divmod(int(self.elapsed_s), 60)
        return f"toolchain: {self.what}{count}, {minutes}:{seconds:02d}"


Listener = Callable[[Progress], None]


@dataclass
class Printer:
    """The listener for people."""

    stream: TextIO = field(default_factory=lambda: sys.stderr)
    _last: str = ""

    def __call__(self, progress: Progress) -> None:
        """Show this moment; elsewhere than on a terminal only when something new begins."""
        if self.stream.isatty():
            width = shutil.get_terminal_size().columns - 1
            text = f"{progress}  {progress.detail}"
            self.stream.write(f"\r\x1b[K{text[:width]}")
        elif progress.what != self._last:
            self.stream.write(f"{progress}\n")
        self._last = progress.what
        self.stream.flush()

    def end(self) -> None:
        """Leave the line that was being changed."""
        if self._last and self.stream.isatty():
            self.stream.write("\n")
            self.stream.flush()
        self._last = ""


@dataclass
class Clock:
    """Tells a listener what happens, with the seconds since it was made."""

    listener: Listener
    started: float = field(default_factory=time.monotonic)

    def tell(self, what: str, detail: str = "", *, n: int = 0, m: int = 0) -> None:
        """Tell one moment."""
        elapsed = time.monotonic() - self.started
        self.listener(Progress(what=what, detail=detail, n=n, m=m, elapsed_s=elapsed))


def tell_of_build() -> Listener:
    """A listener that tells as an event whenever something else is being built."""
    told = ""

    def tell(progress: Progress) -> None:
        nonlocal told
        if progress.what != told:
            told = progress.what
            events.emit(events.Told(text=str(progress)))

    return tell
