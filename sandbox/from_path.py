"""What TOOLCHAIN_FROM_PATH=1 has taken: programs of the user's PATH in the place of built ones."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.errors import UsageError

VARIABLE = "TOOLCHAIN_FROM_PATH"
"""The setting of make, and of the environment."""
_VALUES = {"": False, "0": False, "1": True}


def asked(env: Mapping[str, str] = os.environ) -> bool:
    """Whether programs of PATH may be taken. Raises UsageError on a value that is none."""
    value = env.get(VARIABLE, "")
    if value not in _VALUES:
        what = f"{VARIABLE}={value} says neither yes nor no"
        raise UsageError(what, cure=f"{VARIABLE}=1, or leave it out")
    return _VALUES[value]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """One program that was taken: this very file, wherever PATH leads later."""

    name: str
    version: str
    """What it answered, without a leading v."""
    path: str
    """Where the file is, behind all links."""
    digest: str
    """SHA-256 of the file."""

    def __str__(self) -> str:
        return f"{self.name} {self.version} ({self.path}, sha256 {self.digest[:12]})"


@dataclass(frozen=True, kw_only=True)
class FromPath:
    """What was found on PATH when somebody asked for it."""

    sets: tuple[str, ...] = ()
    """The sets of programs that it was asked for; none where nobody asked."""
    taken: tuple[Taken, ...] = ()
    left: tuple[str, ...] = ()
    """Why others that are on PATH were not taken, each in a few words."""

    @classmethod
    def load(cls, noted: Mapping[str, Any]) -> FromPath:
        """What `dataclasses.asdict` made of one."""
        taken = tuple(Taken(**each) for each in noted["taken"])
        return cls(sets=tuple(noted["sets"]), taken=taken, left=tuple(noted["left"]))

    def lines(self) -> list[str]:
        """All of it for people; nothing where nothing was asked for."""
        told = [f"taken from PATH: {each}" for each in self.taken]
        told += [f"not taken from PATH: {each}" for each in self.left]
        if self.sets and not told:
            return [f"{VARIABLE}=1: PATH has no program that is still to be built"]
        return told

    def others_than(self, asked: FromPath) -> list[str]:
        """That other programs than these were taken, in words; nothing where they are the same."""
        if self.taken == asked.taken:
            return []
        here, there = (", ".join(map(str, each.taken)) or "none" for each in (self, asked))
        return [f"from PATH {here}, not {there}"]

    @property
    def told(self) -> dict[str, str]:
        """All of it as settings of a run."""
        if not self.sets:
            return {}
        return {VARIABLE: _listed(self.taken), "not taken from PATH": _listed(self.left)}


def _listed(words: Iterable[object]) -> str:
    return "; ".join(map(str, words)) or "none"
