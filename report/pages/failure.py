"""What is known about a failure besides its evidence: its places, its files, its last green run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import guide
from guide.unit import Unit
from report.history import PastRun
from report.pages import past
from report.pages.book import Book, Proof
from report.pages.bundle import File, published
from report.pages.outputs import Outputs
from report.pages.text import anchor
from report.results import Run, Step
from report.trends import Change


@dataclass(frozen=True)
class LastGreen:
    """The last run with the same provider in which a scenario passed."""

    provider: str
    run: PastRun | None
    href: str
    """The page of that run from the root of the site, '' where it has none."""
    changed: Sequence[Change]
    """What is different since."""


@dataclass(frozen=True)
class Failure:
    """The facts beside a failure."""

    scenario: guide.Scenario
    proof: Proof
    broken: Step | None
    units: Sequence[Unit]
    bundle: Sequence[File]
    more: int
    """Files of the bundle that are not published."""
    last_green: LastGreen

    @classmethod
    def of(
        cls, book: Book, scenario: guide.Scenario, proof: Proof, outputs: Outputs, up: str
    ) -> Failure:
        """What is known; the files of the bundle are saved beside the pages."""
        one = proof.scenario
        files: list[File] = []
        more = 0
        if one.bundle:
            where = f"{anchor(proof.results.run.id)}/{anchor(one.id)}-bundle"
            files, more = published(book.folder(proof.results) / one.bundle, where, outputs, up)
        return cls(
            scenario,
            proof,
            next((step for step in one.steps if step.status == "failed"), None),
            [book.edition.units[unit] for unit in scenario.units if unit in book.edition.units],
            files,
            more,
            last_green(book, proof),
        )

    @property
    def said(self) -> str:
        """The first line of what went wrong."""
        return self.proof.scenario.error.strip().split("\n")[0]


def last_green(book: Book, proof: Proof) -> LastGreen:
    """The last run with the same provider in which a scenario passed, and what changed since."""
    ident, run = proof.scenario.id, proof.results.run
    green = _green_before(book.history, ident, run)
    turn = next(
        (r for r in book.regressions if r.scenario == ident and r.provider == run.provider), None
    )
    href = past.href(green.id) if green and green.id in book.shown else ""
    return LastGreen(run.provider, green, href, turn.changed if turn else ())


def _green_before(history: Sequence[PastRun], ident: str, run: Run) -> PastRun | None:
    earlier = takewhile(lambda one: one.id != run.id, history)
    for one in reversed(list(earlier)):
        outcome = one.scenarios.get(ident)
        green = outcome is not None and outcome.status == "passed"
        if one.provider == run.provider and green:
            return one
    return None
