"""What a program says where nobody reads it any more (`make e2e | head`): its work goes on.

A run that ended there would leave its evidence half-made; one that went on and said so in a
traceback would end with another exit code than it has earned.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterable
from typing import Any, TextIO, cast


class _Unread:
    """A stream that stays open for who writes when its reader has gone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._let_go()
            return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._let_go()

    def _let_go(self) -> None:
        """From now on it goes nowhere, what has not been shown yet included."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, self._stream.fileno())
        finally:
            os.close(nowhere)
        self._stream.flush()


def to_the_end(stream: TextIO) -> TextIO:
    """The stream, to which everything can be written to the end, read or not."""
    return cast("TextIO", _Unread(stream))


def go_on() -> None:
    """Let this program do its work to the end when nobody reads what it says.

    Nobody does either where it was started without a place for that (`>&-`).
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = to_the_end(getattr(sys, name) or _nowhere(number))
        setattr(sys, name, stream)
        # Else Python finds out when it ends, and makes an exit code of it.
        atexit.register(stream.flush)


def _nowhere(number: int) -> TextIO:
    """A stream of this number: the next file that is opened would take it, and what is said."""
    opened = os.open(os.devnull, os.O_WRONLY)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)
    return os.fdopen(number, "w", encoding="utf-8")
