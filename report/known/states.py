"""The states of a unit and of a scenario, and how each looks: words, shape and colour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from report.reasons import FLAKY


class State(StrEnum):
    """What is known about a unit of the guide. Only PROVEN is green."""

    PROVEN = "proven"
    ERRATUM = "erratum"
    FAILED = "failed"
    FLAKY = "flaky"
    STALE = "stale"
    NOT_RUN = "not run"
    SKIPPED = "skipped"
    EXCUSED = "excused"
    UNPROVEN = "unproven"

    @property
    def css(self) -> str:
        """The class of everything that wears this state."""
        return "pb-" + self.value.replace(" ", "-")

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do about it: proven, corrected or excused."""
        return self in (State.PROVEN, State.ERRATUM, State.EXCUSED)


MEANING = {
    State.PROVEN: "every scenario of this unit passed in the run shown",
    State.ERRATUM: "the source guide is wrong here: proven, and so is the correction",
    State.FAILED: "a scenario of this unit failed",
    State.FLAKY: "a scenario of this unit failed, and passed when it was tried again",
    State.STALE: "the text, the feature or what the scenario runs changed after the run, "
    "the run is older than 7 days, or its clock was wrong",
    State.NOT_RUN: "a scenario of this unit was not run, or its run broke off before it",
    State.SKIPPED: "a scenario of this unit needs what this provider lacks, and no other ran it",
    State.EXCUSED: "nothing to prove here; the reason is in the coverage",
    State.UNPROVEN: "no scenario claims this unit",
}

# The order in which states win when a unit has several scenarios: the worst is shown.
WORST_FIRST = (
    State.FAILED,
    State.FLAKY,
    State.NOT_RUN,
    State.STALE,
    State.SKIPPED,
    State.UNPROVEN,
    State.ERRATUM,
    State.PROVEN,
    State.EXCUSED,
)

# The order in which they stand side by side, in tables and in the bar of a page.
IN_COLUMNS = (
    State.PROVEN,
    State.ERRATUM,
    State.FAILED,
    State.FLAKY,
    State.STALE,
    State.NOT_RUN,
    State.SKIPPED,
    State.EXCUSED,
    State.UNPROVEN,
)

# A letter-sized sign per state, for grids and pictures; badges draw theirs in CSS.
SIGN = {
    State.PROVEN: "✓",
    State.ERRATUM: "✎",
    State.FAILED: "✗",
    State.FLAKY: "~",
    State.STALE: "◷",
    State.NOT_RUN: "○",
    State.SKIPPED: "»",
    State.EXCUSED: "–",
    State.UNPROVEN: "?",
}

_OF_STATUS = {
    "passed": State.PROVEN,
    "failed": State.FAILED,
    FLAKY: State.FLAKY,
    "skipped": State.SKIPPED,
    "not_run": State.NOT_RUN,
}

OUTCOMES = ("failed", FLAKY, "not_run", "skipped", "passed")
"""How a scenario can go, in the order in which a page lists them."""


def of_status(status: str) -> State:
    """The state that a scenario's or step's status shows as; an unknown status is never green."""
    return _OF_STATUS.get(status, State.NOT_RUN)


def rank(outcome: str) -> int:
    """Where a scenario that went like this stands in a list; what nobody knows is no better."""
    return OUTCOMES.index(outcome) if outcome in OUTCOMES else 0


def worst(states: Iterable[State]) -> State:
    """The state that decides; without any, the unit is unproven."""
    found = set(states)
    return next((state for state in WORST_FIRST if state in found), State.UNPROVEN)


def settled(found: Counter[State]) -> int:
    """How many of these leave nothing to do."""
    return sum(count for state, count in found.items() if state.is_settled)


def word(status: str) -> str:
    """What a scenario's or step's status is called on a page."""
    state = of_status(status)
    return "passed" if state is State.PROVEN else str(state)
