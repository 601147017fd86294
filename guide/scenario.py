"""A scenario as it is written, before anything runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from guide.outline import fill

_BLOCK_WORDS = re.compile(
    r'\bblocks?\s+((?:"[^"]+"(?:\s*,\s*and\s+|\s*,\s*|\s+and\s+|\s+or\s+)?)+)'
)
_WITHOUT = re.compile(r"\bwithout\s+$")
_STEP_WORDS = re.compile(r'\bsteps?\s+(\d+(?:(?:\s*,\s*|\s+and\s+|\s+to\s+)\d+)*)\s+of\s+"([^"]+)"')
_QUOTED = re.compile(r'"([^"]+)"')


@dataclass(frozen=True)
class Step:
    """One line of a scenario, with its table and its text."""

    keyword: str
    text: str
    line: int
    table: tuple[tuple[str, ...], ...] = ()
    """The rows of the data table, the header first."""
    doc_string: str = ""
    kind: str = ""
    """given, when or then: what it is to a run; And, But and * go on with the one before."""

    @property
    def blocks(self) -> tuple[str, ...]:
        """The ids of the blocks that the step names, in words or in a table with that header."""
        named = self._named(left_out=False)
        if self.table:
            columns = [i for i, cell in enumerate(self.table[0]) if cell.strip() == "block"]
            named += [row[i].strip() for row in self.table[1:] for i in columns]
        return tuple(dict.fromkeys(filter(None, named)))

    @property
    def left_out(self) -> tuple[str, ...]:
        """The ids of the blocks that the step goes without: `without block "x"`."""
        return tuple(dict.fromkeys(self._named(left_out=True)))

    def _named(self, *, left_out: bool) -> list[str]:
        return [
            name
            for found in _BLOCK_WORDS.finditer(self.text)
            if bool(_WITHOUT.search(self.text[: found.start()])) is left_out
            for name in _QUOTED.findall(found[1])
        ]

    @property
    def followed(self) -> tuple[tuple[str, int], ...]:
        """The steps of the edition that it follows, as (page, number)."""
        found = []
        for numbers, page in _STEP_WORDS.findall(self.text):
            for part in re.split(r"\s*,\s*|\s+and\s+", numbers):
                first, _, last = (word.strip() for word in part.partition("to"))
                found += [(page, n) for n in range(int(first), int(last or first) + 1)]
        return tuple(found)


@dataclass(frozen=True)
class Scenario:
    """A scenario or an outline with its examples: one stable id."""

    id: str
    """<feature stem>/<the word of its @id tag>."""
    feature: str
    """The stem of the feature file."""
    name: str
    tags: tuple[str, ...]
    """Every tag without its @, those of the feature and the rule included."""
    units: tuple[str, ...]
    file: str
    line: int
    """The line of the keyword `Scenario`, counted from 1."""
    steps: tuple[Step, ...]
    """The steps of the backgrounds first, then its own, as written."""
    examples: tuple[tuple[tuple[str, str], ...], ...]
    """The rows of an outline's examples as (name, value) pairs; empty where it is none."""

    @property
    def erratum(self) -> str:
        """The id of the erratum that it is about, or ''."""
        return next((tag.split(":", 1)[1] for tag in self.tags if tag.startswith("erratum:")), "")

    @property
    def is_as_written(self) -> bool:
        """True where it asserts that the source guide's text fails."""
        return "as-written" in self.tags

    @property
    def is_corrected(self) -> bool:
        """True where it asserts that the correction of an erratum holds."""
        return "corrected" in self.tags

    @property
    def expanded(self) -> tuple[Step, ...]:
        """The steps with the examples of an outline filled in, each row after the other."""
        if not self.examples:
            return self.steps
        return tuple(_filled(step, row) for row in self.examples for step in self.steps)

    @property
    def results(self) -> tuple[str, ...]:
        """The ids of the results that it has in a run: its own, or one for each row, from [1]."""
        if not self.examples:
            return (self.id,)
        return tuple(f"{self.id}[{number + 1}]" for number in range(len(self.examples)))

    @property
    def blocks(self) -> tuple[str, ...]:
        """The ids of the blocks that its steps name, each once."""
        return tuple(dict.fromkeys(name for step in self.expanded for name in step.blocks))

    @property
    def followed(self) -> tuple[tuple[str, int], ...]:
        """The steps of the edition that it follows, as (page, number), each once."""
        return tuple(dict.fromkeys(pair for step in self.expanded for pair in step.followed))


def _filled(step: Step, pairs: tuple[tuple[str, str], ...]) -> Step:
    row = dict(pairs)
    return replace(
        step,
        text=fill(step.text, row),
        table=tuple(tuple(fill(cell, row) for cell in cells) for cells in step.table),
        doc_string=fill(step.doc_string, row),
    )
