"""Quarantine: scenarios whose failures are known for a while, each with a reason and an end.

They run and are listed; their failures do not count until the day has passed. Then they do again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from guide.checked_yaml import CheckedYaml
from report.clock import moment
from report.history import PastRun

FILE = "quarantine.yaml"
SCHEMA = Path(__file__).with_name("quarantine.schema.json")


@dataclass(frozen=True)
class Quarantined:
    """A scenario, or every row of an outline."""

    id: str
    reason: str
    until: date
    """The last day on which its failures do not count."""


@dataclass(frozen=True)
class Quarantine:
    """What is in quarantine, by id."""

    entries: tuple[Quarantined, ...] = ()

    @classmethod
    def read(cls, folder: Path) -> Quarantine:
        """That of a book's folder; GuideError, in one line, for an entry that has no end."""
        path = folder / FILE
        if not path.exists():
            return cls()
        read = CheckedYaml.read(path, SCHEMA)
        entries: dict[str, Quarantined] = {}
        found: list[Any] = read.value or []
        for place, one in enumerate(found):
            until = one["until"]
            if isinstance(until, datetime) or not isinstance(until, date):
                cure = "give the last day of the quarantine, such as 2026-12-31"
                raise read.problem(f'"{until}" is no day', place, "until", cure=cure)
            if one["id"] in entries:
                what = f"{one['id']} is in quarantine twice"
                raise read.problem(what, place, cure="leave one of the two")
            entries[one["id"]] = Quarantined(one["id"], " ".join(one["reason"].split()), until)
        return cls(tuple(entries.values()))

    def of(self, scenario: str) -> Quarantined | None:
        """The entry of a scenario, or of the outline whose row it is."""
        names = (scenario, scenario.partition("[")[0])
        return next((one for name in names for one in self.entries if one.id == name), None)

    def covers(self, scenario: str, run: PastRun) -> Quarantined | None:
        """The entry by which the failure of a scenario in a run does not count."""
        entry, ended = self.of(scenario), moment(run.finished)
        covered = entry is not None and ended is not None and ended.date() <= entry.until
        return entry if covered else None

    def unknown(self, scenarios: Iterable[str]) -> list[str]:
        """The ids that no scenario has."""
        known = {name for one in scenarios for name in (one, one.partition("[")[0])}
        return [one.id for one in self.entries if one.id not in known]
