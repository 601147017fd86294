"""Why a scenario was not run, in the words that results hold."""

from __future__ import annotations

NOT_YET = "the run did not come to it"
"""As long as nothing else is known."""

NOT_SELECTED = "not selected"
"""How the reason begins where the run was told to leave it out: that says nothing about it."""

ELSEWHERE = f"{NOT_SELECTED} here: it is another worker's"
"""Where the run was told to leave it to another worker of the same run."""


FLAKY = "flaky"
"""How a scenario went that passed at a later attempt than its first: never green."""


def outcome(status: str, attempts: int) -> str:
    """A status as it counts: a pass at a later attempt is flaky."""
    return FLAKY if status == "passed" and attempts > 1 else status


def left_out(status: str, reason: str) -> bool:
    """Whether a run was told not to run a scenario that has this status and reason."""
    return status == "not_run" and reason.startswith(NOT_SELECTED)


def untold(status: str, reason: str) -> bool:
    """Whether a run was to run it and tells nothing about it."""
    return status == "not_run" and not left_out(status, reason)
