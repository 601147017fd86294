"""A part of a run, and what it has used."""

from __future__ import annotations

from dataclasses import dataclass, field

Asked = tuple[str, str, str, int, float]
"""Client, verb and resource of a request to an API server, how often it came, and the seconds from
its arrival to the end of its answer."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one part of a scenario has used: `up`, `steps`, `return` or `down`."""

    scenario: str
    part: str
    seconds: float
    cpu: dict[str, float]
    """CPU seconds by program; empty for `down`: what is killed is nobody's to count."""
    waits: dict[str, float]
    """Seconds by what was awaited; those that are missing here were our own work."""
    requests: list[Asked] = field(default_factory=list)
    """The most frequent first."""
