"""The signals that end a run or a server of pages in order: each is as Ctrl-C by itself."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType


def heed() -> Callable[[], None]:
    """Let each of them raise KeyboardInterrupt; what puts back how it was before.

    Ctrl-C counts in a job of the background too, which a shell starts with SIGINT ignored. A closed
    terminal does not where SIGHUP is ignored: `nohup` asked for that.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, _interrupt) for number in numbers}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    return restore


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
