"""Words of a text without their dress: what is left differs only where a fact does."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

# Punctuation between two letters or digits that belongs to a fact: 4.0.0, a/b, key=value, 1:2.
_INNER_MARKS = frozenset("./_:=@")
# What a fact may begin with: -1, --force, /a, ./a, ../a, .gitignore, @team, #12, *.yaml.
_FIRST = re.compile(r"-{1,2}[^\W_]|\.{0,2}/\S|\.[^\W_]|[@#_]\w|\*[./]|%")
# What it may end with: apps/, gotk-*, 5%, name_.
_LAST = re.compile(r"(?:\w/|[./-]\*|%|[^\W_]_)$")
_IDENTIFIER = re.compile(
    r"^-{1,2}[^\W_]|^[.@#]|[_*\d]|://|^~?/|/$|/[^/]*/"
    r"|[^\W_]{2}\.[^\W_]|[^\W_]\.[^\W_]{2}"
)
_GLUE = re.compile(r"[–—―…“”„«»‹›|]+")
_MARK = re.compile(r"\[\^[^\]\[\s]+\]:?|\{:?\s*#[\w:.-]+[^{}\n]*\}")
_EMOJI_NAME = re.compile(r":[a-z0-9_+-]+:")
_SAME = str.maketrans({"−": "-", "‐": "-", "‑": "-", "'": "", "’": "", "‘": ""})
# Pictures that answer a question; the others are dress, and so is a yes beside words.
_YES = frozenset("✅✔✓☑👍🟢") | {":white_check_mark:", ":heavy_check_mark:", ":+1:"}
_NO = frozenset("❌✗✘✖☒🚫⛔👎🔴") | {":x:", ":no_entry:", ":-1:"}
_SIGNS = frozenset("°©®")


def words(text: str) -> str:
    """Plain text without case, punctuation and line breaks; facts keep theirs."""
    return " ".join(spaced(text).split())


def spaced(text: str) -> str:
    """The same with the white space at both ends kept, to be put together with more."""
    return re.sub(r"\S+", lambda found: _word(found[0]), _MARK.sub(" ", text))


def answers(text: str) -> str:
    """What the pictures of a text without words say: yes, no, or which ones they are."""
    found = re.findall(r":[a-z0-9_+-]+:|\S", text)
    said = ("✓" if mark in _YES else "✗" if mark in _NO else mark for mark in found)
    return "".join(mark for mark in said if not _is_invisible(mark))


def without_anchor(title: str) -> str:
    """A heading's text without the braces at its end: {#anchor}, {.class}, {: ...}."""
    return re.sub(r"\s*\{:?\s*[#.][\w-][^{}]*\}\s*$", "", title)


@lru_cache(maxsize=16384)
def _word(word: str) -> str:
    if _EMOJI_NAME.fullmatch(word):
        return "✗" if word in _NO else ""
    return " ".join(filter(None, map(_part, _GLUE.split(unicodedata.normalize("NFKC", word)))))


def _part(text: str) -> str:
    text = "".join(map(_picture, text)).translate(_SAME)
    start, end = 0, len(text)
    while start < end and _is_punctuation(text[start]) and not _FIRST.match(text, start):
        start += 1
    while (
        start < end
        and _is_punctuation(text[end - 1])
        and not _LAST.search(text[max(start, end - 3) : end])
    ):
        end -= 1
    core = text[start:end]
    if _IDENTIFIER.search(core) or _has_inner_capital(core):
        return core
    return _ordinary(core)


def _picture(char: str) -> str:
    if char in _NO:
        return "✗"
    return "" if _is_invisible(char) or _is_picture(char) else char


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk") and char not in _SIGNS and ord(char) > 127


def _is_invisible(char: str) -> bool:
    return len(char) == 1 and (unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f")


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char).startswith("P")


def _has_inner_capital(text: str) -> bool:
    return any(a.islower() and b.isupper() for a, b in pairwise(text))


def _ordinary(text: str) -> str:
    folded = text.casefold()
    kept = []
    for index, char in enumerate(folded):
        inner = char in _INNER_MARKS and 0 < index < len(folded) - 1
        if inner and folded[index - 1].isalnum() and folded[index + 1].isalnum():
            kept.append(char)
        else:
            kept.append(" " if _is_punctuation(char) and char != "%" else char)
    return "".join(kept)
