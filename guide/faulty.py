"""The texts of a block with one fault in each; of a diff, the diffs that bring a fault along."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import yaml

from guide.block import Block
from guide.diff import Diff
from guide.faults import about_taste, faults_of
from guide.hunk import lines_in
from guide.manifest import LOADER, MANIFEST_LANGUAGES
from guide.mutant import Edit

DROPPED_CHANGE = "dropped-change"
"""A diff that changes several places leaves one of them as it was."""


@dataclass(frozen=True)
class Faulty:
    """A block with a fault in it."""

    operator: str
    line: int
    """Index of the line of the block that the fault is in, or stands before."""
    again: int
    """How many faults of this operator came before it in this line."""
    what: str
    text: str
    """What stands between the fences then."""
    leaves: str
    """What it leaves in the file: the same, but for a diff."""


def of_block(block: Block, before: str | None) -> Iterator[Faulty]:
    """The faults that fit a block; `before` is what the file of a diff holds, if that is known.

    A fault of a diff is one of its added lines, and the diff applies to the same file as before.
    """
    if not block.is_diff:
        yield from _numbered(block, _of_manifest(block))
    elif before is not None and block.path.endswith((".yaml", ".yml")):
        yield from _numbered(block, _Changed(block, before).faults())


def _numbered(block: Block, found: Iterator[Faulty]) -> Iterator[Faulty]:
    seen = {block.text}
    counts: dict[tuple[str, int], int] = defaultdict(int)
    for fault in found:
        if fault.text not in seen:
            seen.add(fault.text)
            place = fault.operator, fault.line
            yield replace(fault, again=counts[place])
            counts[place] += 1


def _of_manifest(block: Block) -> Iterator[Faulty]:
    for operator, edit in _edits(block):
        text = _edited(block, edit)
        if _is_manifest_still(block, text):
            yield Faulty(operator, edit.first, 0, edit.what, text, text)


def _edits(block: Block) -> Iterator[tuple[str, Edit]]:
    taste = about_taste(block) if block.language in MANIFEST_LANGUAGES else set()
    for operator, places in faults_of(block).items():
        for edit in places(block):
            if not taste.intersection(range(edit.first, edit.first + edit.count)):
                yield operator, edit


def _edited(block: Block, edit: Edit) -> str:
    return "".join(f"{line}\n" for line in edit.apply(block.text.split("\n")[:-1]))


def _is_manifest_still(block: Block, text: str) -> bool:
    """A fault that breaks the YAML would be refused before anything runs: it proves nothing."""
    if block.is_shell:
        return bool(text.strip())
    try:
        documents = list(yaml.compose_all(text, Loader=LOADER))
    except yaml.YAMLError:
        return False
    return any(document is not None for document in documents)


class _Changed:
    """A diff, and the file before and after it."""

    def __init__(self, block: Block, before: str) -> None:
        self._block = block
        self._before = before
        self._after = replace(block, language="yaml", text=block.after(before))
        hunks = Diff.read(block.path, block.text).hunks
        self._context = max(_stay(lines) for h in hunks for lines in (h.lines, h.lines[::-1]))
        old, new = lines_in(before), lines_in(self._after.text)
        codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        self._groups = [code[1:] for code in codes if code[0] != "equal"]
        self._added = {line for _, _, first, end in self._groups for line in range(first, end)}
        self._lines = {line: i for i, line in _new_lines(block)}

    def faults(self) -> Iterator[Faulty]:
        for operator, edit in _edits(self._after):
            touched = set(range(edit.first, edit.first + edit.count))
            beside = {edit.first - 1, edit.first} if not touched else set()
            if (touched and touched <= self._added) or beside & self._added:
                near = min((touched or beside) & self._added)
                yield from self._leaving(operator, near, edit.what, _edited(self._after, edit))
        if len(self._groups) > 1:
            yield from self._dropped()

    def _dropped(self) -> Iterator[Faulty]:
        old, new = lines_in(self._before), lines_in(self._after.text)
        for first, end, at, to in self._groups:
            text = "".join(f"{line}\n" for line in [*new[:at], *old[first:end], *new[to:]])
            what = f"the change of `{(new[at:to] or old[first:end])[0].strip()}` is left out"
            yield from self._leaving(DROPPED_CHANGE, at, what, text)

    def _leaving(self, operator: str, near: int, what: str, leaves: str) -> Iterator[Faulty]:
        text = Diff.between(self._block.path, self._before, leaves, self._context)
        if text and _is_manifest_still(self._after, leaves):
            yield Faulty(operator, self._lines.get(near, 0), 0, what, text, leaves)


def _stay(lines: tuple[str, ...]) -> int:
    """How many lines of context a hunk begins with."""
    return next(i for i, line in enumerate(lines) if line[0] != " ")


def _new_lines(block: Block) -> Iterator[tuple[int, int]]:
    """For each line of a diff that is in the file afterwards: its index, and its one there."""
    moved = 0
    for hunk in Diff.read(block.path, block.text).hunks:
        at = hunk.first - 1 + moved
        for index, line in enumerate(hunk.lines, hunk.at + 1):
            if line[0] != "-":
                yield index, at
                at += 1
        moved += len(hunk.new) - len(hunk.old)
