"""Start a program as a shell starts a job of the background: with SIGINT ignored."""

from __future__ import annotations

from collections.abc import Sequence


def in_background(command: Sequence[str]) -> list[str]:
    """The command that becomes this one, under the same process id."""
    return ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *command]
