"""The mutants of the edition: which faults there are, and which scenarios ought to notice each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import yaml

from guide.block import Block
from guide.check import used_blocks
from guide.choice import evenly
from guide.edition import Edition
from guide.faults import about_taste, faults_of
from guide.features import Features
from guide.manifest import MANIFEST_LANGUAGES
from guide.mutant import Mutant
from guide.page import Page
from guide.unit import Unit


def mutants(
    edition: Edition, features: Features, *, seed: int = 1, count: int | None = None
) -> list[Mutant]:
    """All mutants of the edition, or `count` of them, taken evenly from every operator.

    The same edition, features and seed give the same mutants in the same order. Blocks that show
    a wrong thing on purpose, and those that no scenario uses, have none.
    """
    users = used_blocks(edition, features)
    found: dict[str, list[Mutant]] = defaultdict(list)
    for page in edition.pages.values():
        lines = Path(page.file).read_text(encoding="utf-8").split("\n")
        for block in page.blocks:
            if users[block.id] and not block.as_written:
                for mutant in _of_block(page, lines, block, tuple(users[block.id])):
                    found[mutant.operator].append(mutant)
        for mutant in _of_steps(edition, page, lines, features):
            found[mutant.operator].append(mutant)
    return evenly(found, seed, count)


def _of_block(
    page: Page, lines: Sequence[str], block: Block, users: tuple[str, ...]
) -> Iterator[Mutant]:
    own = block.text.split("\n")[:-1]
    taste = about_taste(block) if block.language in MANIFEST_LANGUAGES else set()
    seen: set[str] = set()
    for operator, places in faults_of(block).items():
        counts: dict[int, int] = defaultdict(int)
        for edit in places(block):
            if taste.intersection(range(edit.first, edit.first + edit.count)):
                continue
            text = "".join(f"{line}\n" for line in edit.apply(own))
            if text in seen or text == block.text or not _is_manifest_still(block, text):
                continue
            seen.add(text)
            counts[edit.first] += 1
            again = f".{counts[edit.first]}" if counts[edit.first] > 1 else ""
            start = block.line
            yield Mutant(
                id=f"{block.id}:{operator}:{edit.first + 1}{again}",
                operator=operator,
                block=block.id,
                page=Path(page.file).name,
                line=start + 1 + edit.first,
                what=edit.what,
                text=text,
                page_text="\n".join(
                    [*lines[:start], *text.split("\n")[:-1], *lines[start + len(own) :]]
                ),
                scenarios=users,
            )


def _is_manifest_still(block: Block, text: str) -> bool:
    """A fault that breaks the YAML would be refused before anything runs: it proves nothing."""
    if block.is_shell:
        return bool(text.strip())
    try:
        documents = list(yaml.compose_all(text))
    except yaml.YAMLError:
        return False
    return any(document is not None for document in documents)


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
