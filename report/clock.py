"""Clocks that went: runs whose times of day cannot be, judged by the order of recording.

A run is recorded when it has ended, so the order of the history is the order of what happened,
whatever the clock of a machine said. Durations come from a clock that never goes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from report.history import PastRun
from report.results import Run

TOLERANCE = timedelta(minutes=5)
"""Clocks of two machines may differ by so much."""


def moment(value: str) -> datetime | None:
    """An ISO 8601 time from a result, or None where it is not one; a naive time is taken as UTC."""
    try:
        at = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (ValueError, AttributeError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def odd(run: Run | PastRun, now: datetime) -> str:
    """What cannot be about a run's own times; '' where nothing is wrong with them."""
    started, finished = moment(run.started), moment(run.finished)
    if started is None or finished is None:
        return "its times are none"
    if max(started, finished) > now + TOLERANCE:
        return f"it is from the future: it ended at {run.finished}"
    if finished < started - TOLERANCE:
        return f"its clock went back: it began at {run.started} and ended at {run.finished}"
    return ""


def wrong(runs: Sequence[PastRun], now: datetime) -> Mapping[str, str]:
    """The runs whose times cannot be, by their id, and why. Runs come in the order of recording."""
    found: dict[str, str] = {}
    latest: PastRun | None = None
    for run in runs:
        why = odd(run, now)
        if not why and _before_its_night(run):
            why = f"it began at {run.started}, before its night, which began at {_night(run)}"
        beside = latest is not None and _beside(run, latest)
        if not why and latest is not None and not beside and _before(run, latest):
            why = (
                f"it ended at {run.finished}, before run {latest.id}, which was recorded before it"
            )
        if why:
            found[run.id] = why
        elif latest is None or not beside or _ended(latest, run):
            latest = run
    return found


def _before(run: PastRun, other: PastRun) -> bool:
    ours, theirs = moment(run.finished), moment(other.finished)
    return ours is not None and theirs is not None and ours < theirs - TOLERANCE


def _ended(one: PastRun, other: PastRun) -> bool:
    """Whether the one ended first."""
    ours, theirs = moment(one.finished), moment(other.finished)
    return ours is not None and theirs is not None and ours < theirs


def _night(run: PastRun) -> str:
    return run.settings.get("night", "")


def _before_its_night(run: PastRun) -> bool:
    night, began = moment(_night(run)), moment(run.started)
    return night is not None and began is not None and began < night - TOLERANCE


def _beside(run: PastRun, other: PastRun) -> bool:
    """Whether the two are of one night whose cells may run side by side.

    They are recorded in the order of the matrix, whichever begins or ends first: some take turns.
    Where a run does not name its night, it began and ended while the other was on.
    """
    if _night(run) and _night(other):
        return _night(run) == _night(other)
    if not (run.settings.get("at_once") and other.settings.get("at_once")):
        return False
    began, ours = moment(run.started), moment(run.finished)
    theirs, end = moment(other.started), moment(other.finished)
    if began is None or ours is None or theirs is None or end is None:
        return False
    return theirs - TOLERANCE <= began and ours <= end
