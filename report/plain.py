"""The view for files and pipes: a line for each step, and one for each 10 s of waiting."""

from __future__ import annotations

from typing import TextIO

from report.results import ScenarioResult, StepResult
from report.view import SIGN, seconds, sentence, words

WAIT_LINE_EVERY = 10.0
"""Seconds between two lines about the same wait."""


class PlainView:
    """Writes lines to `file`, flushed one by one so that a log grows as the run goes on."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._total = 0
        self._awaited = ""
        self._next_line = WAIT_LINE_EVERY

    def start(self, total: int, text: str) -> None:
        """Say how much is going to run."""
        self._total = total
        self.say(text)

    def phase(self, text: str) -> None:
        """Say what is being done."""
        if text:
            self.say(f"... {text}")

    def scenario(self, number: int, scenario: ScenarioResult) -> None:
        """Say which scenario begins."""
        again = f" (attempt {scenario.attempts})" if scenario.attempts > 1 else ""
        self.say(f"[{number}/{self._total}] {scenario.id}: {scenario.name}{again}")

    def step(self, step: StepResult) -> None:
        """A step that ends soon gets its line at its end; a wait in it shows by itself."""
        self._awaited = ""

    def progress(self, what: str, last_seen: str, elapsed_s: float) -> None:
        """Say what is awaited, once for each 10 s."""
        if what != self._awaited or elapsed_s < self._next_line - WAIT_LINE_EVERY:
            self._awaited, self._next_line = what, WAIT_LINE_EVERY
        if elapsed_s >= self._next_line:
            self._next_line = elapsed_s - elapsed_s % WAIT_LINE_EVERY + WAIT_LINE_EVERY
            seen = f"; last seen: {' '.join(last_seen.split())}" if last_seen else ""
            self.say(f"        waiting {seconds(elapsed_s)} for {what}{seen}")

    def step_done(self, step: StepResult) -> None:
        """Say how the step went."""
        self.say(f"    {SIGN[step.status]} {sentence(step)} ({self._took(step)})")

    def _took(self, step: StepResult) -> str:
        took = seconds(step.duration_s)
        return took if step.status == "passed" else f"{words(step.status)}, {took}"

    def scenario_done(self, scenario: ScenarioResult) -> None:
        """Say how the scenario went."""
        took = seconds(scenario.duration_s)
        self.say(f"  {SIGN[scenario.outcome]} {words(scenario.outcome)} in {took}")

    def say(self, text: str, style: str = "") -> None:
        """Write a line; a style is for terminals."""
        self._file.write(text + "\n")
        self._file.flush()

    def close(self) -> None:
        """Nothing is held back, so there is nothing to do."""
