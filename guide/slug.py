"""Short names made of headings: chapter-like, never a sentence."""

from __future__ import annotations

import re
import unicodedata

WORD_LIMIT = 4
_SMALL_WORDS = "a an and are as at be by for from in is of on or the to with"
_SMALL = frozenset(_SMALL_WORDS.split(" "))


def slug(title: str) -> str:
    """At most four words of a heading, without what stands in parentheses and small words."""
    plain = unicodedata.normalize("NFKC", re.sub(r"\([^)]*\)", " ", title)).casefold()
    found = [word[:24] for word in re.findall(r"[^\W_]+", plain)]
    kept = [word for word in found if word not in _SMALL] or found
    return "-".join(kept[:WORD_LIMIT]) or "part"


def free(name: str, taken: set[str]) -> str:
    """The name itself, or with -2, -3 ... where it is taken; the result is then taken too."""
    candidate, number = name, 1
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    taken.add(candidate)
    return candidate
