"""Edits that change what a guide says: every one of them has to be seen."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from markdown_it.token import Token

from guide.document import Document


@dataclass(frozen=True)
class Meaning:
    """One such edit; `text` is the whole page, edited."""

    id: str
    text: str


def meanings(document: Document, *, seed: int, count: int) -> list[Meaning]:
    """So many of them, evenly of every kind."""
    kinds: dict[str, list[Meaning]] = {}
    for meaning in _all(document):
        if meaning.text != "\n".join(document.lines) + "\n":
            kinds.setdefault(meaning.id.split(":")[0], []).append(meaning)
    chooser = random.Random(seed)
    for found in kinds.values():
        chooser.shuffle(found)
    chosen: list[Meaning] = []
    while len(chosen) < count and any(kinds.values()):
        chosen += [found.pop() for found in kinds.values() if found]
    return chosen[:count]


_IN_CODE: dict[str, tuple[str, Callable[[re.Match[str]], str]]] = {
    "dash": (r"(?<= )--(?=\w)", lambda found: "-"),
    "number": (r"(?<![\w#&])\d+", lambda found: str(int(found[0]) + 1)),
    "up": (r"(?<!\.)\./(?=\w)", lambda found: "../"),
    "root": (r"(?<= )/(?=\w+/)", lambda found: ""),
    "case": (r"\b[a-z]+[A-Z]\w+", lambda found: found[0].lower()),
    "capitals": (r"\b[A-Z]+_[A-Z_]+\b", lambda found: found[0].lower()),
    "name": (r"(?<=/)\w+(?=/)", lambda found: found[0] + "x"),
    "placeholder": (r"<[a-z-]+>", lambda found: "<other>"),
}


def _all(document: Document) -> Iterator[Meaning]:
    for token in document.tokens:
        if not token.map:
            continue
        if token.type == "fence":
            yield from _of_fence(document, token, range(token.map[0] + 1, token.map[1] - 1))
        elif token.type == "inline" and not _is_pointer(token):
            yield from _of_prose(document, token, range(*token.map))
        elif token.type == "list_item_open" and token.level < 3 and not _is_links(document, token):
            first, end = token.map
            yield _edited(document, "item dropped", first, end)
    yield from _moved(document)


def _is_pointer(token: Token) -> bool:
    """True for text with links: an edit could hit a target, which is none of the reader's words."""
    return any(part.type in ("link_open", "image") for part in token.children or ())


def _is_links(document: Document, token: Token) -> bool:
    assert token.map
    return all("](" in line or not line.strip() for line in document.lines[slice(*token.map)])


def _edited(document: Document, what: str, first: int, end: int, *new: str) -> Meaning:
    lines = [*document.lines[:first], *new, *document.lines[end:]]
    return Meaning(f"{what}:{first + 1}", "\n".join(lines) + "\n")


def _changed(document: Document, index: int) -> Iterator[Meaning]:
    line = document.lines[index]
    mark = re.match(r"\s*\d+[.)] ", line)  # how a list is numbered is dress
    start = mark.end() if mark else 0
    for what, (pattern, new) in _IN_CODE.items():
        found = re.compile(pattern).search(line, start)
        if found:
            text = line[: found.start()] + new(found) + line[found.end() :]
            yield _edited(document, what, index, index + 1, text)


def _of_fence(document: Document, token: Token, lines: range) -> Iterator[Meaning]:
    for index in lines:
        line = document.lines[index]
        body = re.sub(r"(^|\s)#.*", "", line)
        if not body.strip():
            if re.fullmatch(r"\s*# \S+/\S+\.ya?ml", line):
                text = line.replace("/", "/other/", 1)
                yield _edited(document, "path of the block", index, index + 1, text)
            continue
        yield _edited(document, "line dropped", index, index + 1)
        if body == line:
            yield from _changed(document, index)
            yield _edited(document, "value", index, index + 1, line + "x")


def _of_prose(document: Document, token: Token, lines: range) -> Iterator[Meaning]:
    for index in lines:
        line = document.lines[index]
        if line.lstrip().startswith("|"):
            continue
        yield from _changed(document, index)
        word = re.search(r"(?<=[a-z] )[a-z]{3,}(?= [a-z])", line)
        if word:
            for what, new in (("never", "never " + word[0]), ("word dropped", "")):
                text = line[: word.start()] + new + line[word.end() :]
                yield _edited(document, what, index, index + 1, text)


def _moved(document: Document) -> Iterator[Meaning]:
    """A paragraph of one line behind the block that follows it."""
    tokens = [token for token in document.tokens if token.map and token.level == 0]
    for before, after in pairwise(tokens):
        if before.type != "paragraph_open" or after.type != "fence":
            continue
        assert before.map
        assert after.map
        words, block = document.lines[slice(*before.map)], document.lines[slice(*after.map)]
        yield _edited(
            document, "moved", before.map[0], after.map[1], *block, "", *words
        )  # fmt: skip
