"""The lock as it is to be, once a changed guide is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from guide.audit import Audit
from guide.document import Document
from guide.erratum import Change, Erratum
from guide.errors import GuideError
from guide.fate import Fate
from guide.lock import HASH_DIGITS, LockedUnit, SourceLock
from guide.sketch import sketch
from guide.source import SourceGuide
from guide.unit import Unit

_GONE = "\0"
"""What stands for a line that is taken away; no guide holds it."""
GROUPS_ONLY = "only groups what stands under it"


def refuse_another(audit: Audit) -> None:
    """GuideError where the guide is likely not the one that the lock is of."""
    lock, name = audit.lock, Path(audit.guide.file).name
    cure = "name the guide of this lock; to replace its units all the same, --accept-other"
    if lock.units and lock.guide != name:
        what = f'the lock of "{lock.guide}" cannot take "{name}"'
        raise GuideError(what, file=lock.file, line=1, cure=cure)
    fated = {unit.id for unit in lock.units if _is_given(unit.fate)}
    lost = fated & {unit.id for unit in audit.match.gone}
    if 2 * len(lost) > len(fated):
        what = f"{len(lost)} of {len(fated)} units with a fate would be gone"
        raise GuideError(what, file=lock.file, line=1, cure=cure)


def _is_given(fate: Fate) -> bool:
    known = fate.was or fate
    return not known.is_open and known.excused != GROUPS_ONLY


@dataclass(frozen=True)
class Acceptance:
    """What becomes of every unit: ids are kept, new units are open, gone ones are dropped.

    A unit whose text changed is open again: what was proven, shown or excused was another text.
    Where the text is the very correction of its errata it is proven by the scenarios of these.
    """

    audit: Audit
    now: str
    """The time of the acceptance, UTC."""
    renew: bool = False
    """The text is the one that was accepted; only the rules of the hashes are other ones."""

    def lock(self) -> SourceLock:
        """The lock to be written."""
        units = tuple(self._locked(unit) for unit in self.audit.guide.units)
        return SourceLock(self.audit.lock.file, Path(self.audit.guide.file).name, units)

    def _locked(self, unit: Unit) -> LockedUnit:
        ids = self.audit.match.ids
        return LockedUnit(
            id=ids[unit.id],
            kind=unit.kind,
            under=ids.get(unit.parent, ""),
            hash=unit.content_hash[:HASH_DIGITS],
            sketch=sketch(unit.text),
            fate=self._fate(unit),
            at=unit.at,
        )

    def _fate(self, unit: Unit) -> Fate:
        old = self.audit.match.old.get(unit.id)
        groups = unit.kind == "section" or not unit.text.strip()
        fate = old.fate if old else Fate()
        if fate.excused == GROUPS_ONLY and not groups:
            return Fate()
        if groups and fate.is_open:
            return Fate(excused=GROUPS_ONLY)
        if old is None or self.renew:
            return fate
        fixed = [erratum for erratum in self.audit.fixed if erratum.id in fate.errata]
        known = _without(fate, fixed)
        if fate.excused == GROUPS_ONLY or old.hash == unit.content_hash[:HASH_DIGITS]:
            return known
        if fate.was and fate.given == unit.content_hash[:HASH_DIGITS]:
            return fate.was
        if known.is_open or (fixed and self._is_corrected(unit, old, fixed)):
            return known
        return Fate(was=known, given=old.hash, since=self.now)

    def _is_corrected(self, unit: Unit, old: LockedUnit, fixed: list[Erratum]) -> bool:
        """True where the text without the corrections is the one that was locked."""
        lines = list(self.audit.lines)
        for erratum in fixed:
            for change in erratum.changes:
                if change.unit == old.id:
                    _take_back(change, lines, range(unit.line - 1, unit.end_line))
        try:
            data = "".join(f"{line}\n" for line in lines if line != _GONE).encode()
            before = SourceGuide.of(Document.of(data, self.audit.guide.file, any_dialect=True))
        except GuideError:
            return False
        was = before.by_id.get(unit.id)
        return bool(was) and was.content_hash[:HASH_DIGITS] == old.hash if was else False


def _without(fate: Fate, fixed: list[Erratum]) -> Fate:
    if not fixed:
        return fate
    names = {erratum.id for erratum in fixed}
    proven = dict.fromkeys((*fate.proven, *(erratum.corrected for erratum in fixed)))
    return Fate(tuple(proven), tuple(name for name in fate.errata if name not in names))


def _take_back(change: Change, lines: list[str], own: range) -> None:
    """Undo a correction as the patch makes it; further lines of it have the first one's indent."""
    first, *more = change.new.split("\n") if change.old else [" " + change.new]
    for index in own:
        if first not in lines[index]:
            continue
        indent = lines[index][: len(lines[index]) - len(lines[index].lstrip())]
        below = range(index + 1, index + 1 + len(more))
        if [lines[n] for n in below if n in own] == [(indent + text).rstrip() for text in more]:
            lines[index] = lines[index].replace(first, change.old)
            for n in below:
                lines[n] = _GONE
