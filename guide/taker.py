"""What keeps a step from being run by exactly one function that reads all that stands below it.

One judgement for those who read the functions as text and for those who have them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

Problem = tuple[str, str] | None
"""What is wrong and its cure."""
UNSAID = "write the sentence as a step does, or write a step for it"


class Taker(Protocol):
    """A step function that takes the words of a step."""

    @property
    def place(self) -> str:
        """Where it stands, as file:line."""

    @property
    def reads(self) -> Collection[str]:
        """What it reads below the words: table, text."""

    @property
    def needs(self) -> Collection[str]:
        """Of these, what it cannot do without."""


def misfit(
    keyword: str, text: str, below: Collection[str], takers: Sequence[Taker], unsaid: str = UNSAID
) -> Problem:
    """What is wrong with a step; `below` is what stands there: table, text.

    `unsaid` is the cure where nobody takes it.
    """
    if not takers:
        return f'no step says "{keyword} {text}"', unsaid
    if len(takers) > 1:
        where = " and ".join(sorted(each.place for each in takers))
        cure = "narrow one of them, or take it away: only one of them would run"
        return f'{len(takers)} step functions take "{text}", {where}', cure
    [taker] = takers
    for what in ("table", "text"):
        if what in below and what not in taker.reads:
            cure = "take it away, or use a sentence that reads it"
            return f'the {what} below "{text}" is read by nobody ({taker.place})', cure
        if what in taker.needs and what not in below:
            return f'"{text}" has no {what} below it', f"write the {what} that it reads"
    return None
