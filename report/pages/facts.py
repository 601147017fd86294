"""The runs that a page speaks of: when, with what, and how many results of each count there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.history import PastRun
from report.results import Results, Run

OPEN_RUNS = 4
"""Of more runs than this, those that count for the fewest scenarios are folded."""


@dataclass(frozen=True)
class Fact:
    """A run as a page speaks of it."""

    run: Run | PastRun
    took: float
    """Seconds: of the run, or of its scenarios on the page."""
    scenarios: int
    """How many results of this run count here."""

    @classmethod
    def of(cls, results: Results) -> Fact:
        """A run with what it has to say: a scenario that it did not run is not counted."""
        ran = sum(one.status != "not_run" for one in results.scenarios)
        return cls(results.run, results.run.duration_s, ran)

    @classmethod
    def of_past(cls, run: PastRun) -> Fact:
        """The same of a stored run."""
        ran = sum(one.status != "not_run" for one in run.scenarios.values())
        return cls(run, run.duration_s, ran)


@dataclass(frozen=True)
class Facts:
    """Runs as a page shows them."""

    shown: Sequence[Fact]
    rest: Sequence[Fact]
    """What is folded."""

    @classmethod
    def of(cls, found: Sequence[Fact]) -> Facts:
        """The runs that count for the most scenarios, and the others."""
        most = sorted(found, key=lambda fact: -fact.scenarios)[:OPEN_RUNS]
        return cls(
            [fact for fact in found if fact in most], [fact for fact in found if fact not in most]
        )

    @property
    def left(self) -> int:
        """How many results the folded runs have."""
        return sum(fact.scenarios for fact in self.rest)

    @property
    def newest(self) -> Run | PastRun:
        """The newest of the runs."""
        return max((fact.run for fact in (*self.shown, *self.rest)), key=lambda run: run.finished)

    @property
    def providers(self) -> Sequence[str]:
        """What they ran with."""
        runs = [fact.run for fact in (*self.shown, *self.rest)]
        return list(dict.fromkeys(run.provider or "no sandbox" for run in runs))
