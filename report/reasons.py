"""Why a scenario was not run, in the words that results hold."""

from __future__ import annotations

NOT_YET = "the run did not come to it"
"""As long as nothing else is known."""

NOT_SELECTED = "not selected"
"""How the reason begins where the run was told to leave it out: that says nothing about it."""

ELSEWHERE = f"{NOT_SELECTED} here: it is another worker's"
"""Where the run was told to leave it to another worker of the same run."""


def left_out(status: str, reason: str) -> bool:
    """Whether a run was told not to run a scenario that has this status and reason."""
    return status == "not_run" and reason.startswith(NOT_SELECTED)
