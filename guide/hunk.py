"""A hunk of a diff: some lines of a file, which of them go, and what comes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guide.errors import BadInput

_HEAD = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(?: .*)?$")
_FILE = re.compile(r"(?:diff --git |index |old mode |new mode |--- |\+\+\+ )")
_NO_LINE_BREAK = "\\"
HOW = (
    "git diff writes it: @@ -first,lines +first,lines @@, then a line with ' ', - or + before each"
)


class Malformed(BadInput):
    """A text that is no diff; `line` is the place in it, counted from 0."""


@dataclass(frozen=True)
class Hunk:
    """What stands under one `@@`."""

    at: int
    """The line of its `@@` in the diff, counted from 0."""
    first: int
    """The line of the file that it begins with, counted from 1."""
    lines: tuple[str, ...]
    """Each with its mark: a space, - or +."""

    @property
    def old(self) -> tuple[str, ...]:
        """The lines of the file that it is about, as they were."""
        return tuple(line[1:] for line in self.lines if line[:1] in (" ", "-"))

    @property
    def new(self) -> tuple[str, ...]:
        """The same lines as they become."""
        return tuple(line[1:] for line in self.lines if line[:1] in (" ", "+"))

    def places(self, lines: Sequence[str]) -> list[int]:
        """Where in a file its old lines stand, as line numbers counted from 1."""
        size, old = len(self.old), list(self.old)
        return [i + 1 for i in range(len(lines) - size + 1) if list(lines[i : i + size]) == old]


def lines_in(text: str) -> list[str]:
    """The lines of a text as git sees them: nothing but a line break ends one."""
    return text.removesuffix("\n").split("\n") if text else []


def read(text: str) -> tuple[tuple[str, ...], tuple[Hunk, ...]]:
    """The lines above the first hunk, and the hunks; Malformed where a line fits into none."""
    lines = lines_in(text)
    begin = next((i for i, line in enumerate(lines) if not _FILE.match(line)), len(lines))
    hunks = tuple(_hunks(lines, begin))
    if not hunks:
        raise Malformed("it has no hunk", line=begin, cure=HOW)
    return tuple(lines[:begin]), hunks


def _hunks(lines: list[str], index: int) -> Iterator[Hunk]:
    while index < len(lines):
        at, head = index, _HEAD.match(lines[index])
        if not head:
            what = f"`{lines[index]}` belongs to no hunk"
            if index and _HEAD.match(lines[max(0, index - 1)]) is None:
                what += ": the one above has as many lines as its @@ says"
            raise Malformed(what, line=index, cure=HOW)
        old, new = (int(count) if count else 1 for count in (head[2], head[4]))
        found: list[str] = []
        index += 1
        while old > 0 or new > 0:
            # An editor takes a space at the end of a line away: an empty line is one that stays.
            line = lines[index] or " " if index < len(lines) else ""
            if line[:1] not in (" ", "-", "+") or _HEAD.match(line):
                what = f"the hunk lacks {old} old and {new} new lines that its @@ speaks of"
                raise Malformed(what, line=at, cure=HOW)
            old, new = old - (line[0] != "+"), new - (line[0] != "-")
            if min(old, new) < 0:
                raise Malformed(f"`{line}` is more than the @@ says", line=index, cure=HOW)
            found.append(line)
            index += 1
            if index < len(lines) and lines[index].startswith(_NO_LINE_BREAK):
                index += 1
        if all(line[0] == " " for line in found):
            raise Malformed(
                "the hunk changes nothing", line=at, cure="mark what goes and what comes"
            )
        yield Hunk(at, int(head[1]), tuple(found))
