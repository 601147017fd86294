"""A trial: what is pinned and run alone, which is one program, or the Python packages together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.toolchain.newer.change import Change
from sandbox.toolchain.newer.offer import Offer
from steps.matrix import Cell

PACKAGES = "packages"
_ONLY = {"kind": "kind", "kwok": "embedded"}
"""The programs that only one provider runs."""


@dataclass(frozen=True)
class Trial:
    """What is newer in it."""

    name: str
    """As its tree and its cell are called."""
    offers: tuple[Offer, ...]
    what: str
    """Such as: helm 4.2.4 -> 4.3.2."""
    newest: str
    """Such as: helm 4.3.2."""

    @property
    def between(self) -> Sequence[str]:
        """The versions of which one is the first bad one; none of packages, which go together."""
        return () if self.name == PACKAGES else self.offers[0].newer

    @property
    def provider(self) -> str:
        """The one provider that runs it; '' where all do."""
        return _ONLY.get(self.name, "")

    def concerns(self, cell: Cell) -> bool:
        """Whether the cell runs it."""
        return self.provider in ("", cell.provider)


def trials(offers: Sequence[Offer], changes: Sequence[Change]) -> Iterator[Trial]:
    """A trial of each program, then one of the packages, of which the changes are told."""
    for offer in offers:
        if offer.pinned.module:
            name = offer.pinned.name
            yield Trial(name, (offer,), step(offer), f"{name} {offer.newest}")
    packages = tuple(offer for offer in offers if not offer.pinned.module)
    if packages and changes:
        what = ", ".join(map(str, changes))
        yield Trial(PACKAGES, packages, f"Python packages: {what}", "the Python packages")


def step(offer: Offer) -> str:
    """From the pinned version to the newest, in words."""
    return f"{offer.pinned.name} {offer.pinned.version} -> {offer.newest}"
