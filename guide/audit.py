"""The comparison of a source guide with its lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from guide.document import Document
from guide.erratum import Errata, Erratum
from guide.fate import Fate
from guide.lock import HASH_DIGITS, LockedUnit, SourceLock
from guide.match import Match
from guide.source import SourceGuide
from guide.standing import Standing


@dataclass(frozen=True)
class Drift:
    """One difference between the guide and its lock."""

    kind: str
    """new, changed, moved or gone."""
    id: str
    unit_kind: str
    place: str
    """file:line in the guide, or in the lock for a unit that is gone."""
    scenarios: tuple[str, ...]
    """Ids of the scenarios that it touches: those that proved the unit, and of its errata."""
    errata: tuple[str, ...]

    def __str__(self) -> str:
        touched = ", ".join(self.scenarios)
        if not touched:
            touched = "none yet" if self.kind == "new" else "none"
        errata = f"; erratum: {', '.join(self.errata)}" if self.errata else ""
        return f"{self.place}: {self.kind} {self.unit_kind} {self.id}; scenarios: {touched}{errata}"


@dataclass(frozen=True)
class Audit:
    """What the audit of a guide found."""

    guide: SourceGuide
    lines: tuple[str, ...]
    """The lines of the guide."""
    lock: SourceLock
    match: Match
    drifts: tuple[Drift, ...]
    fixed: tuple[Erratum, ...]
    """Errata whose claim the guide no longer makes."""
    standing: tuple[Erratum, ...]

    @classmethod
    def of(cls, file: Path, lock: SourceLock, errata: Errata, *, renew: bool = False) -> Audit:
        """Compare a guide with its lock; GuideError where the guide cannot be read.

        With `renew` the lock is of an older version: its hashes are not compared.
        """
        document = Document.read(file, any_dialect=True)
        guide = SourceGuide.of(document)
        match = Match.of(guide, lock, renew=renew)
        view = Standing(guide, match, errata, document.lines)
        view.refuse_lost()
        # Errata of another guide are none of this one's business.
        ours = [erratum for erratum in errata.values() if set(erratum.units) & set(lock.by_id)]
        standing = tuple(erratum for erratum in ours if view.stands(erratum))
        fixed = tuple(erratum for erratum in ours if erratum not in standing)
        audit = cls(guide, document.lines, lock, match, (), fixed, standing)
        return replace(audit, drifts=tuple(audit._drifts(errata, renew)))

    def _drifts(self, errata: Errata, renew: bool) -> Iterator[Drift]:
        for unit in self.guide.units:
            old = self.match.old.get(unit.id)
            if old is None:
                kind = "new"
            elif renew:
                continue
            elif old.hash != unit.content_hash[:HASH_DIGITS]:
                kind = "changed"
            elif unit.id in self.match.moved:
                kind = "moved"
            else:
                continue
            place = f"{self.guide.file}:{unit.line}"
            yield _drift(kind, self.match.ids[unit.id], unit.kind, place, old, errata)
        for locked in self.match.gone:
            place = f"{self.lock.file}:{locked.line}"
            yield _drift("gone", locked.id, locked.kind, place, locked, errata)


def _drift(
    kind: str, name: str, unit_kind: str, place: str, old: LockedUnit | None, errata: Errata
) -> Drift:
    fate = old.fate if old else Fate()
    touched = list(fate.proven)
    about = list(fate.errata)
    about += [e.id for e in errata.values() if name in e.units and e.id not in about]
    for erratum_id in about:
        if erratum_id in errata:
            touched += [errata[erratum_id].proof, errata[erratum_id].corrected]
    return Drift(kind, name, unit_kind, place, tuple(dict.fromkeys(touched)), tuple(about))
