"""What a diff of the edition stands on: the file as the first commit or another block shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from guide.block import Block
from guide.diff import Diff, DoesNotApply
from guide.edition import Edition
from guide.errors import GuideError
from guide.hunk import lines_in


@dataclass(frozen=True)
class Base:
    """A file at a moment that the pages know."""

    block: str
    """The block that leaves it so, '' for a file of the first commit's folder."""
    text: str
    """With its placeholders as they stand on the page."""


class Bases:
    """The files as the pages show them, and on which of them each diff stands."""

    def __init__(self, edition: Edition, first_commit: Mapping[str, str]) -> None:
        blocks = [block for block in edition.blocks.values() if block.path]
        self.diffs: Mapping[str, Block] = {block.id: block for block in blocks if block.is_diff}
        """The blocks that are diffs, by their id."""
        self._typed = [block.text for block in edition.blocks.values() if block.is_shell]
        self.shown: dict[str, list[Base]] = {}
        """For each path, the whole files that the first commit and the blocks leave."""
        for path, text in first_commit.items():
            self.shown[path] = [Base("", text)]
        for block in blocks:
            if not block.is_diff and not block.is_added:
                self.shown.setdefault(block.path, []).append(Base(block.id, block.text))
        whole = {path: tuple(bases) for path, bases in self.shown.items()}
        for block in blocks:
            if block.is_added:
                # Not on one another: that would be twice as many with each of them.
                for base in whole.get(block.path, ()):
                    self.shown[block.path].append(Base(block.id, block.after(base.text)))

    @cached_property
    def of(self) -> Mapping[str, Base]:
        """For each diff that stands on something known, the first such file.

        That may be a file that another diff has changed.
        """
        found: dict[str, Base] = {}
        known = {path: list(bases) for path, bases in self.shown.items()}
        left, before = list(self.diffs.values()), 0
        while len(left) != before:
            before = len(left)
            for block in list(left):
                for base in known.get(block.path, ()):
                    if (text := changed(block, base.text)) is not None:
                        found[block.id] = base
                        known[block.path].append(Base(block.id, text))
                        left.remove(block)
                        break
        return found

    def problems(self, chosen: Collection[str]) -> Iterator[GuideError]:
        """The diffs among `chosen` that apply to none of the files that are shown.

        A file that no page shows, or that a command names, only the run can know.
        """
        for block in self.diffs.values():
            bases = self.shown.get(block.path)
            wanted = block.id in chosen and not block.unused
            if wanted and bases and block.id not in self.of:
                name = PurePosixPath(block.path).name
                if not any(name in text for text in self._typed):
                    yield _problem(block, bases[0])


def changed(block: Block, before: str) -> str | None:
    """The file with the change in it, None where it does not apply."""
    lines = lines_in(before)
    if not all(hunk.places(lines) for hunk in Diff.read(block.path, block.text).hunks):
        return None  # what git would say too, some milliseconds later
    try:
        return block.after(before)
    except DoesNotApply:
        return None


def _problem(block: Block, base: Base) -> GuideError:
    try:
        block.after(base.text)
    except DoesNotApply as refused:
        where = f'block "{base.block}"' if base.block else "the first commit"
        what = f'block "{block.id}" does not apply to {block.path} as {where} shows it'
        there = (line for line in refused.instead.split("\n") if line not in refused.hunk.old)
        wanted = (line for line in refused.hunk.old if line not in refused.instead.split("\n"))
        if missing := next(wanted, ""):
            what += f": it has no `{missing.strip()}`"
            what += f" but `{has.strip()}`" if (has := next(there, "")) else ""
        line = block.line + 1 + refused.hunk.at
        return GuideError(what, file=block.file, line=line, cure=refused.cure)
    raise AssertionError(f"{block.id} applies to {base.block}")
