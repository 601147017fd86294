"""What a history says: unstable, slow and newly failing scenarios. Pure: runs in, values out.

Runs come oldest first. Only passed and failed count as outcomes: a run in which a scenario was
skipped or not run says nothing about it. Each provider is judged by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from report.history import PastRun, PastScenario


@dataclass(frozen=True)
class Flaky:
    """A scenario that passed and failed although nothing that it proves or runs on had changed."""

    scenario: str
    provider: str
    passed: int
    failed: int
    """Runs in which it failed, or passed only when it was begun again."""


@dataclass(frozen=True)
class Slow:
    """How long a scenario takes when it passes: medians, in seconds."""

    scenario: str
    provider: str
    duration_s: float
    convergence_s: float
    runs: int


@dataclass(frozen=True)
class Change:
    """What differs between two runs."""

    what: str
    before: str
    after: str


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


_Outcome = tuple[PastRun, PastScenario]


def _outcomes(runs: Sequence[PastRun]) -> Mapping[tuple[str, str], list[_Outcome]]:
    found: dict[tuple[str, str], list[_Outcome]] = {}
    for run in runs:
        for name, scenario in run.scenarios.items():
            if scenario.status in ("passed", "failed"):
                found.setdefault((name, run.provider), []).append((run, scenario))
    return found


def _steady(outcome: _Outcome) -> bool:
    return outcome[1].status == "passed" and outcome[1].attempts <= 1


def flaky(runs: Sequence[PastRun]) -> list[Flaky]:
    """The scenarios that went both ways on the same content and versions, the worst first.

    One change from green to red that stays is a regression, and one from red to green a repair:
    flaky is what went both ways on one commit, or there and back, or passed only when begun again.
    """
    found = []
    for (name, provider), outcomes in _outcomes(runs).items():
        passed = failed = 0
        for group in _same_content(outcomes):
            if _went_both_ways(group):
                passed += sum(map(_steady, group))
                failed += sum(not _steady(outcome) for outcome in group)
        if failed:
            found.append(Flaky(name, provider, passed, failed))
    return sorted(found, key=lambda one: (-one.failed / (one.failed + one.passed), one.scenario))


def _same_content(outcomes: Sequence[_Outcome]) -> Iterator[list[_Outcome]]:
    groups: dict[tuple[object, ...], list[_Outcome]] = {}
    for run, scenario in outcomes:
        key = (scenario.content_hash, tuple(sorted(run.versions.items())))
        groups.setdefault(key, []).append((run, scenario))
    yield from groups.values()


def _went_both_ways(group: Sequence[_Outcome]) -> bool:
    if any(scenario.status == "passed" and scenario.attempts > 1 for _, scenario in group):
        return True
    turns = sum(a[1].status != b[1].status for a, b in pairwise(group))
    by_commit: dict[str, set[str]] = {}
    for run, scenario in group:
        # Without a commit, or with changed files, two runs may have run different steps.
        if run.commit and not run.commit.endswith("-dirty"):
            by_commit.setdefault(run.commit, set()).add(scenario.status)
    return turns > 1 or any(len(states) > 1 for states in by_commit.values())


def slowest(runs: Sequence[PastRun], count: int = 10) -> list[Slow]:
    """The `count` scenarios with the longest median duration of their passed runs."""
    found = []
    for (name, provider), outcomes in _outcomes(runs).items():
        passed = [scenario for _, scenario in outcomes if scenario.status == "passed"]
        if passed:
            took = median(scenario.duration_s for scenario in passed)
            waited = median(scenario.convergence_s for scenario in passed)
            found.append(Slow(name, provider, took, waited, len(passed)))
    return sorted(found, key=lambda one: (-one.duration_s, one.scenario))[:count]


def regressions(runs: Sequence[PastRun]) -> list[Regression]:
    """The scenarios whose newest outcome is red and that were green before, the newest first."""
    found = []
    for (name, provider), outcomes in _outcomes(runs).items():
        green = [at for at, (_, scenario) in enumerate(outcomes) if scenario.status == "passed"]
        if not green or green[-1] == len(outcomes) - 1:
            continue
        before, after = outcomes[green[-1]], outcomes[green[-1] + 1]
        failures = len(outcomes) - green[-1] - 1
        changes = tuple(_changes(before, after))
        found.append(Regression(name, provider, before[0], after[0], failures, changes))
    order = {run.id: number for number, run in enumerate(runs)}
    return sorted(found, key=lambda one: order[one.first_red.id], reverse=True)


def _changes(before: _Outcome, after: _Outcome) -> Iterator[Change]:
    (old, was), (new, now) = before, after
    pairs = {
        "guide and feature": (was.content_hash, now.content_hash),
        "edition": (old.edition_hash, new.edition_hash),
    }
    for part in sorted({*old.versions, *new.versions}):
        pairs[part] = (old.versions.get(part, ""), new.versions.get(part, ""))
    pairs["commit"] = (old.commit, new.commit)
    for what, (first, second) in pairs.items():
        if first != second:
            yield Change(what, first, second)
