"""The words of a failure without what differs by chance: two that are equal are one finding."""

from __future__ import annotations

import re

_CHANCE = (
    (re.compile(r"\d{4}-\d{2}-\d{2}[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?"), "<time>"),
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "<uuid>"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,64}\b"), "<hash>"),
    (re.compile(r"(?<![\w/])(?:/[\w.+-]+){2,}"), "<path>"),
    (re.compile(r"(?<=-)(?=[a-z]*\d)[a-z0-9]{5,10}\b"), "<suffix>"),
    # A pod of a ReplicaSet: in one of five its end has no digit.
    (re.compile(r"(<hash>-|<suffix>-)[b-df-hj-np-tv-xz2-9]{5}\b"), r"\1<suffix>"),
    (re.compile(r"\d+(?:\.\d+)*"), "<n>"),
    (re.compile(r"\s+"), " "),
)


def plain(said: str) -> str:
    """The words of a reason; times, hashes, paths, made-up suffixes and numbers are named only."""
    for pattern, name in _CHANCE:
        said = pattern.sub(name, said)
    return said.strip()
