"""Edits that change wording only: neither the check nor a scenario may raise an alarm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from guide import Edition, Features
from guide.check import used_blocks
from guide.choice import evenly
from guide.document import Document
from guide.wording import Wording, wordings
from mutation.controls import Control, Run, tried
from mutation.outcome import Ended


@dataclass(frozen=True)
class Dressed:
    """One such edit of a page."""

    page: str
    wording: Wording
    scenarios: tuple[str, ...]
    """Those that use the block which is edited; none where a sentence is."""

    @property
    def id(self) -> str:
        """Page, kind of edit and line."""
        return f"{self.page}:{self.wording.id}"


@dataclass(frozen=True)
class Quiet:
    """What came of it."""

    id: str
    alarm: str = ""
    """What raised an alarm; empty is as it should be."""
    scenario: str = ""
    """The scenario that was run; none where a sentence is edited."""
    seconds: float = 0.0
    measured: bool = True
    """False where the sandbox fell apart, so that nothing is known."""

    def __str__(self) -> str:
        return f"{'ALARM' if self.alarm else 'quiet'}: {self.id} {self.scenario} {self.alarm}"

    def as_row(self) -> dict[str, Any]:
        """As it is written into the results."""
        return asdict(self)


def dressings(edition: Edition, features: Features, *, seed: int, count: int) -> list[Dressed]:
    """`count` edits that change wording only, taken evenly from every kind."""
    users = used_blocks(edition, features)
    kinds: dict[str, list[Dressed]] = defaultdict(list)
    for page in edition.pages.values():
        document = Document.read(Path(page.file))
        for wording in wordings(document, seed=seed):
            block = next(
                (b for b in page.blocks if b.line < wording.line <= b.line + b.text.count("\n")),
                None,
            )
            scenarios = tuple(users[block.id]) if block else ()
            if block is None or scenarios:
                kinds[wording.what].append(Dressed(Path(page.file).name, wording, scenarios))
    return evenly(kinds, seed, count)


def dress(
    dressed: Dressed,
    edition: Edition,
    true: Edition,
    scenarios: list[str],
    control: Callable[[str], Control | None],
    run: Run,
    refusal: str,
) -> Quiet | None:
    """Hold the edited edition against the true one; None where somebody interrupted it."""
    if refusal:
        return Quiet(dressed.id, f"guide check: {refusal}")
    if edition.content_hash != true.content_hash:
        return Quiet(dressed.id, "the edition's hash is another one: its evidence would be stale")
    known = None
    for scenario in scenarios:
        known = control(scenario)
        if known is None:
            return None
        if known.passed:
            break
    if known is None:
        return Quiet(dressed.id)
    if not known.passed:
        return Quiet(dressed.id, measured=False)
    done, _, _ = tried(edition, known, run)
    if done.ended is Ended.STOPPED:
        return None
    broken = done.ended is Ended.BROKEN
    alarm = "" if broken or done.ended is Ended.PASSED else f"{done.step} {done.line}".strip()
    return Quiet(dressed.id, alarm, known.scenario, round(done.seconds, 1), not broken)
