"""The way from one version of Kubernetes to another, as far as Kubernetes supports it."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.errors import UsageError
from sandbox.toolchain import pins
from steps.matrix import OWN


@dataclass(frozen=True)
class Way:
    """Two versions, the older one first; each pinned, '' for the toolchain's own."""

    old: str
    new: str

    @classmethod
    def between(cls, old: str, new: str) -> Way:
        """The way between two texts. Raises UsageError where there is none."""
        for name, text in (("FROM", old), ("TO", new)):
            if not text:
                there = ", ".join([OWN, pins.KUBERNETES.own(), *pins.KUBERNETES.known()])
                what = f"{name}= says which version of Kubernetes; there are {there}"
                raise UsageError(what, cure="such as make upgrade FROM=1.35.4 TO=own")
        way = cls(*(pins.KUBERNETES.version_of("" if text == OWN else text) for text in (old, new)))
        way._refuse()
        return way

    @property
    def versions(self) -> tuple[str, str]:
        """The two as they are shown."""
        return self.old or pins.KUBERNETES.own(), self.new or pins.KUBERNETES.own()

    def _refuse(self) -> None:
        old, new = self.versions
        before, after = pins.numbers(old), pins.numbers(new)
        if before == after:
            raise UsageError(f"FROM and TO are both {old}", cure="name a newer version as TO")
        if before > after:
            what = f"from {old} to {new} is a step back, and Kubernetes supports none"
            raise UsageError(what, cure=f"FROM={new} TO={old}")
        if after[1] - before[1] > 1:
            between = f"{before[0]}.{before[1] + 1}"
            what = f"from {old} to {new} passes over {between}, which Kubernetes does not support"
            raise UsageError(what, cure=f"go to a version of {between} first")
