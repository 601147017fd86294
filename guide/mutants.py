"""The mutants of the edition: which faults there are, and which scenarios ought to notice each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from guide import faulty
from guide.base import Bases, changed
from guide.block import Block
from guide.check import used_blocks
from guide.choice import evenly
from guide.edition import Edition
from guide.features import Features
from guide.mutant import Mutant
from guide.page import Page
from guide.unit import Unit


@dataclass(frozen=True)
class Ground:
    """What the diffs of an edition stand on, and who uses each block."""

    bases: Bases
    users: Mapping[str, Sequence[str]]

    def broken(self, block: Block, leaves: str) -> Iterator[str]:
        """The diffs that no longer apply once a block leaves something else in its file."""
        for other, base in self.bases.of.items():
            if base.block != block.id:
                continue
            change = self.bases.diffs[other]
            before = f"{base.text.removesuffix(block.text)}{leaves}" if block.is_added else leaves
            after = changed(change, before)
            yield from [other] if after is None else self.broken(change, after)


def mutants(
    edition: Edition,
    features: Features,
    *,
    seed: int = 1,
    count: int | None = None,
    first_commit: Mapping[str, str] = MappingProxyType({}),
) -> list[Mutant]:
    """All mutants of the edition, or `count` of them, taken evenly from every operator.

    The same edition, features and seed give the same mutants in the same order. Blocks that show
    a wrong thing on purpose, and those that no scenario uses, have none; nor have diffs of a file
    that neither a page nor `first_commit` shows.
    """
    users = used_blocks(edition, features)
    ground = Ground(Bases(edition, first_commit), users)
    found: dict[str, list[Mutant]] = defaultdict(list)
    for page in edition.pages.values():
        lines = Path(page.file).read_text(encoding="utf-8").split("\n")
        for block in page.blocks:
            if users[block.id] and not block.as_written:
                for mutant in _of_block(page, lines, block, users[block.id], ground):
                    found[mutant.operator].append(mutant)
        for mutant in _of_steps(edition, page, lines, features):
            found[mutant.operator].append(mutant)
    return evenly(found, seed, count)


def _of_block(
    page: Page, lines: Sequence[str], block: Block, users: Sequence[str], ground: Ground
) -> Iterator[Mutant]:
    own, start = block.text.count("\n"), block.line
    base = ground.bases.of.get(block.id)
    for fault in faulty.of_block(block, base.text if base else None):
        again = f".{fault.again + 1}" if fault.again else ""
        # Who would find that another change no longer applies says nothing about the fault.
        lost = {
            user for other in ground.broken(block, fault.leaves) for user in ground.users[other]
        }
        scenarios = tuple(user for user in users if user not in lost)
        if not scenarios:
            continue
        yield Mutant(
            id=f"{block.id}:{fault.operator}:{fault.line + 1}{again}",
            operator=fault.operator,
            block=block.id,
            page=Path(page.file).name,
            line=start + 1 + fault.line,
            what=fault.what,
            text=fault.text,
            page_text="\n".join(
                [*lines[:start], *fault.text.split("\n")[:-1], *lines[start + own :]]
            ),
            scenarios=scenarios,
        )


def _of_steps(
    edition: Edition, page: Page, lines: Sequence[str], features: Features
) -> Iterator[Mutant]:
    steps = [unit for unit in page.units if unit.kind == "step"]
    for step in steps:
        users = _followers(features, page, step)
        blocks = edition.blocks_of(step.id)
        if users and blocks:
            changed = list(lines)
            for block in blocks:
                # A variant is not followed: the reader has skipped the step.
                fence = changed[block.line - 1]
                changed[block.line - 1] = re.sub(r"\s*\}\s*$", " .variant }", fence)
            yield _step_mutant("dropped-step", page, step, changed, users, "the step is skipped")
    for step, after in pairwise(steps):
        users = tuple(
            dict.fromkeys(_followers(features, page, step) + _followers(features, page, after))
        )
        # Files may be written in any order; commands before the files they need are a fault.
        files = any(not block.is_shell for block in edition.blocks_of(step.id))
        commands = any(block.is_shell for block in edition.blocks_of(after.id))
        if users and files and commands:
            first, middle, end = step.line, after.line, _end(page, after, lines)
            changed = [
                *lines[:first],
                *lines[middle:end],
                lines[middle - 1],
                *lines[first : middle - 1],
                *lines[end:],
            ]
            what = f"what {after.id} says comes first"
            yield _step_mutant("swapped-steps", page, step, changed, users, what)


def _end(page: Page, step: Unit, lines: Sequence[str]) -> int:
    """The last line of a step with what stands under it."""
    later = [u.line for u in page.units if u.line > step.line and u.parent == step.parent]
    return min(later) - 1 if later else len(lines)


def _followers(features: Features, page: Page, step: Unit) -> tuple[str, ...]:
    number = int(step.id.rsplit("-", 1)[1])
    return tuple(
        scenario.id
        for scenario in features.scenarios.values()
        if (page.stem, number) in scenario.followed
    )


def _step_mutant(
    operator: str,
    page: Page,
    step: Unit,
    lines: Sequence[str],
    users: tuple[str, ...],
    what: str,
) -> Mutant:
    return Mutant(
        id=f"{step.id}:{operator}:1",
        operator=operator,
        block="",
        page=Path(page.file).name,
        line=step.line,
        what=what,
        text="",
        page_text="\n".join(lines),
        scenarios=users,
    )
