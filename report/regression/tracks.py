"""Tracks: the runs of one cell as each scenario went through them, under whatever name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from report.history import PastRun, PastScenario

DECIDED = ("passed", "failed")
"""What says how a scenario went; a run in which it was skipped or not run says nothing."""


class Outcome(NamedTuple):
    """How a scenario went in a run that decided it."""

    run: PastRun
    past: PastScenario

    @property
    def failed(self) -> bool:
        """Whether it failed."""
        return self.past.status == "failed"

    @property
    def steady(self) -> bool:
        """Whether it passed at once: a pass at a later attempt is never green."""
        return self.past.status == "passed" and self.past.attempts <= 1


@dataclass
class Track:
    """One scenario in one cell."""

    id: str
    outcomes: list[Outcome] = field(default_factory=list)
    """Oldest first."""

    def until_green(self) -> tuple[Outcome | None, Sequence[Outcome]]:
        """The last outcome that passed, and the failures after it."""
        for place in range(len(self.outcomes) - 1, -1, -1):
            if not self.outcomes[place].failed:
                return self.outcomes[place], self.outcomes[place + 1 :]
        return None, self.outcomes


@dataclass(frozen=True)
class Tracks:
    """The scenarios of a cell after its newest run."""

    runs: Sequence[PastRun]
    by_id: Mapping[str, Track]
    gone: Mapping[str, Track]
    """The scenarios that the run before the newest had and the newest has no longer."""
    renamed: Mapping[str, str]
    """Those that have another id since the newest run: the new one, and the old one."""

    @classmethod
    def of(cls, runs: Sequence[PastRun]) -> Tracks:
        """Follow the scenarios through the runs of a cell, oldest first."""
        tracks: dict[str, Track] = {}
        before: PastRun | None = None
        gone: dict[str, Track] = {}
        names: dict[str, str] = {}
        for run in runs:
            gone, names = {}, {}
            if before is not None and before.scenarios.keys() != run.scenarios.keys():
                names = renamed(before, run)
                for new, old in names.items():
                    if old in tracks:
                        tracks[new] = tracks.pop(old)
                        tracks[new].id = new
                left = before.scenarios.keys() - run.scenarios.keys() - set(names.values())
                gone = {name: tracks.get(name, Track(name)) for name in sorted(left)}
            for name, past in run.scenarios.items():
                if past.status in DECIDED:
                    track = tracks.get(name)
                    if track is None:
                        track = tracks[name] = Track(name)
                    track.outcomes.append(Outcome(run, past))
            before = run
        return cls(runs, tracks, gone, names)


def renamed(before: PastRun, after: PastRun) -> dict[str, str]:
    """The scenarios that are the same under another id, by the new one: no other is like them."""
    old = _alike(before, before.scenarios.keys() - after.scenarios.keys())
    new = _alike(after, after.scenarios.keys() - before.scenarios.keys())
    return {name: old[key] for key, name in new.items() if key in old}


def _alike(run: PastRun, names: Iterable[str]) -> dict[tuple[str, str], str]:
    keys = {name: _key(name, run.scenarios[name]) for name in names}
    count = Counter(keys.values())
    return {key: name for name, key in keys.items() if key[0] and count[key] == 1}


def _key(name: str, past: PastScenario) -> tuple[str, str]:
    # The rows of an outline share their sentences.
    return past.feature_hash or past.content_hash, name.partition("[")[2]
