"""What a terminal shows of a run: the signs, the words, and what a view must be able to do."""

from __future__ import annotations

from typing import Protocol

from report.reasons import FLAKY
from report.results import ScenarioResult, StepResult

SIGN = {"passed": "✔", "failed": "✗", FLAKY: "~", "skipped": "»", "not_run": "○"}
STYLE = {
    "passed": "green",
    "failed": "bold red",
    FLAKY: "yellow",
    "skipped": "yellow",
    "not_run": "dim",
}


def words(status: str) -> str:
    """A status in words: colour and sign only help."""
    return status.replace("_", " ")


def seconds(value: float) -> str:
    """A duration to read: 0.4 s, 12 s, 2 min 5 s."""
    if value < 9.95:
        return f"{value:.1f} s"
    if value < 120:
        return f"{value:.0f} s"
    return f"{int(value) // 60} min {int(value) % 60} s"


def sentence(step: StepResult) -> str:
    """A step as the feature file has it."""
    return f"{step.keyword} {step.text}"


class View(Protocol):
    """Follows a run. Texts that it gets are masked already."""

    def start(self, total: int, text: str) -> None:
        """So many scenarios are going to run; `text` says on what."""

    def phase(self, text: str) -> None:
        """The sandbox is being brought up or down: this is being done now; '' for nothing."""

    def scenario(self, number: int, scenario: ScenarioResult) -> None:
        """Scenario `number` (from 1) begins."""

    def step(self, step: StepResult) -> None:
        """A step begins."""

    def progress(self, what: str, last_seen: str, elapsed_s: float) -> None:
        """Something has been awaited for so many seconds."""

    def step_done(self, step: StepResult) -> None:
        """A step ended."""

    def scenario_done(self, scenario: ScenarioResult) -> None:
        """A scenario ended, clean-up included."""

    def say(self, text: str, style: str = "") -> None:
        """One line for people."""

    def close(self) -> None:
        """Nothing is going on any more; `say` may still be called."""
