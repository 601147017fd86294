"""A fingerprint of which words a text uses: tells likeness, and the text cannot be read from it."""

from __future__ import annotations

import re
from functools import lru_cache
from zlib import crc32

BUCKETS = 32
EMPTY = "--"
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=65536)
def _place(word: str) -> tuple[int, int]:
    number = crc32(word.encode())
    return number % BUCKETS, number // BUCKETS


def sketch(text: str) -> str:
    """One-permutation min-hash of the words: 32 buckets of two hexadecimal digits, -- if empty."""
    least = [-1] * BUCKETS
    for word in _WORD.findall(text.casefold()):
        bucket, value = _place(word)
        if least[bucket] < 0 or value < least[bucket]:
            least[bucket] = value
    return "".join(EMPTY if value < 0 else f"{value & 0xFF:02x}" for value in least)


def cells(fingerprint: str) -> frozenset[tuple[int, str]]:
    """The filled buckets of a sketch, to be compared as sets."""
    pairs = ((i, fingerprint[2 * i : 2 * i + 2]) for i in range(len(fingerprint) // 2))
    return frozenset(pair for pair in pairs if pair[1] != EMPTY)
