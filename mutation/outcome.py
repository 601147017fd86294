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
    told = next((s for s in results["scenarios"] if s["id"] == scenario), None) if results else None
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
        told["duration_s"],
        max(_seconds(told), default=0.0),
    )


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
