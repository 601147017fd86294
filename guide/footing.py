"""What scenarios stand on beside their own words and the units that they prove, as digests.

Who judges old evidence and who selects what to run (`SINCE=`) both ask here: where one of these
digests is another one, evidence is stale, and the scenario is among those that are run.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property

from guide.block import Block
from guide.book import Book
from guide.content import digest
from guide.edition import Edition
from guide.features import Features
from guide.scenario import Scenario

BLOCKS, COMMIT, FIRST_COMMIT, GROUND = "blocks", "commit", "first_commit", "book"
WORDS: Mapping[str, str] = {
    GROUND: "start, layout, folders, placeholders or settings of the book",
    FIRST_COMMIT: "the first commit of the monorepo",
    COMMIT: "the block by which every chapter commits",
    BLOCKS: "a block that the scenario runs",
}
"""What each part is called. The first three are under every scenario of a book."""

_DIGITS = 16
"""Hexadecimal digits of a digest: enough to tell two texts of one part apart."""
_FOLDERS = ("edition", "features", "steps", "charts")
"""The folders of a book from which a run takes something."""


def first_blocks(book: Book, edition: Edition) -> list[Block]:
    """The blocks that are the first commit of the monorepo, in their order."""
    pages = [edition.pages[page] for page in book.layout.pages]
    return [each for page in pages for each in page.blocks if each.path and each.is_followed]


@dataclass(frozen=True)
class Footing:
    """A book as its scenarios stand on it at one moment."""

    book: Book
    edition: Edition
    features: Features

    @cached_property
    def shared(self) -> Mapping[str, str]:
        """What every scenario of the book stands on: a digest for each part."""
        return {
            GROUND: self._ground()[:_DIGITS],
            FIRST_COMMIT: self._first_commit()[:_DIGITS],
            COMMIT: self._shown(self.book.layout.commit)[:_DIGITS],
        }

    def own(self, scenario: Scenario) -> str:
        """The digest of the blocks that a scenario runs: named, or of a step that it follows.

        Also of which sentence runs each and how often, where it follows steps in several sentences
        or runs a block again: all else would be told by its own words.
        """
        runs = self.features.runs_of(scenario, self.edition)
        used = list(dict.fromkeys(name for each in runs for name in each))
        said = [f"{name} {self._shown(name)}" for name in used]
        follows = [step for step in scenario.steps if step.followed]
        if len(follows) > 1 or sum(map(len, runs)) > len(used):
            said += [" ".join(each) for each in runs]
        return digest(*said)[:_DIGITS]

    def of(self, scenario: Scenario) -> dict[str, str]:
        """All that a scenario stands on: a digest for each part."""
        return {**self.shared, BLOCKS: self.own(scenario)}

    def _ground(self) -> str:
        book = self.book
        # As seen from the book, wherever it lies.
        folders = [os.path.relpath(getattr(book, name), book.file.parent) for name in _FOLDERS]
        layout = asdict(replace(book.layout, baseline=None))
        placeholders = {name: asdict(each) for name, each in book.placeholders.items()}
        said = [book.start, layout, placeholders, asdict(book.settings), folders]
        return digest(json.dumps(said, sort_keys=True))

    def _first_commit(self) -> str:
        parts = [_of(block) for block in first_blocks(self.book, self.edition)]
        if baseline := self.book.layout.baseline:
            parts += sorted(baseline.literal)
            for path, content in baseline.files({}).items():
                data = content.encode() if isinstance(content, str) else content
                parts.append(f"{path} {hashlib.sha256(data).hexdigest()}")
        return digest(*parts)

    def _shown(self, name: str) -> str:
        block = self.edition.blocks.get(name)
        return "" if block is None else _of(block)


def _of(block: Block) -> str:
    """A block as a run takes it, its dress aside."""
    classes, literal = " ".join(block.classes), " ".join(sorted(block.literal))
    return digest(block.language, block.path, block.content_hash, classes, literal)
