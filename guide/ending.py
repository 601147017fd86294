"""How a run tells that it has ended: its exit code, and the one of several that are one run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

DONE, FAILED, WRONG_USE, NO_SANDBOX, INTERRUPTED = 0, 1, 2, 3, 130
WORST_FIRST = (INTERRUPTED, NO_SANDBOX, WRONG_USE, FAILED, DONE)
"""What says least of the guide comes first: what was not shown hides what was."""
NIGHT_FIRST = (INTERRUPTED, FAILED, WRONG_USE, NO_SANDBOX, DONE)
"""A new failure is what a night is for: nothing but an interruption hides it."""


def worst(codes: Iterable[int | None], order: Sequence[int] = WORST_FIRST) -> int:
    """The exit code of runs that are one run.

    One that ended as no run of ours does, killed for example, told nothing; so did one that has
    none, and none at all.
    """
    found = {code if code in order else NO_SANDBOX for code in codes}
    return next((code for code in order if code in found), NO_SANDBOX)
