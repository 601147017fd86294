"""Which scenarios a change can touch: those that stand on something that is not as it was.

Any doubt takes all of them: a scenario that is left out ends as it ended before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from guide.block import Block
from guide.book import Book
from guide.edition import Edition
from guide.features import Features
from guide.footing import COMMIT, FIRST_COMMIT, GROUND, WORDS, Footing
from guide.scenario import Scenario
from guide.sentences import Sentence


@dataclass(frozen=True)
class Version:
    """A book at one moment."""

    book: Book
    edition: Edition
    features: Features
    first_commit: Mapping[str, str | bytes]
    """The files of the monorepo at the baseline."""

    @cached_property
    def footing(self) -> Footing:
        """What its scenarios stand on, as evidence notes it."""
        return Footing(self.book, self.edition, self.features)


def everything(before: Version, after: Version) -> str:
    """Why each scenario may end otherwise than before; empty where nothing says so.

    What makes evidence of all of them stale is among it, and so is its dress, a comment of a file.
    """
    was, now = before.footing.shared, after.footing.shared
    old, new = before.first_commit, after.first_commit
    if files := sorted(name for name in {*old, *new} if old.get(name) != new.get(name)):
        return f"{WORDS[FIRST_COMMIT]}: {files[0]}"
    for part in (GROUND, FIRST_COMMIT):
        if was[part] != now[part]:
            return WORDS[part]
    commit = after.book.layout.commit
    dress = commit and _block(before.edition, commit) != _block(after.edition, commit)
    if dress or was[COMMIT] != now[COMMIT]:
        return f"{WORDS[COMMIT]}: {commit}"
    return ""


def affected(before: Version, after: Version, changed: Collection[Sentence] = ()) -> dict[str, str]:
    """For each scenario that may end otherwise, by its id, what it stands on that has changed.

    `changed` are the sentences of changed modules, those that are no longer there among them.
    """
    found = {}
    for scenario in after.features.scenarios.values():
        reasons = _reasons(before, after, scenario)
        if not (reason := next(reasons, "")):
            for step in scenario.expanded:
                taker = next((each for each in changed if each.takes(step)), None)
                if taker:
                    reason = f"the sentence of {taker.module}: {step.text}"
                    break
        if reason:
            found[scenario.id] = reason
    return found


def _reasons(before: Version, after: Version, scenario: Scenario) -> Iterator[str]:
    old = before.features.scenarios.get(scenario.id)
    if old is None:
        yield "it is new"
        return
    if _told(old) != _told(scenario):
        yield "its own words"
    for block in after.features.blocks_of(scenario, after.edition):
        if _block(before.edition, block) != _block(after.edition, block):
            yield f"block {block}"
    # Steps that it follows may have lost a block.
    if before.footing.own(old) != after.footing.own(scenario):
        yield "the blocks of the steps that it follows"
    for unit in scenario.units:
        was, now = (each.edition.units.get(unit) for each in (before, after))
        if was is None or now is None or was.content_hash != now.content_hash:
            yield f"unit {unit}"


def _block(edition: Edition, block_id: str) -> Any:
    block: Block | None = edition.blocks.get(block_id)
    if block is None:
        return None
    return block.language, block.path, block.text, block.classes, block.literal


def _told(scenario: Scenario) -> Any:
    steps = [(step.kind, step.text, step.table, step.doc_string) for step in scenario.expanded]
    return steps, sorted(scenario.tags), scenario.units
