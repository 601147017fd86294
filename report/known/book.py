"""What is known about the guide: the edition, its features, and what the runs said about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path

import guide
from guide.erratum import Errata
from guide.footing import Footing
from guide.lock import SourceLock
from guide.unit import Unit
from guide.vocabulary import Vocabulary
from report.clock import wrong
from report.history import KEPT_RUNS, PastRun
from report.known.places import anchor
from report.known.states import State, of_status, worst
from report.known.validity import Validity
from report.reasons import FLAKY
from report.results import Results, ScenarioResult
from report.trends import Regression, regressions

SHOWN_RUNS = KEPT_RUNS
"""The newest runs, which have pages and stand in the pictures."""


@dataclass(frozen=True)
class Proof:
    """One scenario's result in one run, and whether it still counts."""

    results: Results
    scenario: ScenarioResult
    stale: str = ""
    """Why it no longer counts, or ''."""

    @property
    def state(self) -> State:
        """The state that this result alone gives."""
        state = of_status(self.scenario.outcome)
        return State.STALE if state is State.PROVEN and self.stale else state


@dataclass(frozen=True)
class Other:
    """Another book of the site, in a line of the home page."""

    title: str
    description: str
    href: str
    counts: Counter[State]


@dataclass(frozen=True)
class Book:
    """Everything that the pages are made from; asking it reads no file and no clock."""

    edition: guide.Edition
    features: guide.Features
    results: Sequence[Results]
    """What counts (`report.known.counting`), the newest first; at least one."""
    history: Sequence[PastRun]
    """Every run that is known, oldest first, those of `results` included."""
    now: datetime
    """The moment at which the age of evidence is judged."""
    order: Sequence[str] = ()
    """The stems of the chapters in the order of the navigation."""
    whole: Sequence[Results] = ()
    """The runs behind `results`, with all of their scenarios."""
    folders: Mapping[str, Path] = field(default_factory=dict)
    """Where the results file of a run lies, by the run's id: whole outputs are below it."""
    errata: Errata = field(default_factory=Errata)
    lock: SourceLock | None = None
    patch: str = ""
    """The diff that corrects every erratum, where a source guide was given."""
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary(()))
    """The sentences that its features may use."""
    of: guide.Book | None = None
    """The book that the pages are about."""
    edition_at: str = "edition"
    """Where its pages lie, as seen from the clone."""
    features_at: str = "features"
    up: str = ""
    """The way from the home page of the book to that of the site."""
    others: Sequence[Other] = ()
    """The other books of the site."""
    problems: Sequence[str] = ()
    """What was wrong with the input and did not stop the build: shown on the home page."""

    @cached_property
    def _by_unit(self) -> Mapping[str, list[guide.Scenario]]:
        found: dict[str, list[guide.Scenario]] = {}
        for scenario in self.features.scenarios.values():
            for unit in scenario.units:
                found.setdefault(unit, []).append(scenario)
        return found

    @cached_property
    def shown(self) -> frozenset[str]:
        """The ids of the runs that have a page."""
        return frozenset(run.id for run in self.history[-SHOWN_RUNS:]) | {
            results.run.id for results in self.results
        }

    @cached_property
    def regressions(self) -> Sequence[Regression]:
        """What was green and is red, over every known run; the newest first."""
        return regressions(self.history)

    @cached_property
    def clocks(self) -> Sequence[str]:
        """A line for each shown run whose times cannot be."""
        return [f"run {name}: {why}" for name, why in self._wrong.items() if name in self.shown]

    @cached_property
    def _wrong(self) -> Mapping[str, str]:
        return wrong(self.history, self.now)

    @cached_property
    def green_since(self) -> Mapping[tuple[str, str], str]:
        """When the first of the green runs in a row ended, by provider and scenario.

        The text that it proves and its sentences have been the same since then.
        """
        found: dict[tuple[str, str], tuple[str, str]] = {}
        for run in self.history:
            for ident, was in run.scenarios.items():
                key = (run.provider, ident)
                if was.outcome in ("failed", FLAKY):
                    found.pop(key, None)
                elif was.outcome == "passed" and found.get(key, ("",))[0] != was.content_hash:
                    found[key] = (was.content_hash, run.finished)
        return {key: finished for key, (_, finished) in found.items()}

    @cached_property
    def _validity(self) -> Validity:
        footing = Footing(self.of, self.edition, self.features) if self.of else None
        return Validity(self.edition, self.features, self.now, footing, self._wrong)

    def folder(self, results: Results) -> Path:
        """The folder of a results file."""
        return self.folders.get(results.run.id, Path())

    def scenarios_of(self, unit: str) -> list[guide.Scenario]:
        """The scenarios that claim to prove a unit, in the order of the features."""
        return self._by_unit.get(unit, [])

    def proofs(self, scenario: guide.Scenario, unit: str = "") -> list[Proof]:
        """What each provider's run that counts says about a scenario, here as proof of `unit`.

        The rows of an outline are results of their own.
        """
        found = []
        for results in self.results:
            rows = results.of(scenario.id)
            stale = self._validity.stale(results, rows, scenario, unit)
            found += [Proof(results, row, why) for row, why in zip(rows, stale, strict=True)]
        return found

    def reason(self, scenario: guide.Scenario, state: State, unit: str = "") -> str:
        """Why a scenario is in a state: what its runs said, with their provider; '' if nothing."""
        for proof in self.proofs(scenario, unit):
            if proof.state is state:
                error = proof.scenario.error.strip().split("\n")[0]
                said = proof.stale if state is State.STALE else error
                if said:
                    return f"with {proof.results.run.provider or 'no sandbox'}: {said}"
        return ""

    def scenario_state(self, scenario: guide.Scenario, unit: str = "") -> State:
        """A failure anywhere counts, at any attempt; else the best that any provider showed."""
        by_provider: dict[str, list[State]] = {}
        for proof in self.proofs(scenario, unit):
            by_provider.setdefault(proof.results.run.id, []).append(proof.state)
        states = {worst(found) for found in by_provider.values()}
        for state in (State.FAILED, State.FLAKY, State.PROVEN, State.STALE, State.SKIPPED):
            if state in states:
                return State.ERRATUM if state is State.PROVEN and scenario.erratum else state
        return State.NOT_RUN

    def state(self, unit: Unit) -> State:
        """The worst of the unit's scenarios; a heading that only groups takes its children's."""
        scenarios = self.scenarios_of(unit.id)
        if scenarios:
            return worst(self.scenario_state(scenario, unit.id) for scenario in scenarios)
        if unit.excused:
            return State.EXCUSED
        if unit.children:
            return worst(self.state(self.edition.units[child]) for child in unit.children)
        return State.UNPROVEN

    def counted(self, page: str = "") -> list[Unit]:
        """The units that need a fate: all but headings that only group others."""
        return [
            unit
            for unit in self.edition.units.values()
            if (not page or unit.id.startswith(f"{page}/"))
            and (not unit.children or unit.excused or self.scenarios_of(unit.id))
        ]

    def counts(self, page: str = "") -> Counter[State]:
        """How many units of a page (of all pages) are in each state."""
        return Counter(self.state(unit) for unit in self.counted(page))

    def scenarios_on(self, page: str) -> list[guide.Scenario]:
        """The scenarios that prove a unit of a page, each once."""
        return [
            scenario
            for scenario in self.features.scenarios.values()
            if any(unit.startswith(f"{page}/") for unit in scenario.units)
        ]

    def home_of(self, scenario: guide.Scenario) -> str:
        """The unit at which the whole evidence of a scenario stands: its first in page order."""
        units = [unit for unit in self.edition.units if unit in scenario.units]
        own = scenario.feature.replace("_", "-") + "/"
        return next((u for u in units if u.startswith(own)), units[0] if units else "")

    def evidence_of(self, scenario: guide.Scenario, proof: Proof | None = None) -> str:
        """The way from the home page to a scenario's evidence, of its first result or of `proof`.

        '' without a result, or without a unit to stand at.
        """
        home = self.home_of(scenario)
        shown = proof or next(iter(self.proofs(scenario)), None)
        if not home or shown is None:
            return ""
        provider = anchor(shown.results.run.provider)
        return f"guide/{home.split('/')[0]}.html#s-{anchor(shown.scenario.id)}-{provider}"

    def unit_at(self, unit: str) -> str:
        """The way from the home page to a unit of the edition."""
        page, _, name = unit.partition("/")
        return f"guide/{page}.html#{name}"

    def failed(self) -> Iterator[tuple[guide.Scenario, Proof]]:
        """Every failure in the results shown, in the order of the features."""
        for scenario in self.features.scenarios.values():
            for proof in self.proofs(scenario):
                if proof.state is State.FAILED:
                    yield scenario, proof

    def ghosts(self, results: Results) -> list[ScenarioResult]:
        """Results for scenarios that no feature has any more."""
        return [one for one in results.scenarios if one.base_id not in self.features.scenarios]
