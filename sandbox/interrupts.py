"""The signals that end a program in order.

Ctrl-C counts in a job of the background too: a shell starts that with SIGINT ignored, and who sends
one to it means it. A closed terminal does not where it was started with SIGHUP ignored: `nohup`
asked for that.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN_S = 0.1


def ending() -> tuple[signal.Signals, ...]:
    """The signals that mean the end of this program."""
    if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
        return (signal.SIGINT, signal.SIGTERM)
    return (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def handled(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """In the block each of these signals is `handler`'s; afterwards all is as before."""
    before = {number: signal.signal(number, handler) for number in ending()}
    try:
        yield
    finally:
        for number, known in before.items():
            signal.signal(number, known)


@contextmanager
def interruptible() -> Iterator[None]:
    """The first signal interrupts; those that come while everything is cleaned up are ignored.

    In the block a signal is a KeyboardInterrupt, as Ctrl-C is by itself. Python drops one that is
    raised while it forks or tidies away; that one comes again.
    """
    numbers, told = ending(), sys.unraisablehook

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    def lost(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is KeyboardInterrupt:
            for each in numbers:
                signal.signal(each, interrupt)
            _come_again()
        else:
            told(unraisable)

    with handled(interrupt):
        sys.unraisablehook = lost
        try:
            yield
        finally:
            sys.unraisablehook = told


def _come_again() -> None:
    main = threading.main_thread().ident
    assert main is not None
    timer = threading.Timer(_AGAIN_S, signal.pthread_kill, (main, signal.SIGINT))
    timer.daemon = True
    timer.start()
