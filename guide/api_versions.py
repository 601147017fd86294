"""The versions of Kubernetes' kinds that an edition shows: which, and in which blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from guide.base import Bases
from guide.block import Block
from guide.edition import Edition

_FIELD = re.compile(r"(apiVersion|kind):[ ]+([\"']?)([A-Za-z0-9./-]+)\2[ ]*(?:#.*)?")
_ADDED = re.compile(r"^[ +](.*)$", re.MULTILINE)


def shown(edition: Edition, bases: Bases) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Each apiVersion and kind of an object that a block shows, with the ids of the blocks.

    Of a diff counts the file that it leaves; of a block of commands what it writes out or applies.
    What a page shows as the source guide writes it wrongly is no version that the edition takes.
    """
    found: dict[tuple[str, str], list[str]] = {}
    for block in edition.blocks.values():
        if not block.as_written:
            for each in dict.fromkeys(_objects(_text(block, bases))):
                found.setdefault(each, []).append(block.id)
    return {each: tuple(blocks) for each, blocks in sorted(found.items())}


def _text(block: Block, bases: Bases) -> str:
    if not block.is_diff:
        return block.text
    if base := bases.of.get(block.id):
        return block.after(base.text)
    return "\n".join(_ADDED.findall(block.text))


def _objects(text: str) -> Iterator[tuple[str, str]]:
    """The objects whose fields begin at the beginning of a line: those in others are data."""
    fields: dict[str, str] = {}
    for line in text.split("\n"):
        if line.startswith("---"):
            fields = {}
        elif match := _FIELD.fullmatch(line):
            fields[match[1]] = match[3]
        if len(fields) == 2:
            yield fields["apiVersion"], fields["kind"]
            fields = {}
