"""Both directions: what becomes of each unit, and what each scenario and block is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from guide.check import used_blocks
from guide.edition import Edition
from guide.erratum import Errata
from guide.features import Features
from guide.lock import LockedUnit, SourceLock


@dataclass(frozen=True)
class Coverage:
    """The edition, the features, the lock and the errata, side by side."""

    edition: Edition
    features: Features
    lock: SourceLock
    errata: Errata

    def lines(self) -> Iterator[str]:
        """The report, a line each."""
        fates = Counter(_fate(unit) for unit in self.lock.units)
        counted = ", ".join(f"{fates[name]} {name}" for name in _FATES)
        yield f"source guide: {len(self.lock.units)} units: {counted}"
        for unit in self.lock.units:
            yield f"  {_fate(unit):8} {unit.id}{_because(unit)}"
        proven = {s for unit in self.lock.units for s in unit.fate.proven}
        errata = list(self.errata.values())
        about = {name for erratum in errata for name in (erratum.proof, erratum.corrected)}
        scenarios = self.features.scenarios
        yield f"scenarios: {len(scenarios)}"
        for scenario in scenarios.values():
            source = "" if scenario.id in proven | about else " (no unit of the source guide)"
            yield f"  {scenario.id}: {', '.join(scenario.units)}{source}"
        yield f"errata: {len(errata)}"
        for erratum in errata:
            missing = [n for n in (erratum.proof, erratum.corrected) if n not in scenarios]
            state = f"without {' and '.join(missing)}" if missing else "proven both ways"
            yield f"  {erratum.number} {erratum.id}: {state}"
        users = used_blocks(self.edition, self.features)
        used = sum(bool(users[block_id]) for block_id in self.edition.blocks)
        yield f"blocks of the edition: {len(self.edition.blocks)}, {used} used by scenarios"
        for block in self.edition.blocks.values():
            if not users[block.id]:
                yield f"  {block.id}: {block.unused or 'used by none'}"


_FATES = ("proven", "erratum", "excused", "open")


def _fate(unit: LockedUnit) -> str:
    if unit.fate.errata:
        return "erratum"
    return "proven" if unit.fate.proven else "excused" if unit.fate.excused else "open"


def _because(unit: LockedUnit) -> str:
    if unit.fate.was:
        return f" (was: {_because(replace(unit, fate=unit.fate.was)).removeprefix(': ')})"
    names = (*unit.fate.errata, *unit.fate.proven)
    reason = ", ".join(names) or unit.fate.excused
    return f": {reason}" if reason else ""
