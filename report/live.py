"""The view for a terminal: what is going on stays below, what is done scrolls above it."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import RLock
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from report.results import ScenarioResult, StepResult
from report.view import SIGN, STYLE, seconds, sentence, words

_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class LiveView:
    """Draws on `file`; `clock` tells seconds, and never goes back."""

    def __init__(
        self,
        file: TextIO,
        *,
        clock: Callable[[], float] = time.monotonic,
        console: Console | None = None,
    ) -> None:
        self._console = console or Console(file=file, highlight=False)
        self._clock = clock
        self._lock = RLock()
        self._total = 0
        self._number = 0
        self._scenario: ScenarioResult | None = None
        self._step: StepResult | None = None
        self._wait: tuple[str, str, float] | None = None
        self._phase = ""
        self._since = {"run": clock(), "scenario": clock(), "step": clock()}
        # What is printed while it is shown must not reach the program's own stdout and stderr.
        self._live = Live(
            get_renderable=self.picture,
            console=self._console,
            refresh_per_second=5,
            redirect_stdout=False,
            redirect_stderr=False,
            transient=True,
        )

    def start(self, total: int, text: str) -> None:
        """Begin to draw."""
        self.say(text, "bold")
        self._total = total
        self._since["run"] = self._clock()
        self._live.start()

    def phase(self, text: str) -> None:
        """Show what is being done while no step runs."""
        with self._lock:
            self._phase, self._wait = text, None

    def scenario(self, number: int, scenario: ScenarioResult) -> None:
        """Show which scenario runs."""
        with self._lock:
            self._number, self._scenario, self._step = number, scenario, None
            self._wait, self._phase = None, "setting up"
            self._since["scenario"] = self._clock()

    def step(self, step: StepResult) -> None:
        """Show which step runs."""
        with self._lock:
            self._step, self._wait, self._phase = step, None, ""
            self._since["step"] = self._clock()

    def progress(self, what: str, last_seen: str, elapsed_s: float) -> None:
        """Show what is awaited."""
        with self._lock:
            self._wait = what, " ".join(last_seen.split()), self._clock() - elapsed_s

    def step_done(self, step: StepResult) -> None:
        """Nothing is awaited any more; a step that did not pass stays to be seen."""
        with self._lock:
            self._step, self._wait, self._phase = None, None, "between steps"
        if step.status != "passed":
            self.say(f"    {SIGN[step.status]} {sentence(step)}: {words(step.status)}")

    def scenario_done(self, scenario: ScenarioResult) -> None:
        """The scenario goes to the list above."""
        with self._lock:
            self._scenario = self._step = self._wait = None
            self._phase = ""
        how = scenario.outcome
        line = Text(f"{SIGN[how]} ", STYLE[how])
        line.append(scenario.name, "" if how == "passed" else STYLE[how])
        if how != "passed":
            line.append(f" {words(how)}", STYLE[how])
        if scenario.attempts > 1:
            line.append(f" {scenario.attempts} attempts", "yellow")
        line.append(f"  {seconds(scenario.duration_s)}  {scenario.id}", "dim")
        self._console.print(line)

    def say(self, text: str, style: str = "") -> None:
        """Print a line above what is drawn; it is not wrapped, so it can be copied."""
        self._console.print(Text(text, style), soft_wrap=True)

    def close(self) -> None:
        """Stop drawing and leave the terminal as it was."""
        self._live.stop()

    def picture(self) -> RenderableType:
        """What is going on, drawn anew some times a second."""
        with self._lock:
            now = self._clock()
            turning = _SPINNER[int(now * 5) % len(_SPINNER)]
            lines = [Text(f"{turning} {self._head(now)}", "bold", no_wrap=True)]
            if self._step is not None:
                took = seconds(now - self._since["step"])
                lines.append(Text(f"  {sentence(self._step)}  {took}", no_wrap=True))
            if self._phase:
                lines.append(Text(f"    {self._phase}", no_wrap=True))
            if self._wait is not None:
                what, seen, since = self._wait
                text = f"    waiting {seconds(max(0.0, now - since))} for {what}"
                lines.append(Text(text, "cyan", no_wrap=True))
                if seen:
                    lines.append(Text(f"    last seen: {seen}", "dim", no_wrap=True))
            for line in lines:
                line.overflow = "ellipsis"
            return Group(*lines)

    def _head(self, now: float) -> str:
        if self._scenario is None:
            return f"{self._number} of {self._total} done · {seconds(now - self._since['run'])}"
        again = f" · attempt {self._scenario.attempts}" if self._scenario.attempts > 1 else ""
        took = seconds(now - self._since["scenario"])
        return f"scenario {self._number} of {self._total} · {self._scenario.name}{again} · {took}"
