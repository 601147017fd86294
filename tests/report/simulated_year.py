"""A year of nights that never were: runs of several cells, and what a report must say of each.

What is expected is worked out here from what was planted, without a word of `report.regression`'s
own reckoning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from simulated_plan import BEGIN, Failure, Plan, Simulated, digest

from report.history import PastRun, PastScenario
from report.regression.finding import Kind

Expected = tuple[Kind, str]


@dataclass
class Night:
    """One run and what is to be said of it."""

    day: int
    run: PastRun
    expected: set[Expected]
    first_suspect: dict[str, str]
    """By scenario: the suspect that must come first in its finding."""


class Year(Plan):
    """The runs of a planned year."""

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
