"""Controls: each scenario passes with the true edition before it may judge a mutant.

What a control has taken says how long the same scenario may wait with a fault in the edition, and
which of several scenarios is asked first.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from guide import Edition, Features
from mutation.outcome import Ended, Outcome
from sandbox.errors import SandboxError

Run = Callable[[Edition, str, float], Outcome]
"""Runs one scenario with an edition and a longest wait in seconds."""

CONTROL_PATIENCE_S = 90.0
_LEAST_PATIENCE_S = 30.0
_TIMES_LONGER = 4
_GUESS_S = 1.5
"""For each sentence and each block of a scenario that has no control yet."""


@dataclass(frozen=True)
class Control:
    """A scenario with the true edition."""

    scenario: str
    passed: bool
    attempts: int
    seconds: float
    """Of the scenario alone: without bringing a sandbox up or the baseline back."""
    longest_wait_s: float
    line: str = ""
    """Why it did not pass."""
    had_sandbox: bool = True
    """False where no sandbox was up: that says nothing about the scenario, it is asked again."""
    basis: str = ""
    """Hash of the scenario and of what it writes and types: `Plan.basis`."""

    @property
    def patience(self) -> float:
        """The longest wait that the scenario gets with a fault: several times what it needs."""
        return max(_LEAST_PATIENCE_S, _TIMES_LONGER * self.longest_wait_s)

    def counts(self, basis: Callable[[str], str]) -> bool:
        """Whether the scenario is still the one that passed."""
        return self.basis != "" and self.basis == basis(self.scenario)

    def as_row(self) -> dict[str, Any]:
        """As it is written into the results."""
        return {**asdict(self), "patience_s": round(self.patience, 1)}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Control:
        """As it was written."""
        return cls(**{name: row[name] for name in row if name != "patience_s"})


class Controls:
    """The controls of a run, each made when it is first needed, by whoever needs it first."""

    def __init__(
        self,
        edition: Edition,
        features: Features,
        basis: Callable[[str], str],
        known: Iterable[Control] = (),
    ) -> None:
        self._edition = edition
        self._guesses = _guesses(edition, features)
        self._basis = basis
        self.made: dict[str, Control] = {each.scenario: each for each in known if each.passed}
        self._locks: Mapping[str, threading.Lock] = defaultdict(threading.Lock)
        self._all = threading.Lock()

    def of(self, scenario: str, run: Run) -> Control | None:
        """The control of a scenario; one that fails is run once more. None: interrupted.

        Raises SandboxError where there is no sandbox for it, nor was for any other before.
        """
        with self._all:
            lock = self._locks[scenario]
        with lock:
            if scenario not in self.made:
                control = self._make(scenario, run)
                if control is None or not control.had_sandbox:
                    return control
                self.made[scenario] = control
            return self.made[scenario]

    def _make(self, scenario: str, run: Run) -> Control | None:
        attempts = 1
        done = run(self._edition, scenario, CONTROL_PATIENCE_S)
        if done.ended not in (Ended.PASSED, Ended.STOPPED):
            attempts += 1
            done = run(self._edition, scenario, CONTROL_PATIENCE_S)
        if done.ended is Ended.STOPPED:
            return None
        up, line = done.ended is not Ended.BROKEN, done.line
        if not up:
            line = f"no sandbox for {scenario} without any fault: {line}"
            if not self.made:
                raise SandboxError(line)
        return Control(
            scenario,
            done.ended is Ended.PASSED,
            attempts,
            done.own_s,
            done.longest_wait_s,
            line,
            up,
            self._basis(scenario),
        )

    def in_order(self, scenarios: Iterable[str]) -> list[str]:
        """The cheapest scenario first, counting the wait that a fault may run into.

        One without a control costs that control too.
        """
        made = dict(self.made)

        def cost(scenario: str) -> float:
            known = made.get(scenario)
            if known is None:
                return 2 * self._guesses.get(scenario, 0.0) + _LEAST_PATIENCE_S
            return known.seconds + known.patience

        return sorted(scenarios, key=cost)


def tried(edition: Edition, control: Control, run: Run) -> tuple[Outcome, int, float]:
    """Run a scenario that has passed its control: the outcome, attempts, and the last patience.

    A run that may say nothing about the edition (the sandbox fell apart, the baseline did not come
    back or a new sandbox not up in time) is repeated once, with the patience of a control.
    """
    done = run(edition, control.scenario, control.patience)
    if done.ended not in (Ended.BROKEN, Ended.UNCLEAN, Ended.NOT_UP):
        return done, 1, control.patience
    return run(edition, control.scenario, CONTROL_PATIENCE_S), 2, CONTROL_PATIENCE_S


def _guesses(edition: Edition, features: Features) -> dict[str, float]:
    return {
        scenario.id: _GUESS_S * (len(scenario.steps) + len(features.blocks_of(scenario, edition)))
        for scenario in features.scenarios.values()
    }
