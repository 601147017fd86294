"""Which run counts for a scenario: the newest one that says something, and every red beside it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast

from report.clock import moment
from report.history import PastRun, PastScenario
from report.reasons import FLAKY
from report.results import Results, Run, ScenarioResult, Status

CELL_AGE = timedelta(days=30)
"""A cell that has not run for so long is none any more: its red counts no longer beside others."""

_RED = {FLAKY: 1, "failed": 2}
"""What one cell's green does not hide, and how bad it is."""

_DECIDED = (*_RED, "passed")
_TOLD = (*_DECIDED, "skipped", "not_run")

Told = tuple[PastRun, str]
"""A run, and how a scenario went in it."""
Rows = Mapping[str, str]
"""How the rows of a scenario went; '' for one that the run was told to leave out."""


@dataclass
class _Provider:
    """What the runs of a provider say, taken in from the newest to the oldest."""

    said: dict[str, Told] = field(default_factory=dict)
    """By scenario: the newest run that says something of it."""
    red: dict[str, Told] = field(default_factory=dict)
    """The worst that another cell said last."""
    _told: dict[Hashable, set[str]] = field(default_factory=dict)
    """What newer runs of a cell said something of: rows, and scenarios of which they did all."""
    _decided: dict[Hashable, set[str]] = field(default_factory=dict)
    _newest: dict[str, PastRun] = field(default_factory=dict)
    """By cell, the newest of all first."""

    def take(self, run: PastRun) -> None:
        """Take in a run that is older than those before."""
        self._newest.setdefault(run.cell, run)
        told = [self._told.setdefault(key, set()) for key in _cells(run)]
        decided = [self._decided.setdefault(key, set()) for key in _cells(run)]
        found = _rows(run)
        for name, rows in found.items():
            self._scenario(run, name, rows, told, decided)
        for each in told:
            each.update(_whole(found, _TOLD))
        for each in decided:
            each.update(_whole(found, _DECIDED))

    def _scenario(
        self, run: PastRun, name: str, rows: Rows, told: list[set[str]], decided: list[set[str]]
    ) -> None:
        ways = [outcome for outcome in rows.values() if outcome]
        if name not in self.said and ways:
            self.said[name] = run, max(ways, key=_badness)
        elif ways:
            # Of a cell that did not come to it since, or skipped it, that is what it says itself.
            lifted = [*decided, *(told if self.said[name][1] not in _DECIDED else [])]
            left = [row for row in rows if not any({row, name} & each for each in lifted)]
            red = [rows[row] for row in left if rows[row] in _RED]
            if red and not self._old(run):
                bad = run, max(red, key=_badness)
                self.red[name] = max(self.red.get(name, bad), bad, key=_bad)

    def counts(self) -> Iterator[tuple[str, PastRun]]:
        """Each scenario with the run that counts for it."""
        for name, said in self.said.items():
            yield name, max(said, self.red.get(name, said), key=_bad)[0]

    def _old(self, run: PastRun) -> bool:
        """Whether it is of a cell that has not run for so long that it is none any more."""
        newest = moment(next(iter(self._newest.values())).finished)
        ended = moment(self._newest[run.cell].finished)
        return newest is not None and ended is not None and newest - ended > CELL_AGE


def counted(
    given: Results, runs: Sequence[PastRun], stored: Callable[[str], Results | None]
) -> list[tuple[Results | None, Results]]:
    """The runs that count, the newest first, each whole and as the part of it that counts.

    `runs` come as they were recorded, and that of `given` is one of them. For each provider and
    scenario the newest run counts that says something of it; a run that did not select it says
    nothing, one that broke off says: not run. What a cell showed red counts until a run of that
    cell, or on the same versions, shows something else: of an outline, of each row that was red,
    since a run may be told to do one row only. Runs on newer versions never count.

    Where the results of a run cannot be read (None), its line in the history says what was red.
    At least one comes back.
    """
    order = [run for run in runs if not run.newer]
    providers: dict[str, _Provider] = {}
    for run in reversed(order):
        providers.setdefault(run.provider, _Provider()).take(run)
    kept: dict[str, set[str]] = {}
    for each in providers.values():
        for name, run in each.counts():
            kept.setdefault(run.id, set()).add(name)
    found: list[tuple[Results | None, Results]] = []
    for run in reversed(order):
        names = kept.get(run.id, set())
        # The newest one also shows what nobody has an answer for.
        unasked = _bases(run) - providers[run.provider].said.keys() if run is order[-1] else set()
        if names or unasked:
            whole = stored(run.id)
            found.append((whole, _part(whole or _of_line(run), names, unasked)))
    return found or [(given, replace(given, scenarios=()))]


def _part(results: Results, names: set[str], unasked: set[str]) -> Results:
    rows = (one for one in results.scenarios if one.base_id in (unasked if one.left_out else names))
    return replace(results, scenarios=tuple(rows))


def _cells(run: PastRun) -> list[Hashable]:
    """What a run answers for: its cell, and whatever else runs on the same versions."""
    return [run.cell, *([tuple(sorted(run.versions.items()))] if run.versions else [])]


def _rows(run: PastRun) -> Mapping[str, Rows]:
    """How each scenario went, row by row."""
    found: dict[str, dict[str, str]] = {}
    for ident, was in run.scenarios.items():
        rows = found.setdefault(ident.partition("[")[0], {})
        rows[ident] = "" if was.left_out else was.outcome
    return found


def _whole(found: Mapping[str, Rows], outcomes: Collection[str]) -> Iterator[str]:
    """The rows that went in one of these ways, and the scenarios of which all did.

    A scenario stands for rows as well that it had in an older run and has no longer.
    """
    for name, rows in found.items():
        those = [row for row, outcome in rows.items() if outcome in outcomes]
        yield from those
        if len(those) == len(rows):
            yield name


def _badness(outcome: str) -> int:
    return _RED.get(outcome, 0) * 2 + (outcome == "not_run")


def _bad(told: Told) -> int:
    return _RED.get(told[1], 0)


def _bases(run: PastRun) -> set[str]:
    return {ident.partition("[")[0] for ident in run.scenarios}


def _of_line(run: PastRun) -> Results:
    """What is left of a run whose results are gone: how each scenario went, but no proof of it."""
    of = Run(
        id=run.id,
        started=run.started,
        finished=run.finished,
        duration_s=run.duration_s,
        provider=run.provider,
        versions=run.versions,
        edition_hash=run.edition_hash,
        host=run.host,
        commit=run.commit,
        exit_code=run.exit_code,
        book=run.book,
        settings=run.settings,
    )
    return Results(of, tuple(_scenario(run, name, one) for name, one in run.scenarios.items()))


def _scenario(run: PastRun, name: str, past: PastScenario) -> ScenarioResult:
    gone = f"the results of run {run.id} cannot be read"
    shown = ScenarioResult(
        id=name,
        feature=f"{name.partition('/')[0]}.feature",
        name=name,
        tags=(),
        units=(),
        status="not_run",
        attempts=past.attempts,
        duration_s=past.duration_s,
        error=past.reason or gone,
    )
    if past.outcome == "passed":
        return replace(shown, attempts=0, error=f"it passed, and {gone}")
    return replace(shown, status=cast(Status, past.status))
