"""Which unit of the guide at hand is which unit of the lock."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from guide.lock import HASH_DIGITS, LockedUnit, SourceLock
from guide.sketch import cells, sketch
from guide.slug import Names
from guide.source import SourceGuide
from guide.unit import Unit

LIKENESS = 0.4
"""The share of common words from which on two texts are the same unit, changed."""

_HOLDERS = frozenset({"heading", "section"})


@dataclass(frozen=True)
class Match:
    """The pairing of a guide with its lock."""

    ids: dict[str, str]
    """The id that each unit keeps or gets, by its natural id."""
    old: dict[str, LockedUnit]
    """The locked unit that each unit is, by natural id; without the new ones."""
    gone: tuple[LockedUnit, ...]
    moved: frozenset[str]
    """Natural ids of units that stand elsewhere than the lock says."""

    @classmethod
    def of(cls, guide: SourceGuide, lock: SourceLock, *, renew: bool = False) -> Match:
        """Pair by hash first, then by likeness; a locked unit is taken at most once.

        With `renew` the hashes of the lock were made by other rules: only ids and words count.
        """
        pairing = _Pairing(guide, lock)
        if renew:
            pairing.by_id()
        else:
            pairing.by_order()
            pairing.by_hash()
        pairing.by_children()
        pairing.by_likeness()
        pairing.by_children()
        return pairing.match()


class _Pairing:
    def __init__(self, guide: SourceGuide, lock: SourceLock) -> None:
        self.guide, self.lock = guide, lock
        self.old: dict[str, LockedUnit] = {}
        self.used: set[str] = set()

    def _pair(self, unit: Unit, locked: LockedUnit) -> None:
        self.old[unit.id] = locked
        self.used.add(locked.id)

    def by_order(self) -> None:
        """What both begin and end with is the same: whatever is equal in it keeps its order."""
        new = [(unit, _key(unit.kind, unit.content_hash)) for unit in self.guide.units]
        old = [(locked, _key(locked.kind, locked.hash)) for locked in self.lock.units]
        for step in (1, -1):
            for (unit, key), (locked, locked_key) in zip(new[::step], old[::step], strict=False):
                if key != locked_key or unit.id in self.old or locked.id in self.used:
                    break
                self._pair(unit, locked)

    def by_id(self) -> None:
        """The same id and the same words."""
        for unit in self.guide.units:
            locked = self.lock.by_id.get(unit.id)
            same = locked and _family(locked.kind) == _family(unit.kind)
            if locked and same and locked.sketch == sketch(unit.text):
                self._pair(unit, locked)

    def by_hash(self) -> None:
        """The same text is the same unit; of several equal ones the one at the same place."""
        equal: dict[tuple[str, str], list[LockedUnit]] = defaultdict(list)
        for locked in self.lock.units:
            if locked.id not in self.used:
                equal[_key(locked.kind, locked.hash)].append(locked)
        later = []
        for unit in self.guide.units:
            if unit.id in self.old:
                continue
            same = self.lock.by_id.get(unit.id)
            key = _key(unit.kind, unit.content_hash)
            if same and same.id not in self.used and key == _key(same.kind, same.hash):
                self._pair(unit, same)
            elif key in equal:
                later.append((unit, equal[key]))
        for unit, candidates in later:
            candidates[:] = [locked for locked in candidates if locked.id not in self.used]
            if candidates:
                here = (locked for locked in candidates if self._same_place(unit, locked))
                self._pair(unit, next(here, candidates[0]))

    def by_children(self) -> None:
        """A heading in other words is known by at least half of what stands under it."""
        for unit in reversed(self.guide.units):  # the deepest first
            if unit.id in self.old or not unit.children:
                continue
            known = (self.old.get(child) for child in unit.children)
            above = Counter(locked.under for locked in known if locked)
            name, count = above.most_common(1)[0] if above else ("", 0)
            locked = self.lock.by_id.get(name)
            if not locked or name in self.used or 2 * count < len(unit.children):
                continue
            if _family(locked.kind) == _family(unit.kind):
                self._pair(unit, locked)

    def by_likeness(self) -> None:
        """What is left is paired by its words, the likest first; the place breaks ties."""
        posting: dict[tuple[str, int, str], list[LockedUnit]] = defaultdict(list)
        size: dict[str, int] = {}
        for locked in self.lock.units:
            if locked.id not in self.used:
                filled = cells(locked.sketch)
                size[locked.id] = len(filled)
                for cell in filled:
                    posting[_family(locked.kind), *cell].append(locked)
        scored = []
        for order, unit in enumerate(self.guide.units):
            if unit.id in self.old or not size:
                continue
            filled = cells(sketch(unit.text))
            common: Counter[str] = Counter()
            for cell in filled:
                common.update(locked.id for locked in posting[_family(unit.kind), *cell])
            for locked_id, count in common.items():
                locked = self.lock.by_id[locked_id]
                score = count / (len(filled) + size[locked_id] - count)
                score += 0.15 * self._same_place(unit, locked) + 0.1 * (unit.id == locked_id)
                if score >= LIKENESS:
                    scored.append((-score, order, locked.line, unit, locked))
        for _, _, _, unit, locked in sorted(scored, key=lambda entry: entry[:3]):
            if unit.id not in self.old and locked.id not in self.used:
                self._pair(unit, locked)

    def _same_place(self, unit: Unit, locked: LockedUnit) -> bool:
        parent = self.old.get(unit.parent)
        return (parent.id if parent else unit.parent) == locked.under

    def match(self) -> Match:
        """The result, with ids for the new units and what has moved."""
        names = Names(self.lock.by_id)
        ids: dict[str, str] = {}
        for unit in self.guide.units:
            kept = self.old.get(unit.id)
            ids[unit.id] = kept.id if kept else names.free(self._new_id(unit, ids))
        gone = tuple(locked for locked in self.lock.units if locked.id not in self.used)
        return Match(ids, self.old, gone, self._moved(ids))

    def _new_id(self, unit: Unit, ids: dict[str, str]) -> str:
        """Its natural id, under the id that the unit above it keeps."""
        if unit.parent and unit.id.startswith(f"{unit.parent}/"):
            return ids[unit.parent] + unit.id.removeprefix(unit.parent)
        return unit.id

    def _is_elsewhere(self, unit: Unit, locked: LockedUnit) -> bool:
        """True where a sentence that stood before it now stands behind it, or the other way."""
        owner, was = self.guide.by_id.get(unit.parent), self.old.get(unit.parent)
        if not owner or not was or owner.content_hash[:HASH_DIGITS] != was.hash:
            return False  # what changed above is told there
        return unit.at != locked.at

    def _moved(self, ids: dict[str, str]) -> frozenset[str]:
        moved = set()
        place = {locked.id: index for index, locked in enumerate(self.lock.units)}
        families: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.guide.units:
            locked = self.old.get(unit.id)
            if not locked:
                continue
            if ids.get(unit.parent, "") != locked.under or self._is_elsewhere(unit, locked):
                moved.add(unit.id)
            else:
                families[unit.parent].append(unit)
        for siblings in families.values():
            places = [place[self.old[unit.id].id] for unit in siblings]
            kept = _longest_rise(places)
            moved.update(unit.id for i, unit in enumerate(siblings) if i not in kept)
        return frozenset(moved)


def _family(kind: str) -> str:
    """A heading that loses its prose becomes a section, and a bullet a step: still the same."""
    if kind in _HOLDERS:
        return "heading"
    return "item" if kind in ("step", "bullet", "row", "instruction") else kind


def _key(kind: str, content_hash: str) -> tuple[str, str]:
    return _family(kind), content_hash[:HASH_DIGITS]


def _longest_rise(places: Sequence[int]) -> set[int]:
    """Indexes of a longest increasing run: what kept its order while the others moved."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, place in enumerate(places):
        at = bisect_left(tails, place)
        tails[at : at + 1] = [place]
        ends[at : at + 1] = [index]
        before.append(ends[at - 1] if at else -1)
    kept: set[int] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        kept.add(index)
        index = before[index]
    return kept
