"""What happens in a sandbox, told to whoever listens (the report, a terminal).

The sandbox does not know who listens: `subscribe` takes any callable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class CommandRan:
    """A command of the guide ended."""

    line: str
    """The command as typed, placeholders filled, over as many lines as it has."""
    cwd: str
    exit_code: int | None
    """None where it was stopped: then there is none."""
    stdout: str
    stderr: str
    output: str
    """Both streams in the order in which they came."""
    duration_s: float
    block: str = ""
    """The block of the edition that it stands in."""
    note: str = ""
    """What else happened: the shell ended, a new one was opened, the command was stopped."""


@dataclass(frozen=True, kw_only=True)
class CommitMade:
    """A commit was made in the working clone."""

    sha: str
    message: str
    diff: str
    """Unified diff against the parent."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Something is still awaited: progress for a terminal, not evidence."""

    what: str
    last_seen: str
    elapsed_s: float


@dataclass(frozen=True, kw_only=True)
class Waited:
    """A wait ended, well or not; `last_seen` says how."""

    what: str
    last_seen: str
    duration_s: float


@dataclass(frozen=True, kw_only=True)
class StageReached:
    """One link of the evidence chain: commit → source → Kustomization → HelmRelease → workload."""

    stage: str
    """For example `GitRepository flux-system/flux-system`."""
    revision: str
    at: str
    """RFC 3339 time with milliseconds, UTC."""


@dataclass(frozen=True, kw_only=True)
class ConditionSeen:
    """A status condition of an object that a step looked at."""

    object: str
    type: str
    status: str
    reason: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """A line for whoever waits: what is being built, and why."""

    text: str


@dataclass(frozen=True, kw_only=True)
class PhaseStarted:
    """Bringing up or down entered a phase (for progress and for the share of each phase)."""

    phase: str


@dataclass(frozen=True, kw_only=True)
class PhaseEnded:
    """A phase ended after `duration_s` seconds."""

    phase: str
    duration_s: float


Event = (
    CommandRan
    | CommitMade
    | Waiting
    | Waited
    | StageReached
    | ConditionSeen
    | Told
    | PhaseStarted
    | PhaseEnded
)
Listener = Callable[[Event], None]

_listeners: list[Listener] = []


def emit(event: Event) -> None:
    """Tell every listener."""
    for listener in tuple(_listeners):
        listener(event)


@contextmanager
def subscribe(listener: Listener) -> Iterator[None]:
    """Tell `listener` every event for as long as the context lasts."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
