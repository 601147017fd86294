"""What is different between two locks, package by package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.toolchain.newer.lock import Lock
from sandbox.toolchain.newer.offer import order


@dataclass(frozen=True)
class Change:
    """One package that has other versions in the second lock."""

    name: str
    before: tuple[str, ...]
    """Empty where the first lock does not have it."""
    after: tuple[str, ...]
    """Empty where the second lock does not have it."""

    def __str__(self) -> str:
        old, new = " and ".join(self.before), " and ".join(self.after)
        return f"{self.name} {old or 'not there'} -> {new or 'not there'}"

    @property
    def is_older(self) -> bool:
        """Whether the second lock has it in an older version."""
        if not self.before or not self.after:
            return False
        return min(map(order, self.after)) < min(map(order, self.before))


def changes(before: Lock, after: Lock) -> Iterator[Change]:
    """What is different, by name."""
    for name in sorted({*before.versions, *after.versions}):
        change = Change(name, before.versions.get(name, ()), after.versions.get(name, ()))
        if change.before != change.after:
            yield change
