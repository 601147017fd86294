"""How a run of one scenario ended, read from what the run has left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Ended(StrEnum):
    """Ways in which a run of one scenario ends."""

    PASSED = "passed"
    FAILED = "failed"
    """A step failed."""
    UNCLEAN = "clean-up"
    """Every step passed, and the baseline did not come back."""
    NOT_UP = "bring-up"
    """The monorepo of this edition could not be brought to the cluster."""
    REFUSED = "refused"
    """The run did not begin: what it was given is wrong."""
    BROKEN = "broken"
    """The sandbox fell apart or never was there: this says nothing about the edition."""
    STOPPED = "stopped"
    """Somebody interrupted it."""


_CODES = {2: Ended.REFUSED, 130: Ended.STOPPED}
# Phases in which Flux reads the monorepo; whatever fails before them is the sandbox's own.
_READING = ("Flux components: ", "flux bootstrap gitlab: ", "Flux Ready at HEAD: ")
_LINE_LENGTH = 300


@dataclass(frozen=True)
class Outcome:
    """One run of one scenario."""

    scenario: str
    ended: Ended
    line: str = ""
    """What it says about a bad end, on one line."""
    step: str = ""
    """The sentence that failed."""
    seconds: float = 0.0
    own_s: float = 0.0
    """Of these, what the scenario took; the rest is the sandbox's."""
    longest_wait_s: float = 0.0
    """The longest that anything was awaited or any command took, clean-up included."""


def outcome(
    scenario: str, exit_code: int, results: Mapping[str, Any] | None, said: str, seconds: float
) -> Outcome:
    """What `python -m steps` for one scenario has come to: exit code, results.json, output."""
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "it said nothing")
    told = told_of(scenario, results)
    if exit_code in _CODES or results is None or told is None:
        return Outcome(scenario, _CODES.get(exit_code, Ended.BROKEN), _line(last), "", seconds)
    failed = next((step for step in told["steps"] if step["status"] == "failed"), None)
    sentence = f"{failed['keyword']} {failed['text']}" if failed else ""
    return Outcome(
        scenario,
        _ended(exit_code, results["run"].get("stopped", ""), told, failed is not None),
        "" if told["status"] == "passed" else _line(told["error"]),
        sentence,
        seconds,
        sum(each["duration_s"] for each in _rows(scenario, results)),
        max((s for each in _rows(scenario, results) for s in _seconds(each)), default=0.0),
    )


def told_of(scenario: str, results: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What the results tell of a scenario; of an outline, that of the row that says most.

    A row that failed says more than one that was not run, and that more than one that passed; of
    two, the one in which a step failed. None where they tell nothing of it.
    """
    its = _rows(scenario, results)
    return min(its, key=_rank, default=None)


def _rank(told: Mapping[str, Any]) -> tuple[int, bool]:
    of_status = {"failed": 0, "passed": 2}.get(told["status"], 1)
    return of_status, all(step["status"] != "failed" for step in told["steps"])


def _rows(scenario: str, results: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    """A scenario in the results, or each row of an outline: `<id>[<number>]`."""
    every = results["scenarios"] if results else ()
    return [each for each in every if each["id"].partition("[")[0] == scenario]


def _ended(exit_code: int, stopped: str, told: Mapping[str, Any], in_step: bool) -> Ended:
    error: str = told["error"]
    if told["status"] == "passed":
        return Ended.PASSED if exit_code == 0 else Ended.BROKEN
    if told["status"] != "failed":
        return Ended.BROKEN
    # pytest-bdd makes the sandbox in the first step that asks for it.
    if stopped and error.removeprefix("set-up: ").startswith(_READING):
        return Ended.NOT_UP
    if in_step:
        # A step that ends the whole run has lost the sandbox under it.
        lost = bool(stopped) and error.startswith(stopped)
        return Ended.BROKEN if lost else Ended.FAILED
    return Ended.UNCLEAN if error.startswith("clean-up: ") else Ended.BROKEN


def _line(text: str) -> str:
    """A text of several lines on one, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= _LINE_LENGTH else f"{line[: _LINE_LENGTH - 1]}…"


def _seconds(told: Mapping[str, Any]) -> Iterator[float]:
    for part in (*told["steps"], told.get("clean_up", {})):
        for each in (*part.get("waits", ()), *part.get("commands", ())):
            yield each["duration_s"]
