"""What the reports of a simulated year found of what was planted in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulated_year import Expected, Night, Year

from report.history import PastRun
from report.regression.finding import Kind


@dataclass
class Score:
    """What the reports of a year found of what was planted."""

    found: int = 0
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    first: int = 0
    other_suspects: list[str] = field(default_factory=list)
    drifts: list[int] = field(default_factory=list)
    """Days from the crossing of a drift to the report of it."""

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + len(self.false))

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + len(self.missed))


DRIFT_DAYS = range(-7, 22)
"""A drift has no day of its own: days from its crossing in which it must be told, once."""


def score(year: Year, limit: int | None = None) -> Score:
    """Report on every night of a year as it came, and compare."""
    from report.regression.night import report

    total = Score()
    runs: list[PastRun] = []
    drifts: dict[int, int] = {}
    for night in year.nights():
        runs += [one.run for one in night]
        day = night[0].day
        made = report(runs, year.quarantine, year.now(day))
        for one, cell in zip(night, made.cells, strict=True):
            assert cell.run.id == one.run.id
            said = {
                (event.kind, event.scenario): finding
                for finding in cell.findings
                for event in finding.events
            }
            for key in said.keys() | one.expected:
                where = f"{one.run.id}: {key[0]} {key[1]}"
                number = _drift(year, key, one, day)
                if key in said and key in one.expected:
                    total.found += 1
                elif key in said and number is not None and number not in drifts:
                    drifts[number] = day - year.drifts[number].crosses
                elif key in said:
                    total.false.append(where)
                else:
                    total.missed.append(where)
            for (_, name), finding in said.items():
                if name in one.first_suspect and finding.kind is not Kind.RENAMED:
                    got = finding.suspects[0].what if finding.suspects else "none"
                    total.first += got == one.first_suspect[name]
                    if got != one.first_suspect[name]:
                        words = f"{one.run.id}: {name}: {got}, not {one.first_suspect[name]}"
                        total.other_suspects.append(words)
    for number, drift in enumerate(year.drifts):
        if number in drifts:
            total.found += 1
        else:
            total.missed.append(f"drift of {drift.scenario.name} in {year.cells[drift.cell]}")
    total.drifts = sorted(drifts.values())
    return total


def _drift(year: Year, key: Expected, night: Night, day: int) -> int | None:
    for number, drift in enumerate(year.drifts):
        here = night.run.cell == year.cells[drift.cell] and key[1] == drift.scenario.name
        if here and key[0] is Kind.NEWLY_SLOW and day - drift.crosses in DRIFT_DAYS:
            return number
    return None
