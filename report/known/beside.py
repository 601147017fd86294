"""What of a scenario's evidence belongs to one of the units that it proves."""

from __future__ import annotations

from dataclasses import dataclass

import guide
from report.results import StepResult


@dataclass(frozen=True)
class Beside:
    """A unit beside which a scenario is shown that has its whole evidence elsewhere."""

    unit: str
    blocks: frozenset[str]
    """The ids of the blocks under the unit."""
    paths: frozenset[str]
    """The files that those blocks are written to."""

    @classmethod
    def of(cls, unit: str, edition: guide.Edition) -> Beside:
        """The unit of that id with its blocks."""
        blocks = edition.blocks_of(unit, every=True)
        return cls(
            unit,
            frozenset(block.id for block in blocks),
            frozenset(block.path for block in blocks if block.path),
        )

    def owns(self, step: StepResult) -> bool:
        """Whether a sentence is about this unit alone: names its block, or follows only it."""
        said = guide.Step(step.keyword, step.text, step.line, step.table)
        return bool(self.blocks.intersection(said.blocks)) or _units(said) == [self.unit]


def _units(step: guide.Step) -> list[str]:
    return [f"{page}/step-{number}" for page, number in step.followed]
