"""Which errata still stand in a source guide, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from guide.erratum import Change, Errata, Erratum
from guide.errors import GuideError
from guide.lock import HASH_DIGITS
from guide.match import Match
from guide.source import SourceGuide
from guide.unit import Unit


@dataclass(frozen=True)
class Standing:
    """A source guide, its pairing with the lock, and the errata held against it."""

    guide: SourceGuide
    match: Match
    errata: Errata
    lines: Sequence[str]
    """The lines of the guide without their line feeds."""

    @cached_property
    def _by_locked_id(self) -> Mapping[str, Unit]:
        units = self.guide.by_id
        return {locked_id: units[natural] for natural, locked_id in self.match.ids.items()}

    def places(self, change: Change) -> Iterator[tuple[int, int]]:
        """Where the claim of a change stands: (index of the line in the guide, column)."""
        unit = self._by_locked_id.get(change.unit)
        if unit is None:
            return
        end = unit.end_line if change.old else self._own_end(unit)
        for index, column in change.places(self.lines[unit.line - 1 : end]):
            yield unit.line - 1 + index, column

    def stands(self, erratum: Erratum) -> bool:
        """True while the guide still says one of the things that do not hold."""
        return any(True for change in erratum.changes for _ in self.places(change))

    def refuse_lost(self) -> None:
        """GuideError for a change that finds nothing in a text that is still the locked one.

        What is wrong would stay, and its erratum be taken for fixed. Where the team has written
        something else meanwhile, it may have corrected it in words of its own.
        """
        given = {name for old in self.match.old.values() for name in old.fate.errata}
        for erratum in self.errata.values():
            for change in erratum.changes if erratum.id in given else ():
                unit = self._by_locked_id.get(change.unit)
                if unit and self._is_as_locked(unit) and not any(self.places(change)):
                    lines = self.lines[unit.line - 1 : unit.end_line]
                    if not change.is_made(lines):
                        what = f'a change finds nothing in unit "{change.unit}": {change.old}'
                        cure = f"write `old` as {self.guide.file} does, or take the change away"
                        raise GuideError(what, file=erratum.file, line=1, cure=cure)

    def _is_as_locked(self, unit: Unit) -> bool:
        old = self.match.old.get(unit.id)
        return old is not None and old.hash == unit.content_hash[:HASH_DIGITS]

    def _own_end(self, unit: Unit) -> int:
        """The last line of the unit's own text: before what stands under it."""
        children = (self.guide.by_id[child] for child in unit.children)
        # An instruction and a command of one line stand inline, in the unit's own text.
        below = [
            child.line
            for child in children
            if child.kind != "instruction"
            and not (child.kind == "command" and child.line == child.end_line)
        ]
        end = min(below, default=unit.end_line + 1) - 1
        while end > unit.line and not self.lines[end - 1].strip():
            end -= 1
        return end
