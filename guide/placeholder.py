"""Placeholders: the `<words>` of a block that a reader replaces, and those that nothing fills."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from guide.errors import near

PLACEHOLDER = re.compile(r"<([a-z][a-z0-9]*(?:-[a-z0-9]+)*)>")
"""What is filled."""
_LIKE = re.compile(
    r"(?<!<)<(?![^<>\n]*(?:://|@[\w-]+\.| \d>))([^\W\d_](?:[^<>\n\"`&;$\\=,]*[\w.)])?)>"
)
"""What a reader would replace, however it is written; no address, and no tag with attributes.

A redirection has a blank or a number behind its file, and `<<EOF>file` begins with two.
"""
PRINTED = frozenset({"invalid", "nil", "no value", "none", "pending", "unknown", "unset"})
"""Words in angle brackets that commands print: neither columns nor placeholders."""


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with the placeholders that `values` names, all at once."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def unfilled(text: str, filled: Collection[str]) -> list[tuple[int, str]]:
    """Each word that nothing fills, once, with the line of the text (from 0) where it is first.

    A word that is closed again, `<b>...</b>`, is markup.
    """
    found: dict[str, int] = {}
    for number, line in enumerate(text.split("\n")):
        for word in _LIKE.findall(line):
            if word not in filled and word not in PRINTED and f"</{word}>" not in text:
                found.setdefault(word, number)
    return [(number, word) for word, number in found.items()]


def cure(word: str, known: Iterable[str], literal: str = "") -> str:
    """What to do about a word that nothing fills; `literal` is how to say that it stays."""
    names = sorted(known)
    nearest = near(re.sub(r"[\W_]+", "-", word.lower()), names)
    said = nearest if nearest.startswith("did you mean") else "add it to the book's placeholders"
    literal = literal or f'data-literal="{word}"'
    return f"{said}, or say {literal} where it is to stand as it is"
