"""Choose evenly from several kinds of things; the same seed makes the same choice."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def evenly(groups: Mapping[str, Sequence[T]], seed: int, count: int | None) -> list[T]:
    """`count` things (None: all), one of each group in turn as long as it has any."""
    # A generator of its own for each group: a new group leaves the others' choice alone.
    shuffled = {
        name: random.Random(f"{seed} {name}").sample(groups[name], len(groups[name]))
        for name in sorted(groups)
    }
    taken: list[T] = []
    while any(shuffled.values()) and (count is None or len(taken) < count):
        for name in sorted(shuffled):
            if shuffled[name] and (count is None or len(taken) < count):
                taken.append(shuffled[name].pop())
    return taken
