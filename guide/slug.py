"""Short names made of headings: chapter-like, never a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

WORD_LIMIT = 4
_SMALL_WORDS = "a an and are as at be by for from in is of on or the to with"
_SMALL = frozenset(_SMALL_WORDS.split(" "))


def slug(title: str) -> str:
    """At most four words of a heading, without what stands in parentheses and small words."""
    plain = unicodedata.normalize("NFKC", re.sub(r"\([^)]*\)", " ", title)).casefold()
    found = [word[:24] for word in re.findall(r"[^\W_]+", plain)]
    kept = [word for word in found if word not in _SMALL] or found
    return "-".join(kept[:WORD_LIMIT]) or "part"


class Names:
    """Names that are given once each."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._last: dict[str, int] = {}

    def free(self, name: str) -> str:
        """The name itself, or with -2, -3 ... where it is taken; the result is then taken too."""
        candidate, number = name, self._last.get(name, 1)
        while candidate in self._taken:
            number += 1
            candidate = f"{name}-{number}"
        self._last[name] = number
        self._taken.add(candidate)
        return candidate
