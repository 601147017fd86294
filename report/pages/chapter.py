"""A chapter of the edition with its last proof beside every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

import guide
from guide.unit import Unit
from report.known import past, places
from report.known.beside import Beside
from report.known.book import Book, Proof
from report.known.messages import messages
from report.known.places import anchor
from report.known.states import MEANING, State
from report.pages.charts import Cell
from report.pages.evidence import Evidence
from report.pages.facts import Fact, Facts
from report.pages.failure import Failure
from report.pages.outputs import Outputs
from report.pages.render import piece
from report.pages.weave import weave

UP = "../"
_PROOF_OF = {State.ERRATUM: {State.PROVEN}}
STRIP_RUNS = 30

# Who searches a guide wants the guide first, and what is told about it after that.
_FIRST = "---\nsearch:\n  boost: 4\n---\n\n"


@dataclass(frozen=True)
class Verdict:
    """What stands beside a unit's badge."""

    words: str
    """The words of the badge."""
    why: str = ""
    """The reason for its state, where that says more than the results."""
    decisive: Sequence[Proof] = ()
    """The results that decided."""
    green_since: tuple[str, str] = ("", "")
    """With which provider all of them are green since when."""

    @property
    def finished(self) -> str:
        """When the newest of these runs ended."""
        return self.decisive[0].results.run.finished

    @property
    def providers(self) -> Sequence[str]:
        """What they ran with."""
        return list(dict.fromkeys(proof.results.run.provider for proof in self.decisive))

    @property
    def took(self) -> float:
        """The seconds of the newest run."""
        first = self.decisive[0].results
        return sum(p.scenario.duration_s for p in self.decisive if p.results is first)

    def versions(self, name: str) -> Sequence[str]:
        """The versions of a program in these runs."""
        runs = [proof.results.run for proof in self.decisive]
        return list(dict.fromkeys(filter(None, (run.versions.get(name) for run in runs))))


@dataclass(frozen=True)
class Chapter:
    """Makes the page of one chapter."""

    book: Book
    page: guide.Page
    outputs: Outputs

    def markdown(self) -> str:
        """The whole page."""
        woven = weave(self.page, self._panel(), self._verdict, self._evidence)
        return f"{_FIRST}{woven}\n{piece('chapter.next', *self._next())}\n"

    def _next(self) -> tuple[str, str]:
        """Where to read on: in the chapter after this one, behind the last one in the proof."""
        after = self.book.order[list(self.book.order).index(self.page.stem) + 1 :]
        if after:
            return f"{after[0]}.html", self.book.edition.pages[after[0]].title
        if self.book.errata:
            return f"{UP}errata.html", "what does not hold as the source guide writes it"
        return f"{UP}coverage.html", "what is proven, and what is not"

    def _panel(self) -> Markup:
        scenarios = self.book.scenarios_on(self.page.stem)
        facts = [
            Fact(results.run, sum(row.duration_s for row in rows), len(rows))
            for results in self.book.results
            if (rows := [row for one in scenarios for row in results.of(one.id)])
        ]
        return piece(
            "chapter.panel",
            self.book,
            scenarios,
            counts=self.book.counts(self.page.stem),
            facts=Facts.of(facts),
            cells=self._cells({scenario.id for scenario in scenarios}),
            feature=self.page.stem.replace("-", "_"),
            setting=self.book.of.setting if self.book.of else "",
            up=UP,
        )

    def _cells(self, ids: set[str]) -> list[Cell]:
        return [
            Cell(
                run.provider,
                status,
                f"{status.replace('_', ' ')}, {run.provider}, {run.finished[:16]}",
                places.href(run.id, UP) if run.id in self.book.shown else "",
            )
            for run in self.book.history[-STRIP_RUNS:]
            if (status := past.status_of(run, ids))
        ]

    def _verdict(self, unit: Unit) -> Markup | str:
        scenarios = self.book.scenarios_of(unit.id)
        if unit.children and not scenarios and not unit.excused:
            return ""
        state = self.book.state(unit)
        return piece("chapter.verdict", unit, state, self._decided(unit, state), scenarios)

    def _decided(self, unit: Unit, state: State) -> Verdict:
        scenarios = self.book.scenarios_of(unit.id)
        words = _words(state, [self.book.scenario_state(one, unit.id) for one in scenarios])
        if state is State.EXCUSED:
            return Verdict(words, unit.excused)
        if not scenarios:
            return Verdict(words, "no scenario claims this yet")
        proofs = [proof for scenario in scenarios for proof in self.book.proofs(scenario, unit.id)]
        if not proofs:
            return Verdict(words, "no result in the runs shown")
        if state in (State.STALE, State.SKIPPED, State.NOT_RUN):
            found = (self.book.reason(scenario, state, unit.id) for scenario in scenarios)
            return Verdict(words, next(filter(None, found), MEANING[state]))
        decisive = [p for p in proofs if p.state in _PROOF_OF.get(state, {state})] or proofs
        return Verdict(words, "", decisive, self._green_since(decisive))

    def _green_since(self, proofs: Sequence[Proof]) -> tuple[str, str]:
        """Since when all of them are green, with the provider that has shown it the longest."""
        since: dict[str, str] = {}
        for proof in proofs:
            run = proof.results.run
            begun = self.book.green_since.get((run.provider, proof.scenario.id), run.finished)
            since[run.provider] = max(since.get(run.provider, ""), begun)
        provider, begun = min(since.items(), key=lambda item: item[1])
        newest = any(begun == proof.results.run.finished for proof in proofs)
        return ("", "") if newest else (provider, begun)

    def _evidence(self, unit: Unit) -> Markup | str:
        shown = [
            shown
            for scenario in self.book.scenarios_of(unit.id)
            for shown in self._results(scenario, unit)
        ]
        return piece("chapter.evidence", unit, shown, messages(self.book, unit)) if shown else ""

    def _results(self, scenario: guide.Scenario, unit: Unit) -> Sequence[Markup]:
        proofs = self.book.proofs(scenario, unit.id)
        if not proofs:
            return [piece("chapter.no_result", scenario)]
        return [self._result(scenario, proof, unit) for proof in proofs]

    def _result(self, scenario: guide.Scenario, proof: Proof, unit: Unit) -> Markup:
        run = proof.results.run
        evidence = Evidence(run, self.outputs, UP, self.book.folder(proof.results))
        failed = proof.scenario.status == "failed"
        failure = Failure.of(self.book, scenario, proof, self.outputs, UP) if failed else None
        home = self.book.home_of(scenario)
        ident = f"s-{anchor(proof.scenario.id)}-{anchor(run.provider)}"
        elsewhere = ""
        if home != unit.id:
            page = home.split("/", 1)[0]
            elsewhere = ("" if page == self.page.stem else f"{page}.html") + f"#{ident}"
        return evidence.scenario(
            proof.scenario,
            f"u-{anchor(unit.id)}-{ident}" if elsewhere else ident,
            beside=Beside.of(unit.id, self.book.edition) if elsewhere else None,
            note=piece(
                "chapter.note",
                self.book,
                scenario,
                proof,
                failure,
                where=self.book.edition.units[home].text,
                elsewhere=elsewhere,
                up=UP,
            ),
            stale=proof.stale,
        )


def _words(state: State, states: Sequence[State]) -> str:
    """The words of a unit's badge: how many of its scenarios are in the state that decided."""
    if len(states) < 2 or state in (State.PROVEN, State.ERRATUM):
        return str(state)
    return f"{state}: {sum(one is state for one in states)} of {len(states)}"
