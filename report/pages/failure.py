"""What is known about a failure besides its evidence: its places, its files, its last green run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import guide
from guide.unit import Unit
from report.known.book import Book, Proof
from report.known.green import LastGreen, last_green
from report.known.places import anchor
from report.pages.bundle import File, published
from report.pages.outputs import Outputs
from report.results import StepResult


@dataclass(frozen=True)
class Failure:
    """The facts beside a failure."""

    scenario: guide.Scenario
    proof: Proof
    broken: StepResult | None
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
