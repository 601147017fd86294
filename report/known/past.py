"""Stored runs as the pages speak of them: worst status, words, links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from report.history import PastRun
from report.reasons import FLAKY, NOT_SELECTED
from report.results import Run

_WORST_FIRST = ("failed", FLAKY, "not_run", "passed", "skipped")


def base_id(scenario: str) -> str:
    """The id in the feature: without the [n] of an outline's row."""
    return scenario.partition("[")[0]


def status_of(run: PastRun, ids: Collection[str]) -> str:
    """The worst status among some scenarios, '' where the run was asked for none of them.

    Skipped ones are passed over where another one ran.
    """
    found = {
        past.outcome
        for one, past in run.scenarios.items()
        if base_id(one) in ids and not past.left_out
    }
    return next((status for status in _WORST_FIRST if status in found), "")


def status(run: PastRun) -> str:
    """The worst status of what a run was asked for; one that broke off is not green."""
    found = {past.outcome for past in run.scenarios.values() if not past.left_out}
    worst = next((one for one in _WORST_FIRST if one in found), "not_run")
    return "not_run" if worst == "passed" and run.exit_code not in (0, 1) else worst


def words(run: PastRun) -> str:
    """A run in one line."""
    found = Counter(
        NOT_SELECTED if past.left_out else past.outcome for past in run.scenarios.values()
    )
    counts = ", ".join(
        f"{found[one]} {one.replace('_', ' ')}"
        for one in (*_WORST_FIRST, NOT_SELECTED)
        if found[one]
    )
    where = run.provider or "no sandbox"
    return f"{counts or 'no scenario'}; {where}, {run.finished[:16]}"


def ended(run: Run | PastRun) -> str:
    """How a run ended early; '' for one that came to its end."""
    if run.exit_code in (0, 1) and not run.stopped:
        return ""
    how = "without a word" if run.exit_code is None else f"with exit code {run.exit_code}"
    return how + (f": {run.stopped}" if run.stopped else "")
