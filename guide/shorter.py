"""Blocks that repeat a file to show what changes in it: how short a diff would be."""

from __future__ import annotations

from collections.abc import Iterator

from guide.base import Bases
from guide.diff import Diff
from guide.edition import Edition
from guide.manifest import MANIFEST_LANGUAGES


def could_be_diffs(edition: Edition, bases: Bases) -> Iterator[str]:
    """For each variant that is longer than a diff of another block, one line that says so."""
    order = {block_id: place for place, block_id in enumerate(edition.blocks)}
    for block in edition.blocks.values():
        beside = block.variant or block.as_written
        if not beside or block.language not in MANIFEST_LANGUAGES or block.is_added or block.unused:
            continue
        shown = bases.shown.get(block.path, ())
        if any(base.text == block.text and base.block != block.id for base in shown):
            continue  # the way back to a file that is shown already
        lines = block.text.count("\n")
        shortest, known = lines, ""
        for base in shown:
            other = edition.blocks.get(base.block)
            # Of two that could be diffs of each other, the later one is told.
            if other is None or other.is_followed or order[other.id] < order[block.id]:
                needs = Diff.between(block.path, base.text, block.text).count("\n")
                if 0 < needs < shortest:
                    shortest, known = needs, base.block
        if shortest < lines:
            where = f'block "{known}"' if known else "the file of the first commit"
            yield (
                f'{block.file}:{block.line}: block "{block.id}" could be a .diff of {where}: '
                f"{shortest} lines instead of {lines}"
            )
