"""A fault put into the edition on purpose: does a scenario notice?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guide.block import Block

TASTE = frozenset({"interval", "retryInterval", "timeout"})
"""Turning these changes how soon or how often, not what; nothing of the guide depends on it."""


@dataclass(frozen=True)
class Edit:
    """Lines of a block that become other lines."""

    first: int
    """Index of the first line of the block that goes."""
    count: int
    """How many lines go; 0 inserts before `first`."""
    new: tuple[str, ...]
    what: str
    """What the fault is, on one line."""

    def apply(self, lines: list[str]) -> list[str]:
        """The lines with the fault in them."""
        return [*lines[: self.first], *self.new, *lines[self.first + self.count :]]


Operator = Callable[[Block], Iterator[Edit]]
"""Finds the places in a block where one kind of fault can be put."""


def lines_of(block: Block) -> list[str]:
    """The lines of a block without their line breaks."""
    return block.text.split("\n")[:-1]


def replaced(index: int, line: str, new: str) -> Edit:
    """One line becomes another one."""
    return Edit(index, 1, (new,), f"`{line.strip()}` becomes `{new.strip()}`")


@dataclass(frozen=True)
class Mutant:
    """One fault: the page that has it, and the scenarios that ought to fail."""

    id: str
    """<block or unit>:<operator>:<line in the block>, the same in every run."""
    operator: str
    block: str
    """Id of the block that is changed, '' where a whole step is."""
    page: str
    """File name of the page."""
    line: int
    """Line of the fault on the page, counted from 1."""
    what: str
    text: str
    """The block with the fault, '' where a whole step is changed."""
    page_text: str
    """The whole page with the fault: written over the page in a copy of the edition."""
    scenarios: tuple[str, ...]
    """Ids of the scenarios that use what is changed."""

    @property
    def key(self) -> str:
        """Names the mutant with its content: a fault in changed text is another one."""
        return f"{self.id} {self.what}"
