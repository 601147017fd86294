"""Edits that change how a guide is worded and nothing else: none may raise an alarm."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guide.document import Document
from guide.fence import COMMAND_LANGUAGES, Fence
from guide.manifest import MANIFEST_LANGUAGES

# Plain words between spaces: nothing in code, links, emphasis or braces, nothing that ends a line,
# and no name such as GitRepository, whose capitals are its own.
_WORD = re.compile(r"(?<= )[A-Z]?[a-z]{3,}(?= )")
_LINK = re.compile(r"(?<=\]\()[^)\s#]+(?=\))")


@dataclass(frozen=True)
class Wording:
    """One such edit."""

    id: str
    line: int
    what: str
    text: str
    """The whole page, edited."""


def wordings(document: Document, *, seed: int = 1, count: int | None = None) -> list[Wording]:
    """All wording-only edits of a page, or `count` of them; the same seed gives the same ones."""
    found = list(_all(document))
    random.Random(seed).shuffle(found)
    return found[:count]


def _all(document: Document) -> Iterator[Wording]:
    seen: set[int] = set()
    for token in document.tokens:
        if token.type == "inline" and token.map and token.level:
            for index in range(*token.map):
                if index not in seen:
                    seen.add(index)
                    yield from _of_prose(document, index)
        elif token.type == "fence" and token.map:
            yield from _of_block(document, token.map, token.info)


def _edited(document: Document, index: int, what: str, *new: str) -> Wording:
    lines = [*document.lines[:index], *new, *document.lines[index + 1 :]]
    return Wording(f"{what}:{index + 1}", index + 1, what, "\n".join(lines) + "\n")


def _of_prose(document: Document, index: int) -> Iterator[Wording]:
    line = document.lines[index]
    # Neither is the tag of a shortcode, a box or a tab.
    if line.lstrip().startswith(("#", "|", "=", "{{", "{%", ":::", "!!!", "???", "<")) or set(
        line.strip()
    ) <= set("-= "):
        return
    found = next((f for f in _WORD.finditer(line) if _is_plain(line, f.start())), None)
    if found:
        before, word, after = line[: found.start()], found[0], line[found.end() :]
        dresses: dict[str, Callable[[str], str]] = {
            "capitals": str.upper,
            "emphasis": "*{}*".format,
            "comma": "{},".format,
            "brackets": "({})".format,
            "HTML": "<b>{}</b>".format,
            "HTML comment": "{} <!-- said once more -->".format,
            "footnote": "{}[^1]".format,
            "emoji": "{} 🚀".format,
        }
        for what, dress in dresses.items():
            yield _edited(document, index, what, before + dress(word) + after)
        indent = " " * (len(line) - len(line.lstrip(" ")))
        if before.strip() and not re.match(r"\s*([-*+]|\d+[.)]) ", line):
            yield _edited(document, index, "line break", before.rstrip(), indent + word + after)
    link = _LINK.search(line)
    if link:
        yield _edited(
            document, index, "link", line[: link.start()] + "elsewhere.md" + line[link.end() :]
        )


def _is_plain(line: str, column: int) -> bool:
    """Outside of code, links and HTML: every pair before the word is closed."""
    before = line[:column]
    pairs = before.count("`") % 2 == 0 and before.count("*") % 2 == 0
    return (
        pairs and before.count("[") == before.count("]") and before.count("<") == before.count(">")
    )


def _of_block(document: Document, lines: list[int], info: str) -> Iterator[Wording]:
    first, end = lines
    if end - first < 3:
        return
    text = document.lines[end - 2]
    yield _edited(document, end - 2, "trailing space", text + "  ")
    language = Fence.of(info).language
    start = document.lines[first + 1]
    indent = start[: len(start) - len(start.lstrip())]
    if language in MANIFEST_LANGUAGES | COMMAND_LANGUAGES:
        yield _edited(document, first + 1, "comment", indent + "# said once more", start)
        yield _edited(document, first + 1, "blank line", "", start)
