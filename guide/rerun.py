"""Fates that are open since a text changed, closed by a run that came later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from guide.erratum import Errata
from guide.errors import GuideError
from guide.fate import Fate
from guide.lock import LockedUnit, SourceLock


@dataclass(frozen=True)
class Rerun:
    """The results of one run, as far as fates are concerned."""

    file: str
    started: datetime
    edition_hash: str
    statuses: Mapping[str, str]
    """How each scenario went, by its id in the features."""

    @classmethod
    def read(cls, path: Path) -> Rerun:
        """Read results.json; GuideError where it is none."""
        cure = "name the results of a run, such as build/results.json"
        try:
            value: Any = json.loads(path.read_text(encoding="utf-8"))
            run, scenarios = value["run"], value["scenarios"]
            started = datetime.fromisoformat(run["started"])
            statuses = _statuses(scenarios)
            edition = run["edition_hash"]
        except OSError as error:
            raise GuideError(f"cannot be read: {error.strerror}", file=path, cure=cure) from error
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise GuideError("these are no results of a run", file=path, cure=cure) from error
        return cls(str(path), started, edition, statuses)

    def closes(self, lock: SourceLock, errata: Errata, edition_hash: str) -> SourceLock:
        """The lock with the fates that this run of the edition gives again.

        GuideError where the run was of another edition than the one at hand.
        """
        if self.edition_hash != edition_hash:
            cure = "run the scenarios with the pages as they are"
            raise GuideError("the run was of another edition", file=self.file, cure=cure)
        units = tuple(self._closed(unit, errata) for unit in lock.units)
        return replace(lock, units=units)

    def _closed(self, unit: LockedUnit, errata: Errata) -> LockedUnit:
        was = unit.fate.was
        if was is None or self.started <= datetime.fromisoformat(unit.fate.since):
            return unit
        needed = _needed(was, errata)
        if not needed or any(self.statuses.get(name) != "passed" for name in needed):
            return unit
        return replace(unit, fate=was)


def _statuses(scenarios: Iterable[Mapping[str, Any]]) -> Mapping[str, str]:
    """An outline passed where all of its rows did; what passed only when tried again did not."""
    found: dict[str, str] = {}
    for one in scenarios:
        name, status = one["id"].partition("[")[0], one["status"]
        if status == "passed" and one.get("attempts", 1) > 1:
            status = "flaky"
        if found.get(name, "passed") == "passed":
            found[name] = status
    return found


def _needed(fate: Fate, errata: Errata) -> list[str]:
    """The scenarios that have to pass before a fate holds again; none for an excuse."""
    needed = list(fate.proven)
    for name in fate.errata:
        if name not in errata:
            return []
        needed += [errata[name].proof, errata[name].corrected]
    return needed
