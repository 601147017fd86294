"""What a program says where nobody reads it any more (`python -m sandbox up | head`): it goes on.

A sandbox that stopped coming up for that would be left halfway. (Sandbox and guide do not know each
other: `guide.unread` does it for those that stand on both.)
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any


class _Unread(io.FileIO):
    """A file that stays open for who writes when its reader has gone."""

    def write(self, data: Any, /) -> Any:
        try:
            return super().write(data)
        except BrokenPipeError:
            _lead_nowhere(self.fileno())
            return super().write(data)


def go_on() -> None:
    """Let this program do its work to the end when nobody reads what it says.

    Nobody does either where it was started without a place for that (`>&-`).
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        said = getattr(sys, name)
        if said is None:  # the next file that is opened would take its number, and what is said
            _lead_nowhere(number)
        else:
            said.flush()
        stream = io.TextIOWrapper(
            io.BufferedWriter(_Unread(number, "w", closefd=False)),
            encoding=said.encoding if said else "utf-8",
            errors=said.errors if said else "replace",
            line_buffering=said.line_buffering if said else False,
        )
        setattr(sys, name, stream)


def _lead_nowhere(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere == number:
        os.set_inheritable(number, True)
        return
    try:
        os.dup2(nowhere, number)
    finally:
        os.close(nowhere)
