"""What a regression report says: findings, by cell, and what they come to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from guide.ending import WRONG_USE
from report.history import PastRun
from report.regression.flakes import Flake
from report.regression.pace import Slow
from report.regression.quarantine import Quarantined
from report.regression.reported import Cell
from report.regression.suspects import Change


class Kind(StrEnum):
    """What a finding is, in the order in which it is told."""

    NEW_FAILURE = "new failure"
    STILL_FAILING = "still failing"
    QUARANTINED = "failed in quarantine"
    NEWLY_FLAKY = "newly flaky"
    FLAKY = "flaky again"
    STALE = "stale"
    NEWLY_SLOW = "newly slow"
    FIXED = "fixed"
    GONE = "gone"
    RENAMED = "renamed"


@dataclass(frozen=True)
class Event:
    """Something that is to be told of one scenario."""

    kind: Kind
    scenario: str
    words: str = ""
    """The reason of a failure, or what happened."""
    since: PastRun | None = None
    """The run in which it began."""
    last_good: PastRun | None = None
    """The last run before that in which it was green; None: never here."""
    runs: int = 1
    """How many runs it has been so."""
    suspects: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    slow: Slow | None = None
    new: bool = True
    """Whether it was not so in the run that was reported before."""
    was: str = ""
    """The id that it had before it was renamed."""
    over: bool = False
    """Whether it is the end of a failure."""


@dataclass(frozen=True)
class Finding:
    """Events of one kind with the same words and the same beginning."""

    events: tuple[Event, ...]
    suspects: tuple[Change, ...]

    @property
    def kind(self) -> Kind:
        """What it is."""
        return self.first.kind

    @property
    def first(self) -> Event:
        """The event of its first scenario."""
        return self.events[0]

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios that it is about."""
        return tuple(event.scenario for event in self.events)


@dataclass(frozen=True)
class CellReport:
    """What is to be told of the newest run of a cell."""

    cell: str
    run: PastRun
    before: PastRun | None
    """The run of this cell that it is held against: the one that was reported before it."""
    findings: tuple[Finding, ...]
    flakes: tuple[Flake, ...]
    run_factor: float | None = None
    """How slow the whole run was; None where nothing can tell."""
    former: Mapping[str, str] = field(default_factory=dict)
    """The ids that scenarios of the run had at any time before, with those of now."""

    @property
    def recoveries(self) -> list[Finding]:
        """The findings that are the end of a failure."""
        return [one for one in self.findings if one.first.over]

    def of(self, kind: Kind) -> list[Finding]:
        """The findings of a kind."""
        return [one for one in self.findings if one.kind is kind]

    @property
    def whole(self) -> bool:
        """Whether the run came to its end."""
        if self.run.stopped or self.run.exit_code not in (0, 1):
            return False
        scenarios = self.run.scenarios.values()
        return not any(one.untold for one in scenarios)

    @property
    def unwhole(self) -> str:
        """Why it is not whole, in words; '' where it is."""
        if self.whole:
            return ""
        if self.run.exit_code == WRONG_USE and not self.run.stopped:
            return "the run shows nothing: all that was asked for was skipped"
        why = self.run.stopped or "nobody knows why"
        return f"the run did not come to its end: {why}"


@dataclass(frozen=True)
class Report:
    """The newest run of every cell of the last night."""

    cells: tuple[CellReport, ...]
    asleep: tuple[PastRun, ...] = ()
    """The newest runs of cells that did not run in the last night."""
    quarantine: tuple[Quarantined, ...] = ()
    problems: tuple[str, ...] = ()
    """What could not be read, one line each."""
    missing: str = ""
    """Why the last run is not among them, where it is not."""

    @property
    def exit_code(self) -> int:
        """1 for a new failure, else 3 for a run that is missing or broke off, else 0."""
        if self.events(Kind.NEW_FAILURE):
            return 1
        return 0 if not self.missing and all(cell.whole for cell in self.cells) else 3

    @property
    def told(self) -> Mapping[str, Cell]:
        """What this report notes for the next one, by cell."""
        return {
            one.cell: Cell(one.run.id, one.before.id if one.before else "") for one in self.cells
        }

    def events(self, kind: Kind) -> Sequence[tuple[CellReport, Event]]:
        """Every event of a kind, with its cell."""
        return [
            (cell, event)
            for cell in self.cells
            for finding in cell.of(kind)
            for event in finding.events
        ]
