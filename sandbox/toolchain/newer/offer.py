"""An offer: what a registry serves of one pinned thing, and the table of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sandbox.toolchain.newer.pinned import Pinned

_NUMBERS = re.compile(r"v?(\d+(?:\.\d+)*)(?:\.post(\d+))?")
_LONGEST = 8
"""More numbers than a version has."""
_HEAD = ("", "pinned", "newest", "between")


@dataclass(frozen=True)
class Offer:
    """The stable versions of one thing that are newer than the pinned one."""

    pinned: Pinned
    newer: tuple[str, ...]
    """The oldest first, the newest last; none where what is pinned is the newest."""

    @classmethod
    def of(cls, pinned: Pinned, served: Iterable[str]) -> Offer | None:
        """What is newer of what is served; pre-releases are not. None where no version is stable.

        Nothing is known then: a registry that answers with anything else serves "nothing newer".
        """
        stable = {order(each): each.removeprefix("v") for each in served if _is_stable(each)}
        if not stable:
            return None
        own = order(pinned.version)
        return cls(pinned, tuple(stable[key] for key in sorted(stable) if key > own))

    @property
    def newest(self) -> str:
        """The newest version there is, which may be the pinned one."""
        return self.newer[-1] if self.newer else self.pinned.version


def table(offers: Sequence[Offer]) -> str:
    """Each pinned thing with the newest version of it, and what lies between."""
    rows = [_HEAD, *(_row(offer) for offer in offers)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _row(offer: Offer) -> tuple[str, str, str, str]:
    newest = offer.newest if offer.newer else "the same"
    between = ", ".join(offer.newer[:-1])
    return (offer.pinned.name, offer.pinned.version, newest, between)


def order(version: str) -> tuple[int, ...]:
    """What versions are ordered by; a pre-release comes right before what it leads to.

    Empty for what is no version at all.
    """
    found = _NUMBERS.match(version)
    if not found:
        return ()
    numbers = [int(part) for part in found[1].split(".")]
    numbers += [0] * (_LONGEST - len(numbers))  # 2.0 and 2 are one version, and 2.post1 is older
    return (*numbers, int(found[2] or 0) if _is_stable(version) else -1)


def _is_stable(version: str) -> bool:
    return bool(_NUMBERS.fullmatch(version))
