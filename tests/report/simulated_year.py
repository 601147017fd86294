"""A year of nights that never were: runs of several cells, and what a report must say of each.

Everything that happens is planted with its day, and what is expected is worked out here from what
was planted, without a word of `report.regression`'s own reckoning.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from report.history import PastRun, PastScenario
from report.regression.finding import Kind
from report.regression.quarantine import Quarantine, Quarantined

BEGIN = datetime(2025, 11, 28, 1, tzinfo=UTC)
CELLS = ("embedded, 1.36", "embedded, 1.37", "kind, 1.36", "kind, 1.37")
WARM = 30
"""Days before the first event: nothing is said of times without a past."""

Expected = tuple[Kind, str]


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
class Night:
    """One run and what is to be said of it."""

    day: int
    run: PastRun
    expected: set[Expected]
    first_suspect: dict[str, str]
    """By scenario: the suspect that must come first in its finding."""


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


class Year:
    """The plan of a year, made from a seed."""

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

    def nights(self) -> Iterator[list[Night]]:
        """The runs of each night, in the order of the cells."""
        told: list[dict[str, str]] = [{} for _ in self.cells]
        """By cell: how the last run that decided a scenario went."""
        flaky: set[tuple[str, int]] = set()
        before: list[set[str]] = [set() for _ in self.cells]
        for day in range(self.days):
            for what, cell in self.changes.get(day, ()):
                self.counters[what, cell] = self.counters.get((what, cell), 0) + 1
            self._edit(day)
            renamed = self._rename(day, told, flaky, before)
            night = []
            for cell, _ in enumerate(self.cells):
                expected: set[Expected] = {(Kind.RENAMED, name) for name in renamed}
                suspect: dict[str, str] = {}
                scenarios = {}
                for one in self.scenarios:
                    if not one.born <= day < one.dies:
                        continue
                    past = self._past(one, cell, day)
                    scenarios[one.name] = past
                    kinds = self._expect(one, cell, day, past, told[cell], flaky, suspect)
                    expected |= {(kind, one.name) for kind in kinds}
                gone = before[cell] - set(scenarios)
                expected |= {(Kind.GONE, name) for name in gone}
                before[cell] = set(scenarios)
                night.append(Night(day, self._run(cell, day, scenarios), expected, suspect))
            yield night

    def _edit(self, day: int) -> None:
        for failure in self.failures:
            if day in (failure.begin, failure.end) and failure.cause in ("edition", "feature"):
                for one in failure.scenarios:
                    setattr(one, "text" if failure.cause == "edition" else "feature", digest(day))
        for one in self.texts.get(day, ()):
            one.text = digest("text", day, one.name)

    def _rename(
        self,
        day: int,
        told: list[dict[str, str]],
        flaky: set[tuple[str, int]],
        before: list[set[str]],
    ) -> list[str]:
        found = []
        for one in self.renames.get(day, ()):
            old, one.name = one.name, f"{one.name}-since-{day}"
            found.append(one.name)
            for cell, states in enumerate(told):
                if old in states:
                    states[one.name] = states.pop(old)
                before[cell] = {one.name if name == old else name for name in before[cell]}
                if (old, cell) in flaky:
                    flaky.add((one.name, cell))
        return found

    def _failure(self, one: Simulated, cell: int, day: int) -> Failure | None:
        for failure in self.failures:
            on = failure.begin <= day < failure.end
            if on and one in failure.scenarios and cell in failure.cells:
                return failure
        for other, where, days in self.turns:
            if other is one and where == cell and day in days:
                return Failure([one], [cell], day, day + 1, "", f"a hiccup in {one.name}")
        return None

    def _past(self, one: Simulated, cell: int, day: int) -> PastScenario:
        if (cell, day) in self.broken:
            words = "the run did not come to it: no sandbox came up"
            return PastScenario("not_run", 0.0, 0, one.content, 0.0, words, one.feature, one.text)
        for other, where, first, last in self.skipped:
            if other is one and where == cell and first <= day < last:
                words = "needs real containers"
                return PastScenario("skipped", 0.0, 0, one.content, 0, words, one.feature, one.text)
        seconds = one.seconds * self.random.lognormvariate(0, one.noise)
        seconds *= 1.6 if self.cells[cell].startswith("kind") else 1
        for other, where, begin, factor in self.slower:
            seconds *= factor if other is one and where == cell and day >= begin else 1
        for drift in self.drifts:
            seconds *= drift.at(day) if drift.scenario is one and drift.cell == cell else 1
        if factor := self.noisy.get((cell, day)):
            seconds *= factor * self.random.lognormvariate(0, 0.12)
        failure = self._failure(one, cell, day)
        words = f"{failure.words}, seen after {self.random.randint(1, 99)} s" if failure else ""
        return PastScenario(
            "failed" if failure else "passed",
            round(seconds, 3),
            self.retried.get((one.name, cell, day), 1),
            one.content,
            round(seconds / 2, 3),
            words,
            one.feature,
            one.text,
        )

    def _expect(
        self,
        one: Simulated,
        cell: int,
        day: int,
        past: PastScenario,
        told: dict[str, str],
        flaky: set[tuple[str, int]],
        suspect: dict[str, str],
    ) -> Iterator[Kind]:
        last = told.get(one.name, "")
        if past.status not in ("passed", "failed"):
            if last:
                yield Kind.STALE
            return
        failure = self._failure(one, cell, day)
        if failure is not None:
            until = next((end for other, end in self.quarantined if other is one), -1)
            if day <= until:
                yield Kind.QUARANTINED
                told[one.name] = "quarantined"
                return
            kind = Kind.STILL_FAILING if last == "failed" else Kind.NEW_FAILURE
            yield kind
            told[one.name] = "failed"
            if failure.cause:
                suspect[one.name] = failure.cause
            return
        told[one.name] = "passed"
        turned = any(o is one and c == cell and day - 1 in days for o, c, days in self.turns)
        if turned or past.attempts > 1:
            yield Kind.FLAKY if (one.name, cell) in flaky else Kind.NEWLY_FLAKY
            flaky.add((one.name, cell))
        elif last in ("failed", "quarantined"):
            yield Kind.FIXED
        for other, where, begin, _ in self.slower:
            if other is one and where == cell and day == begin:
                yield Kind.NEWLY_SLOW
                suspect[one.name] = "sandbox"

    def _run(self, cell: int, day: int, scenarios: dict[str, PastScenario]) -> PastRun:
        def at(what: str) -> str:
            own, all_of_them = (self.counters.get((what, each), 0) for each in (cell, None))
            return f"{what}-{own + all_of_them}"

        broken = (cell, day) in self.broken
        begin = BEGIN + timedelta(days=day, minutes=50 * cell)
        failed = any(one.status == "failed" for one in scenarios.values())
        return PastRun(
            id=f"day-{day}-{cell}",
            started=begin.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            finished=(begin + timedelta(minutes=40)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            duration_s=2400.0,
            provider=self.cells[cell].partition(",")[0],
            versions={name: at(name) for name in ("flux", "kubernetes", "kustomize", "helm")},
            edition_hash=digest(*(one.text for one in self.scenarios)),
            commit=digest("commit", day),
            exit_code=3 if broken else int(failed),
            scenarios=dict(scenarios),
            book="operational",
            stopped="no sandbox came up" if broken else "",
            host=at("host"),
            code={name: at(name) for name in ("steps", "sandbox", "charts")},
            settings={"cell": self.cells[cell]},
        )


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
