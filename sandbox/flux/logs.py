"""What Flux's controllers have written about one object: all of it, where events may lack.

Kubernetes drops events of an object that has many of them; a log loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sandbox import command

_LIMIT_S = 60


def younger(
    env: Mapping[str, str], kind: str, namespace: str, name: str, since: datetime
) -> list[str]:
    """The lines about an object that were written after `since`, oldest first."""
    about = [f"--kind={kind}", f"--name={name}", f"--namespace={namespace}"]
    written = command.run(["flux", "logs", *about], env=env, limit=_LIMIT_S).stdout
    return [line for line in written.splitlines() if (at := _written(line)) and at > since]


def _written(line: str) -> datetime | None:
    """When a line was written; None for the rest of a message of several lines."""
    try:
        return datetime.fromisoformat(line.split(" ", 1)[0])
    except ValueError:
        return None
