"""A chapter of the edition with its last proof beside every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

import guide
from guide.block import Block
from guide.unit import Unit
from report.known import past, places
from report.known.beside import Beside
from report.known.book import Book, Proof
from report.known.judgement import Judgement
from report.known.messages import messages
from report.known.places import anchor
from report.known.states import worst
from report.pages.charts import Cell
from report.pages.evidence import RunEvidence
from report.pages.facts import Fact, Facts
from report.pages.failure import Failure
from report.pages.outputs import Outputs
from report.pages.render import piece
from report.pages.weave import weave

UP = "../"
STRIP_RUNS = 30

# Who searches a guide wants the guide first, and what is told about it after that.
_FIRST = "---\nsearch:\n  boost: 4\n---\n\n"


@dataclass(frozen=True)
class Chapter:
    """Makes the page of one chapter."""

    book: Book
    page: guide.Page
    outputs: Outputs

    def markdown(self) -> str:
        """The whole page."""
        woven = weave(self.page, self._panel(), self._verdict, self._evidence, self._below)
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
        return piece("chapter.verdict", unit, Judgement.of(self.book, unit), scenarios)

    def _below(self, block: Block) -> Markup:
        """What is said of a block: that it does not hold only where that was shown."""
        book = self.book
        failing = [
            book.scenario_state(one)
            for one in book.features.scenarios.values()
            if one.is_as_written and block.id in book.features.blocks_of(one, book.edition)
        ]
        return piece("chapter.under_block", block, worst(failing))

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
        evidence = RunEvidence(run, self.outputs, UP, self.book.folder(proof.results))
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
