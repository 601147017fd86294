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
        """The last outcome that was green, and the failures after it.

        A pass at a later attempt is neither: it was not green, and ends no failure.
        """
        for place in range(len(self.outcomes) - 1, -1, -1):
            if self.outcomes[place].steady:
                return self.outcomes[place], _failures(self.outcomes[place + 1 :])
        return None, _failures(self.outcomes)


@dataclass(frozen=True)
class Tracks:
    """The scenarios of a cell after its newest run."""

    runs: Sequence[PastRun]
    by_id: Mapping[str, Track]
    gone: Mapping[str, Track]
    """The scenarios that the run before had and the newest has no longer."""
    renamed: Mapping[str, str]
    """Those that have another id than in the run before: the new one, and the old one."""
    former: Mapping[str, str]
    """Every id that a scenario of the newest run had and none has now, with that of now."""

    @classmethod
    def of(cls, runs: Sequence[PastRun], place: int = -2) -> Tracks:
        """Follow the scenarios through the runs of a cell, oldest first.

        `place` is that of the run before, which the newest is held against.
        """
        tracks: dict[str, Track] = {}
        before: PastRun | None = None
        since = place + len(runs) if place < 0 else place
        then: dict[str, str] = {}
        former: dict[str, str] = {}
        for number, run in enumerate(runs):
            if before is not None and before.scenarios.keys() != run.scenarios.keys():
                names = renamed(before, run)
                for new, old in names.items():
                    if old in tracks:
                        tracks[new] = tracks.pop(old)
                        tracks[new].id = new
                now = {old: new for new, old in names.items()}
                then = {name: now.get(one, one) for name, one in then.items()}
                former = {name: now.get(one, one) for name, one in former.items()} | now
            if number == since:
                then = {name: name for name in run.scenarios}
            for name, past in run.scenarios.items():
                if past.status in DECIDED:
                    track = tracks.get(name)
                    if track is None:
                        track = tracks[name] = Track(name)
                    track.outcomes.append(Outcome(run, past))
            before = run
        newest = runs[-1].scenarios
        return cls(
            runs=runs,
            by_id=tracks,
            gone={one: tracks.get(one, Track(one)) for one in sorted({*then.values()} - {*newest})},
            renamed={one: old for old, one in then.items() if one != old and one in newest},
            former={old: one for old, one in former.items() if one in newest and old not in newest},
        )


def _failures(outcomes: Iterable[Outcome]) -> Sequence[Outcome]:
    return [one for one in outcomes if one.failed]


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
