"""What a history says: unstable, slow and newly failing scenarios. Pure: runs in, values out.

Runs come oldest first. The rules are those of the regression report: what is flaky, which runs are
held against each other, what may have broken a scenario, and which one it is under another name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from report.history import PastRun
from report.regression import flakes
from report.regression.suspects import Change, suspects
from report.regression.tracks import Track, Tracks


@dataclass(frozen=True)
class Flaky:
    """A scenario that passed and failed although nothing that it proves or runs on had changed."""

    scenario: str
    provider: str
    passed: int
    failed: int
    """Runs in which it failed, or passed only when it was begun again."""


@dataclass(frozen=True)
class Duration:
    """How long a scenario takes when it passes: medians, in seconds."""

    scenario: str
    provider: str
    duration_s: float
    convergence_s: float
    runs: int


@dataclass(frozen=True)
class Regression:
    """A scenario that was green and fails now, with the run that failed first."""

    scenario: str
    provider: str
    last_green: PastRun
    first_red: PastRun
    failures: int
    """Runs that failed since, the first included."""
    changed: tuple[Change, ...]
    """Between the last green and the first red run; empty: nothing that is recorded."""


def _tracks(runs: Sequence[PastRun]) -> Iterator[Track]:
    """Every scenario in every cell, where a run has decided how it went."""
    cells: dict[str, list[PastRun]] = {}
    for run in runs:
        cells.setdefault(run.cell, []).append(run)
    for mine in cells.values():
        yield from Tracks.of(mine).by_id.values()


def _provider(track: Track) -> str:
    return track.outcomes[-1].run.provider


def flaky(runs: Sequence[PastRun]) -> list[Flaky]:
    """The scenarios that were flaky on the text that they have now, the worst first."""
    found = [
        Flaky(flake.scenario, _provider(track), flake.passed, flake.failed)
        for track in _tracks(runs)
        for flake in flakes.ledger([track])
    ]
    return sorted(found, key=lambda one: (-one.failed / (one.failed + one.passed), one.scenario))


def slowest(runs: Sequence[PastRun], count: int = 10) -> list[Duration]:
    """The `count` scenarios with the longest median duration of their passed runs."""
    found = []
    for track in _tracks(runs):
        passed = [one.past for one in track.outcomes if not one.failed]
        if passed:
            took = median(scenario.duration_s for scenario in passed)
            waited = median(scenario.convergence_s for scenario in passed)
            found.append(Duration(track.id, _provider(track), took, waited, len(passed)))
    return sorted(found, key=lambda one: (-one.duration_s, one.scenario))[:count]


def regressions(runs: Sequence[PastRun]) -> list[Regression]:
    """The scenarios whose newest outcome is red and that were green before, the newest first."""
    found = []
    for track in _tracks(runs):
        green, failures = track.until_green()
        if green is not None and track.outcomes[-1].failed:
            red, changed = failures[0], suspects(green, failures[0])
            found.append(
                Regression(track.id, _provider(track), green.run, red.run, len(failures), changed)
            )
    order = {run.id: number for number, run in enumerate(runs)}
    return sorted(found, key=lambda one: order[one.first_red.id], reverse=True)
