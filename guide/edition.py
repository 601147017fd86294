"""The executable edition of a guide: the pages of a book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from guide.block import Block
from guide.content import digest
from guide.errors import GuideError, near
from guide.page import Page
from guide.unit import Unit


@dataclass(frozen=True)
class Edition:
    """Every page, with its units and blocks by id."""

    folder: str
    pages: Mapping[str, Page]
    """The pages by their stem, in the order of their names."""
    units: Mapping[str, Unit]
    blocks: Mapping[str, Block]
    problems: tuple[GuideError, ...]
    """Everything wrong with the edition; empty in one that `read` returned."""

    @classmethod
    def read(cls, folder: Path) -> Edition:
        """Read every page of the folder; GuideError for the first thing that is wrong."""
        edition = cls.examine(folder)
        if edition.problems:
            raise edition.problems[0]
        return edition

    @classmethod
    def examine(cls, folder: Path) -> Edition:
        """Read every page and keep what is wrong in `problems` instead of raising it."""
        pages: dict[str, Page] = {}
        problems: list[GuideError] = []
        for path in sorted(folder.glob("*.md")):
            try:
                pages[path.stem] = Page.read(path)
            except GuideError as problem:
                problems.append(problem)
            else:
                problems.extend(pages[path.stem].problems)
        if not pages and not problems:
            problems.append(
                GuideError(
                    "no page of the edition", file=folder, cure="write a page for each chapter"
                )
            )
        units: dict[str, Unit] = {}
        blocks: dict[str, Block] = {}
        for page in pages.values():
            for unit in page.units:
                problems.extend(_twice("unit", unit.id, page.file, unit.line, units.get(unit.id)))
                units.setdefault(unit.id, unit)
            for block in page.blocks:
                first = blocks.get(block.id)
                problems.extend(_twice("block", block.id, page.file, block.line, first))
                blocks.setdefault(block.id, block)
        return cls(
            str(folder),
            MappingProxyType(pages),
            MappingProxyType(units),
            MappingProxyType(blocks),
            tuple(problems),
        )

    @property
    def content_hash(self) -> str:
        """One hash for all pages: a change of wording's dress leaves it as it is."""
        parts: list[Unit | Block] = [*self.units.values(), *self.blocks.values()]
        return digest(*(f"{part.id} {part.content_hash}" for part in parts))

    def block(self, block_id: str) -> Block:
        """The block of that id; GuideError with the nearest ids where there is none."""
        try:
            return self.blocks[block_id]
        except KeyError:
            what = f'no page has a block "{block_id}"'
            raise GuideError(what, file=self.folder, cure=near(block_id, self.blocks)) from None

    def unit(self, unit_id: str) -> Unit:
        """The unit of that id; GuideError with the nearest ids where there is none."""
        try:
            return self.units[unit_id]
        except KeyError:
            what = f'no page has a unit "{unit_id}"'
            raise GuideError(what, file=self.folder, cure=near(unit_id, self.units)) from None

    def step(self, page: str, number: int) -> Unit:
        """Step `number` of a page; GuideError where the page or the step is not there."""
        if page not in self.pages:
            what = f'no page is called "{page}"'
            raise GuideError(what, file=self.folder, cure=near(page, self.pages))
        return self.unit(f"{page}/step-{number}")

    def blocks_of(self, unit_id: str, *, every: bool = False) -> list[Block]:
        """The blocks under a unit and its children in page order: what following it runs.

        Blocks that are not to be run (data-unused), that show what the source guide writes
        wrongly (.as-written) or another way to do it (.variant) are left out unless `every` is
        true.
        """
        below = set(self._below(self.unit(unit_id)))
        page = self.pages[unit_id.split("/", 1)[0]]
        found = (block for block in page.blocks if block.unit in below)
        return [block for block in found if every or block.is_followed]

    def _below(self, unit: Unit) -> Iterator[str]:
        yield unit.id
        for child in unit.children:
            yield from self._below(self.units[child])


def _twice(
    what: str, identifier: str, file: str, line: int, first: Unit | Block | None
) -> Iterator[GuideError]:
    if first is not None:
        where = f"{first.file}:{first.line}" if isinstance(first, Block) else f"line {first.line}"
        text = f'{what} id "{identifier}" is used twice, first at {where}'
        yield GuideError(text, file=file, line=line, cure="give one of them another id")
