"""The flake ledger: scenarios that passed and failed on the same hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report.regression.tracks import Outcome, Track

SPAN = 90
"""Outcomes of a scenario that the ledger looks back at."""


@dataclass(frozen=True)
class Flake:
    """How often a scenario went each way on the text that it has now."""

    scenario: str
    passed: int
    failed: int
    """Runs in which it failed, or passed only at a later attempt."""
    last: str
    """The run that showed it last."""


def same(one: Outcome, other: Outcome) -> bool:
    """Whether nothing differed that a run records of what it ran: pages, code and versions.

    Without hashes of the code the commit stands for it; changed files then say nothing.
    """
    a, b = one.run, other.run
    if (one.past.content_hash, a.versions, a.provider) != (
        other.past.content_hash,
        b.versions,
        b.provider,
    ):
        return False
    if a.edition_hash != b.edition_hash:
        return False  # of no text of its own, but of what the scenario stands on: how to commit
    if a.code and b.code:
        return a.code == b.code
    return bool(a.commit) and a.commit == b.commit and not a.commit.endswith("-dirty")


def shown(outcomes: Sequence[Outcome], place: int) -> bool:
    """Whether the outcome at a place shows a flake: green at a later attempt, or a turn by chance.

    A turn counts when it comes back to green: what fails first on the same hashes may be broken.
    """
    now = outcomes[place]
    if now.failed:
        return False
    if not now.steady:
        return True
    return place > 0 and outcomes[place - 1].failed and same(outcomes[place - 1], now)


def known(outcomes: Sequence[Outcome], place: int) -> bool:
    """Whether an earlier outcome on the same text showed a flake."""
    text = outcomes[place].past.content_hash
    return any(
        outcomes[at].past.content_hash == text and shown(outcomes, at)
        for at in range(place - 1, -1, -1)
    )


def ledger(tracks: Sequence[Track]) -> list[Flake]:
    """The scenarios that were flaky on the text that they have now, the worst first."""
    found = []
    for track in tracks:
        span = track.outcomes[-SPAN:]
        text = [one for one in span if one.past.content_hash == span[-1].past.content_hash]
        places = [place for place in range(len(text)) if shown(text, place)]
        if places:
            bad = sum(not one.steady for one in text)
            last = text[places[-1]].run.id
            found.append(Flake(track.id, len(text) - bad, bad, last))
    return sorted(found, key=lambda one: (-one.failed / (one.failed + one.passed), one.scenario))
