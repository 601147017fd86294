"""The signals that end a run or a server of pages in order: each is as Ctrl-C by itself."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

_AGAIN_S = 0.1


def heed() -> Callable[[], None]:
    """Let each of them raise KeyboardInterrupt; what puts back how it was before.

    Ctrl-C counts in a job of the background too, which a shell starts with SIGINT ignored. A closed
    terminal does not where SIGHUP is ignored: `nohup` asked for that.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, _interrupt) for number in numbers}
    told = sys.unraisablehook

    def lost(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is KeyboardInterrupt:
            _come_again()
        else:
            told(unraisable)

    sys.unraisablehook = lost

    def restore() -> None:
        sys.unraisablehook = told
        for number, handler in before.items():
            signal.signal(number, handler)

    return restore


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _come_again() -> None:
    """Interrupt a moment later: Python drops what is raised while it forks or tidies away."""
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(_AGAIN_S, signal.pthread_kill, (main, signal.SIGINT))
    timer.daemon = True
    timer.start()
