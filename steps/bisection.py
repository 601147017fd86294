"""Between a good version and a bad one: which is the first bad one?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Tried = Callable[[str], bool | None]
"""Runs one version: True where all holds, False where it breaks, None where it cannot be run."""


@dataclass(frozen=True)
class Bisection:
    """What was found out."""

    good: str
    """The last version that is known to hold."""
    suspects: tuple[str, ...]
    """The first bad version is among these, the oldest first; one, where nothing was left out."""

    def __str__(self) -> str:
        *unknown, bad = self.suspects
        if not unknown:
            return f"first bad version: {bad} ({self.good} holds)"
        cannot = ", ".join(unknown)
        return f"first bad version: {bad} or one that cannot be run: {cannot} ({self.good} holds)"


def bisect(good: str, newer: Sequence[str], tried: Tried) -> Bisection:
    """The first bad one of the versions after `good`, the oldest first, of which the last is bad.

    Halves what is left each time; of versions that cannot be run the nearest other one is tried.
    It takes what breaks to stay broken, as every bisection does.
    """
    versions = [good, *newer]
    low, high = 0, len(versions) - 1
    unknown: set[int] = set()
    while left := [n for n in range(low + 1, high) if n not in unknown]:
        middle = min(left, key=lambda n: (abs(2 * n - low - high), n))
        holds = tried(versions[middle])
        if holds is None:
            unknown.add(middle)
        elif holds:
            low = middle
        else:
            high = middle
    return Bisection(versions[low], tuple(versions[low + 1 : high + 1]))
