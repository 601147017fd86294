"""Content hashes: equal where only the wording's dress changed, different where a fact did."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence

import yaml
from markdown_it.token import Token

MANIFEST_LANGUAGES = frozenset({"yaml", "yml"})
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


def block_text(text: str, language: str) -> str:
    """A block without trailing white space and, for a manifest, without comments."""
    if language in MANIFEST_LANGUAGES:
        text = without_comments(text)
    return "\n".join(line.rstrip() for line in text.rstrip().split("\n"))


def without_comments(text: str) -> str:
    """A manifest without its YAML comments; those of a patch written as a literal go as well.

    Text that is not YAML comes back as it is.
    """
    if "#" not in text:
        return text
    try:
        scalars = [token for token in yaml.scan(text) if isinstance(token, yaml.ScalarToken)]
    except (yaml.YAMLError, RecursionError):
        return text
    kept: list[str] = []
    position = 0
    for token in scalars:
        start, end = token.start_mark.index, token.end_mark.index
        if token.style in ("|", ">"):
            header_end = text.find("\n", start, end) + 1 or end
            kept.append(_drop_comments(text[position:header_end]))
            body = text[header_end:end]
            kept.append(without_comments(body) if _is_mapping(token.value) else body)
        else:
            kept.append(_drop_comments(text[position:start]) + text[start:end])
        position = end
    kept.append(_drop_comments(text[position:]))
    return re.sub(r"(?m)^[ \t]*\x00\n?", "", "".join(kept)).replace("\0", "")


def _drop_comments(text: str) -> str:
    # \0 marks where a comment stood, so that a line which held nothing else can go with it.
    return re.sub(r"(?m)(^|(?<=\s))#[^\n]*", "\0", text)


def _is_mapping(text: str) -> bool:
    try:
        return isinstance(yaml.compose(text), yaml.MappingNode)
    except (yaml.YAMLError, RecursionError):
        return False
