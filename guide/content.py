"""Content hashes: equal where only the wording's dress changed, different where a fact did."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

from markdown_it.token import Token

from guide import manifest
from guide.errors import GuideError

# Punctuation between two letters or digits that belongs to a fact: 4.0.0, a/b, key=value, 1:2.
_INNER_MARKS = frozenset("./_:=@")
_TAG = re.compile(r"<!--.*?-->|</?[a-zA-Z][^>]*>", re.DOTALL)


def digest(*parts: str) -> str:
    """The sha256 of the parts, as hexadecimal text."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def prose(tokens: Sequence[Token]) -> str:
    """The words of inline Markdown without case, punctuation, line breaks and link targets.

    Inline code stays exactly as it is: it holds paths, flags and names.
    """
    parts: list[str] = []
    for token in tokens:
        if token.type == "code_inline":
            parts.append(f" `{' '.join(token.content.split())}` ")
        elif token.type == "image":
            parts.append(words(token.content))
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type in ("text", "html_inline"):
            parts.append(_spaced(token.content))
    return " ".join("".join(parts).split())


def words(text: str) -> str:
    """Plain text without case, punctuation and line breaks; 4.0.0 and a/b keep their marks."""
    return " ".join(_spaced(text).split())


def html_words(text: str) -> str:
    """The words between the tags of a piece of HTML; comments are none."""
    return words(_TAG.sub(" ", text))


def _spaced(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept: list[str] = []
    for index, char in enumerate(folded):
        dropped = unicodedata.category(char).startswith("P") and char != "%"
        if not dropped or (char in _INNER_MARKS and _inside(folded, index)):
            kept.append(char)
        elif char not in "'’":
            kept.append(" ")
    return "".join(kept)


def _inside(text: str, index: int) -> bool:
    return 0 < index < len(text) - 1 and text[index - 1].isalnum() and text[index + 1].isalnum()


def block_text(text: str, language: str, file: str = "", line: int = 1) -> str:
    """A block without trailing white space and, for a manifest, without comments.

    GuideError where a manifest is nested too deep; `file` and `line` are the place of the text.
    """
    if language in manifest.MANIFEST_LANGUAGES:
        try:
            return manifest.facts(text, line)
        except GuideError as problem:
            problem.file = file
            raise
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))
