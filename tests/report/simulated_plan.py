"""The plan of a year of nights that never were: everything that happens, planted with its day."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from report.regression.quarantine import Quarantine, Quarantined

BEGIN = datetime(2025, 11, 28, 1, tzinfo=UTC)
CELLS = ("embedded, 1.36", "embedded, 1.37", "kind, 1.36", "kind, 1.37")
WARM = 30
"""Days before the first event: nothing is said of times without a past."""


def digest(*parts: object) -> str:
    return sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]


@dataclass
class Simulated:
    """One scenario as it is on a day."""

    name: str
    seconds: float
    noise: float
    feature: str
    text: str
    busy: list[tuple[int, int]] = field(default_factory=list)
    """Days from and to that an event has for itself."""
    born: int = 0
    dies: int = 10**6

    @property
    def content(self) -> str:
        return digest(self.feature, self.text)


@dataclass
class Drift:
    """A scenario that gets slower little by little in a cell."""

    scenario: Simulated
    cell: int
    begin: int
    days: int
    factor: float

    @property
    def crosses(self) -> int:
        """The first day on which it takes half as long again."""
        return self.begin + round(self.days * 0.5 / (self.factor - 1))

    def at(self, day: int) -> float:
        return 1 + (self.factor - 1) * min(1.0, max(0.0, (day - self.begin) / self.days))


@dataclass
class Failure:
    """Scenarios that fail from a day on, until the day of the repair."""

    scenarios: list[Simulated]
    cells: list[int]
    begin: int
    end: int
    cause: str
    words: str


class Plan:
    """What happens in a year, made from a seed."""

    def __init__(self, seed: int, days: int = 365, cells: int = 4, scenarios: int = 40) -> None:
        self.random = random.Random(seed)
        self.days, self.cells = days, CELLS[:cells]
        self.scenarios = [self._scenario(n) for n in range(scenarios)]
        self.failures: list[Failure] = []
        self.drifts: list[Drift] = []
        self.slower: list[tuple[Simulated, int, int, float]] = []
        self.retried: dict[tuple[str, int, int], int] = {}
        self.turns: list[tuple[Simulated, int, list[int]]] = []
        self.noisy: dict[tuple[int, int], float] = {}
        self.broken: set[tuple[int, int]] = set()
        self.skipped: list[tuple[Simulated, int, int, int]] = []
        self.renames: dict[int, list[Simulated]] = {}
        self.texts: dict[int, list[Simulated]] = {}
        self.quarantined: list[tuple[Simulated, int]] = []
        self.taken: set[int] = set()
        """Days on which something of all scenarios changes, or must not."""
        self.changes: dict[int, list[tuple[str, int | None]]] = {}
        """By day: what gets another hash or version, in which cell (None: in all)."""
        self.counters: dict[tuple[str, int | None], int] = {}
        self._plan()

    @property
    def quarantine(self) -> Quarantine:
        entries = []
        for one, last in self.quarantined:
            until = (BEGIN + timedelta(days=last)).date()
            entries.append(Quarantined(one.name, "the fix is on its way", until))
        return Quarantine(tuple(entries))

    def now(self, day: int) -> datetime:
        return BEGIN + timedelta(days=day, hours=6)

    def _scenario(self, number: int) -> Simulated:
        name = f"chapter_{number % 9}/scenario-{number}"
        seconds, noise = self.random.uniform(6, 60), self.random.uniform(0.02, 0.11)
        return Simulated(name, seconds, noise, digest("feature", number), digest("text", number))

    def _day(self, last: int = 12) -> int:
        """A day of its own: nothing else that all scenarios share changes then or the day after."""
        while True:
            day = self.random.randrange(WARM, self.days - last)
            if not self.taken & {day - 1, day, day + 1}:
                self.taken |= {day, day + 1}
                return day

    def _free(self, begin: int, end: int, count: int = 1) -> list[Simulated]:
        def free(one: Simulated) -> bool:
            return all(end < first or begin > last for first, last in one.busy)

        chosen = self.random.sample([one for one in self.scenarios if free(one)], count)
        for one in chosen:
            one.busy.append((begin, end))
        return chosen

    def _some(self, share: float) -> int:
        return max(1, round(share * (self.days - WARM) / 335))

    def _plan(self) -> None:
        pick = self.random
        every = list(range(len(self.cells)))
        for cause, count in (("edition", 5), ("feature", 2), ("charts", 4), ("kubernetes", 3)):
            for _ in range(self._some(count)):
                begin = self._day()
                end = min(self.days - 3, begin + pick.randint(2, 9))
                while end in self.taken:
                    end += 1
                self.taken |= {end, end + 1}
                size = 1 if cause in ("edition", "feature") else pick.randint(2, 5)
                cells = [pick.choice(every)] if cause == "kubernetes" else every
                chosen = self._free(begin - 1, end + 1, size)
                words = f"the {cause} of day {begin} is wrong at {'xyz'[begin % 3]}"
                self.failures.append(Failure(chosen, cells, begin, end, cause, words))
                if cause in ("edition", "feature"):
                    for day in (begin, end):
                        self.changes.setdefault(day, [])
                elif cause == "charts":
                    self._change("charts", begin, end)
                else:
                    self.changes.setdefault(begin, []).append(("kubernetes", cells[0]))
                    self._change("steps", end)
        for _ in range(self._some(2)):  # in quarantine, and broken for longer than that
            begin = self._day(last=20)
            last, end = begin + pick.randint(2, 4), begin + pick.randint(7, 10)
            while end in self.taken:
                end += 1
            self.taken |= {end, end + 1}
            chosen = self._free(0, self.days)
            words = f"known since day {begin}"
            self.failures.append(Failure(chosen, every, begin, end, "edition", words))
            self.quarantined.append((chosen[0], last))
        for _ in range(self._some(4)):  # slow at once
            day = self._day()
            (one,) = self._free(day - 20, day + 100)
            self._change("sandbox", day)
            for cell in every:
                self.slower.append((one, cell, day, pick.uniform(2.5, 4)))
        for _ in range(self._some(3) if self.days > 150 else 0):  # slow little by little
            begin = pick.randrange(WARM, self.days - 110)
            (one,) = self._free(0, self.days)
            self.drifts.append(Drift(one, pick.choice(every), begin, 60, pick.uniform(2.3, 2.8)))
        for _ in range(self._some(12)):
            cell, day = pick.choice(every), pick.randrange(WARM, self.days)
            self.noisy[cell, day] = pick.uniform(1.3, 3)
        for _ in range(self._some(4)):  # green at the second attempt, three times
            begin = self._day(last=30)
            (one,) = self._free(begin - 1, begin + 30)
            cell = pick.choice(every)
            for day in sorted(pick.sample(range(begin, begin + 28), 3)):
                self.retried[one.name, cell, day] = 2
        for _ in range(self._some(3)):  # red for a night, nothing having changed
            days = [self._day(last=20)]
            (one,) = self._free(days[0] - 1, days[0] + 3)
            self.turns.append((one, pick.choice(every), days))
        for _ in range(self._some(3)):
            day = self._day()
            chosen = self._free(day, day)
            self.renames.setdefault(day, []).extend(chosen)
        for _ in range(self._some(2)):
            day = self._day()
            (one,) = self._free(day - 5, self.days)
            one.dies = day
        for _ in range(self._some(3)):
            day = pick.randrange(WARM, self.days - 5)
            new = self._scenario(len(self.scenarios))
            new.born = day
            self.scenarios.append(new)
        for _ in range(self._some(10)):  # another text, and it still holds
            day = self._day()
            self.texts.setdefault(day, []).extend(self._free(day, day))
        for _ in range(self._some(3)):
            self.broken.add((pick.choice(every), pick.randrange(WARM, self.days)))
        for _ in range(self._some(2)):
            day = self._day()
            (one,) = self._free(day - 1, day + 6)
            self.skipped.append((one, pick.choice(every), day, day + 4))
        for what in ("steps", "sandbox", "flux", "helm", "host"):  # and nothing comes of it
            for _ in range(self._some(4)):
                self._change(what, self._day())
        # A run that did not come up on the day of an event would put the event off.
        quiet = {day + more for day in self.taken for more in (-1, 0, 1)}
        quiet |= {day for _, _, day in self.retried}
        self.broken = {(cell, day) for cell, day in self.broken if day not in quiet}

    def _change(self, what: str, *days: int) -> None:
        for day in days:
            self.changes.setdefault(day, []).append((what, None))
