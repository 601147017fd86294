"""Faults that are in the edition at once, so that one run says something about each of them."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from guide.mutant import Mutant

_MOST = 8
"""Scenarios of one run: several benches share what has the same faults."""


@dataclass(frozen=True)
class Together:
    """A run of some scenarios with the faults for which each would have been left out."""

    scenarios: tuple[str, ...]
    faults: tuple[Mutant, ...]


@dataclass(frozen=True)
class _Lines:
    """Lines of a page, from index `first` up to `end`, that become `new`."""

    first: int
    end: int
    new: tuple[str, ...]

    def meets(self, other: _Lines) -> bool:
        """Whether one could not be told from the other: they overlap, or stand side by side."""
        return self.first <= other.end and other.first <= self.end


def apart(faults: Sequence[Mutant], true: Mapping[str, str], count: int) -> list[Mutant]:
    """The first `count` of the faults that can be in the edition together: no lines of them meet.

    `true` are the pages without a fault, by file name.
    """
    taken: dict[str, list[_Lines]] = defaultdict(list)
    found: list[Mutant] = []
    for fault in faults:
        if len(found) == count:
            break
        lines = _lines(true, fault)
        if not any(mine.meets(theirs) for mine in lines for theirs in taken[fault.page]):
            taken[fault.page] += lines
            found.append(fault)
    return found


def runs(taken: Mapping[Mutant, Collection[str]], scenarios: Sequence[str]) -> list[Together]:
    """Few runs in which each fault meets each scenario that is not taken for it, the longest first.

    `taken` are the scenarios that are taken for a fault.
    """
    groups: dict[tuple[Mutant, ...], list[str]] = defaultdict(list)
    for scenario in scenarios:
        faults = tuple(fault for fault, those in taken.items() if scenario not in those)
        if faults:
            groups[faults].append(scenario)
    found = [
        Together(tuple(those[at : at + _MOST]), faults)
        for faults, those in groups.items()
        for at in range(0, len(those), _MOST)
    ]
    return sorted(found, key=lambda run: -len(run.scenarios))


def pages(true: Mapping[str, str], faults: Sequence[Mutant]) -> dict[str, str]:
    """The pages that have all of these faults, by file name; no lines of the faults may meet."""
    found = {}
    for name in {each.page for each in faults}:
        text = true[name].splitlines(keepends=True)
        edits = [edit for each in faults if each.page == name for edit in _lines(true, each)]
        for edit in sorted(edits, key=lambda edit: edit.first, reverse=True):
            text[edit.first : edit.end] = edit.new
        found[name] = "".join(text)
    return found


def _lines(true: Mapping[str, str], fault: Mutant) -> list[_Lines]:
    old = true[fault.page].splitlines(keepends=True)
    new = fault.page_text.splitlines(keepends=True)
    codes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [_Lines(a, b, tuple(new[c:d])) for tag, a, b, c, d in codes if tag != "equal"]
