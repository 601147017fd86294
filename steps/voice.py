"""The voice of a program that runs beside others: each line that it says, with who says it."""

from __future__ import annotations

import io
import threading
import time
from typing import IO

_DRAIN_S = 5.0
"""How long the last lines of a program that has ended are read: a child that it left behind may
hold its output open."""


class Voice:
    """Shows what a program says as it says it; nothing of two programs is ever on one line."""

    def __init__(self, said: IO[bytes] | None, who: str) -> None:
        assert said is not None
        self.heard = time.monotonic()
        """When it last said something."""
        self._said, self._who = io.TextIOWrapper(said, errors="replace"), who
        self._gone = False
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def end(self) -> None:
        """The program has ended: show its last lines, and none that comes later."""
        self._reader.join(_DRAIN_S)
        self._gone = True

    def _read(self) -> None:
        with self._said as lines:
            for line in lines:
                if self._gone:
                    return
                self.heard = time.monotonic()
                # One write: where line and end are two, those of others come between.
                print(f"[{self._who}] {line.rstrip()}\n", end="", flush=True)
