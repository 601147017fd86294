"""When a scenario that fails was green the last time, and what has changed since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from report.history import PastRun
from report.known import places
from report.known.book import Book, Proof
from report.regression.suspects import Change
from report.results import Run


@dataclass(frozen=True)
class LastGreen:
    """The last run with the same provider in which a scenario passed."""

    provider: str
    run: PastRun | None
    href: str
    """The page of that run from the root of the site, '' where it has none."""
    changed: Sequence[Change]
    """What is different since."""


def last_green(book: Book, proof: Proof) -> LastGreen:
    """The last run with the same provider in which a scenario passed, and what changed since."""
    ident, run = proof.scenario.id, proof.results.run
    green = _green_before(book.history, ident, run)
    turn = next(
        (r for r in book.regressions if r.scenario == ident and r.provider == run.provider), None
    )
    href = places.href(green.id) if green and green.id in book.shown else ""
    return LastGreen(run.provider, green, href, turn.changed if turn else ())


def _green_before(history: Sequence[PastRun], ident: str, run: Run) -> PastRun | None:
    earlier = takewhile(lambda one: one.id != run.id, history)
    for one in reversed(list(earlier)):
        outcome = one.scenarios.get(ident)
        green = outcome is not None and outcome.outcome == "passed"
        if one.provider == run.provider and green:
            return one
    return None
