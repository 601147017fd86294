"""Phases of bringing a sandbox up or down: announced, timed, named in every error."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sandbox import events
from sandbox.errors import SandboxError


@contextmanager
def phase(name: str) -> Iterator[None]:
    """Announce the phase and its seconds; an error that leaves it carries its name."""
    events.emit(events.PhaseStarted(phase=name))
    started = time.monotonic()
    try:
        yield
    except SandboxError as error:
        error.phase = error.phase or name
        raise
    events.emit(events.PhaseEnded(phase=name, duration_s=time.monotonic() - started))
