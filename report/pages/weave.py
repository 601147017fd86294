"""A page of the edition with its evidence put in: under each unit's heading, and at its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from guide import Page
from guide.block import Block
from guide.diff import Diff
from guide.unit import Unit

SEARCHED_LINES = 12
"""Manifests with more lines than this stay out of the search index."""

_HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<title>.*?)\s*(?:\{:?[^{}]*\})?\s*$")
_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})")


def weave(
    page: Page,
    top: str,
    verdict: Callable[[Unit], str],
    evidence: Callable[[Unit], str],
    below: Callable[[Block], str],
) -> str:
    """The page's Markdown with `top` under its title and the others at each unit and block.

    The functions return what a template made, or ''. Attributes that only the engine reads are
    taken out, so that a reader does not see them.
    """
    lines = Path(page.file).read_text(encoding="utf-8-sig").replace("\r\n", "\n").split("\n")
    before: dict[int, list[str]] = {}
    units = {unit.line: unit for unit in page.units}
    blocks = {block.line: block for block in page.blocks}
    for unit in page.units:
        before.setdefault(unit.end_line + 1, []).append(evidence(unit))
    return "\n".join(_woven(lines, top, units, blocks, before, verdict, below)) + "\n"


def _woven(
    lines: list[str],
    top: str,
    units: Mapping[int, Unit],
    blocks: Mapping[int, Block],
    before: Mapping[int, list[str]],
    verdict: Callable[[Unit], str],
    below: Callable[[Block], str],
) -> list[str]:
    out: list[str] = []
    closing = ""
    pending: Block | None = None
    titled = False
    for number, text in enumerate([*lines, ""], 1):
        for extra in filter(None, before.get(number, ())):
            out += ["", extra, ""]
        if pending and text.rstrip() == closing:
            out += [text, *_around(below(pending))]
            pending = None
        elif pending:
            out.append(text)
        elif number in blocks and (fence := _FENCE.match(text)):
            pending, closing = blocks[number], fence["fence"]
            out.append(closing + " " + _braces(pending))
            out += _names(pending)
        elif number in units and (heading := _HEADING.match(text)):
            unit = units[number]
            name = unit.id.split("/", 1)[1]
            out.append(f"{heading['marks']} {heading['title']} {{ #{name} }}")
            out += _around(verdict(unit))
        else:
            out.append(text)
        if not titled and text.startswith("# ") and not pending:
            titled = True
            out += _around(top)
    return out


def _names(block: Block) -> list[str]:
    """What makes a change, copied from the page, something that `git apply` takes."""
    if not block.is_diff:
        return []
    change = Diff.read(block.path, block.text)
    named = len(block.text.split("\n")) - len(change.text.split("\n"))
    return [] if named else change.named.split("\n")[:2]


def _around(extra: str) -> list[str]:
    return ["", extra, ""] if extra else []


def _braces(block: Block) -> str:
    """What the theme needs to show a block: language, id, title; a long one is not searched.

    The browser loads the index with the first page: it holds sentences, commands and short
    manifests.
    """
    long = block.as_written or block.text.count("\n") > SEARCHED_LINES
    search = ' data-search-exclude="true"' if long else ""
    title = f' title="{block.title}"' if block.title else ""
    classes = "".join(f" .{name}" for name in block.classes)
    return f"{{ .{block.language or 'text'} #{block.id}{classes}{title}{search} }}"
