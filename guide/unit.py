"""One provable piece of a guide."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A heading's claim, a numbered step, a manifest block, a command, a bullet."""

    id: str
    kind: str
    """heading, section (a heading that only groups others), step, instruction, bullet, row, block,
    command, output (what a command answers)."""
    text: str
    """The words of the unit; for a heading its title."""
    line: int
    """The first line in its file, counted from 1."""
    end_line: int
    content_hash: str
    """sha256 of the normalised text: equal after a change of wording's dress only."""
    parent: str = ""
    """The id of the unit it stands under, empty at the top."""
    children: tuple[str, ...] = ()
    excused: str = ""
    """Why no scenario proves it (edition: data-excused at the heading), empty where one must."""
    at: int = 0
    """How many words of the unit that it stands under come before it."""
