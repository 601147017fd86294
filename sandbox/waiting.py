"""Wait for a condition with a limit; the only module that sleeps.

A time-out is a failure that names what was awaited and the last state seen, never a warning.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

from sandbox import events
from sandbox.errors import NotReady

T = TypeVar("T")
Probe = Callable[[], tuple[T | None, str]]
"""Returns the awaited value, or None while it is not there; and what was seen, in words."""
_longest = math.inf


def be_impatient(longest: float) -> None:
    """From now on nothing in this process is awaited longer than `longest` seconds."""
    global _longest
    _longest = longest


def patient(limit: float) -> float:
    """`limit` in seconds, or less where this process is less patient than that."""
    return min(limit, _longest)


def wait_until(
    what: str,
    probe: Probe[T],
    limit: float,
    *,
    every: float = 0.2,
    pause: Callable[[float], None] = time.sleep,
    alive: Callable[[], None] = lambda: None,
    phase: str = "",
) -> T:
    """Ask `probe` every `every` seconds until it returns a value; return that value.

    `pause` waits between two looks; one that returns early on a change makes the wait follow it.
    `alive` is asked too and may raise (ProcessDied): nobody waits for what cannot come.
    Raises NotReady after `limit` seconds, or earlier in a process that is impatient.
    """
    limit = patient(limit)
    started = time.monotonic()
    seen = "nothing yet"
    try:
        while True:
            value, seen = probe()
            elapsed = time.monotonic() - started
            if value is not None:
                return value
            events.emit(events.Waiting(what=what, last_seen=seen, elapsed_s=elapsed))
            if elapsed >= limit:
                raise NotReady(what, seen, limit, phase=phase)
            alive()
            pause(every)
    finally:
        # However it ends: at its limit, because something died, because the run is left.
        took = time.monotonic() - started
        events.emit(events.Waited(what=what, last_seen=seen, duration_s=took))


async def beat(every: float) -> AsyncIterator[None]:
    """A pulse for what must look again and again, every `every` seconds."""
    while True:
        yield
        await asyncio.sleep(every)
