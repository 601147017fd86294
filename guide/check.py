"""Everything that is wrong with the edition, the features, the lock and the errata together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from guide.base import Bases
from guide.book import Book
from guide.edition import Edition
from guide.erratum import Errata
from guide.errors import GuideError, near
from guide.features import Features
from guide.lock import SourceLock
from guide.sentences import Sentences
from guide.shorter import could_be_diffs
from guide.trust import unasked
from guide.unit import Unit
from guide.vain import vain


@dataclass(frozen=True)
class Check:
    """The problems in the order of the files, and how much of the source guide is open."""

    problems: tuple[GuideError, ...]
    open_units: tuple[str, ...]
    """Ids of the units of the source guide that have no fate yet."""
    units: int
    """How many units the lock holds."""
    shorter: tuple[str, ...] = ()
    """Blocks that repeat a file and could be a diff: nothing that is wrong."""

    @classmethod
    def of(
        cls,
        edition: Path,
        features: Path,
        lock: Path | None,
        errata: Path,
        sentences: Sequence[Path] = (),
        filled: Collection[str] | None = None,
        further: Iterable[GuideError] = (),
        first_commit: Mapping[str, str] = MappingProxyType({}),
    ) -> Check:
        """Check the files; without a lock only the edition and the features.

        `sentences` are the folders of the step functions; without one the steps are not held
        against them. `filled` are the placeholders that something fills, `further` are problems
        that are known already, `first_commit` are the files that no page shows.
        """
        book = Edition.examine(edition)
        told = Features.examine(features)
        problems = [*further, *book.problems, *told.problems, *told.unknown(book)]
        problems += _unsaid(told, sentences) if sentences else Sentences((), ()).idle(told)
        if filled is not None:
            problems += _unfilled(book, filled)
        problems += vain(told, book)
        problems += _unproven(book, told)
        problems += _unused(book, told)
        shorter: tuple[str, ...] = ()
        if not book.problems:
            bases = Bases(book, first_commit)
            problems += bases.problems(book.blocks)
            problems += (each for block in book.blocks.values() for each in unasked(block))
            shorter = tuple(could_be_diffs(book, bases))
        locked: SourceLock | None = None
        if lock is not None:
            try:
                listed = Errata.read(errata)
                problems += _unknown_errata(told, listed)
                locked = SourceLock.read(lock)
                problems += _fates(locked, told, listed)
            except GuideError as problem:
                problems.append(problem)
        units = locked.units if locked else ()
        opened = tuple(unit.id for unit in units if unit.fate.is_open)
        return cls(tuple(problems), opened, len(units), shorter)


def hindrances(book: Book, edition: Edition, asked: str = "") -> Iterator[GuideError]:
    """What a run must not begin with: sentences that no function takes, or two, scenarios and
    sentences that would be green whatever happens, placeholders that nothing fills, and diffs
    that do not apply.

    Of a run that is `asked` for scenarios by their ids, only their diffs.

    Raises GuideError where the features cannot be read.
    """
    features = Features.read(book.features, edition)
    yield from _unsaid(features, book.sentences)
    yield from vain(features, edition)
    yield from _unfilled(edition, book.filled)
    yield from book.unfilled()
    yield from lost_commit(book, edition)
    names = asked.replace(",", " ").split()
    if names and all(name in features.scenarios for name in names):
        chosen = {each for name in names
                  for each in features.blocks_of(features.scenarios[name], edition)}  # fmt: skip
    else:
        chosen = {*edition.blocks}
    yield from Bases(edition, book.first_commit).problems(chosen)


def lost_commit(book: Book, edition: Edition | None = None) -> Iterator[GuideError]:
    """The block by which the engineer commits, where no page has it or nobody can type it."""
    edition = edition or Edition.examine(book.edition)
    name = book.layout.commit
    block = edition.blocks.get(name)
    if name and (block is None or not block.is_shell):
        lines = book.file.read_text(encoding="utf-8").split("\n")
        line = next((n for n, text in enumerate(lines, 1) if re.match(r"\s*commit:", text)), 1)
        typed = [each.id for each in edition.blocks.values() if each.is_shell]
        what = f'layout: commit: no page has a block of commands "{name}"'
        yield GuideError(what, file=book.file, line=line, cure=near(name, typed))


def used_blocks(edition: Edition, features: Features) -> dict[str, list[str]]:
    """For each block of the edition, the ids of the scenarios that use it."""
    users: dict[str, list[str]] = {block_id: [] for block_id in edition.blocks}
    for scenario in features.scenarios.values():
        for block_id in features.blocks_of(scenario, edition):
            users.setdefault(block_id, []).append(scenario.id)
    return users


def _unsaid(features: Features, folders: Sequence[Path]) -> Iterator[GuideError]:
    known = Sentences.of(folders)
    yield from known.problems
    yield from known.wrong(features)
    yield from known.idle(features)


def _unfilled(edition: Edition, filled: Collection[str]) -> Iterator[GuideError]:
    for block in edition.blocks.values():
        if not block.unused:
            yield from block.unfilled(filled)


def _unused(edition: Edition, features: Features) -> Iterator[GuideError]:
    users = used_blocks(edition, features)
    for block in edition.blocks.values():
        if block.unused and users[block.id]:
            what = f'block "{block.id}" is used by {users[block.id][0]} and says it is not'
            cure = "take data-unused away"
            yield GuideError(what, file=block.file, line=block.line, cure=cure)
        elif not block.unused and not users[block.id]:
            what = f'no scenario uses block "{block.id}"'
            cure = 'name it in a scenario, or say why not: data-unused="reason"'
            yield GuideError(what, file=block.file, line=block.line, cure=cure)


def _unproven(edition: Edition, features: Features) -> Iterator[GuideError]:
    scenarios = features.scenarios.values()
    # What shows that the source guide is wrong there proves nothing of what the page says.
    proven = {unit for each in scenarios if not each.is_as_written for unit in each.units}

    def stands(unit: Unit) -> bool:
        if unit.id in proven or unit.excused:
            return True
        # A heading that groups steps claims what they claim.
        return unit.kind != "step" and bool(unit.children)

    for page in edition.pages.values():
        for unit in page.units:
            if unit.excused and unit.id in proven:
                what = f'unit "{unit.id}" is proven and excused'
                cure = "take data-excused away"
                yield GuideError(what, file=page.file, line=unit.line, cure=cure)
            elif not stands(unit):
                what = f'no scenario proves unit "{unit.id}"'
                cure = 'tag a scenario with it, or say why not: data-excused="reason"'
                yield GuideError(what, file=page.file, line=unit.line, cure=cure)


def _unknown_errata(features: Features, errata: Errata) -> Iterator[GuideError]:
    for scenario in features.scenarios.values():
        if scenario.erratum and scenario.erratum not in errata:
            what = f'scenario "{scenario.id}" is about an unknown erratum, {scenario.erratum}'
            cure = near(scenario.erratum, errata)
            yield GuideError(what, file=scenario.file, line=scenario.line, cure=cure)


def _fates(lock: SourceLock, features: Features, errata: Errata) -> Iterator[GuideError]:
    referred: set[str] = set()
    for unit in lock.units:
        for scenario in unit.fate.proven:
            if scenario not in features.scenarios:
                what = f'unit "{unit.id}" is proven by no known scenario: {scenario}'
                cure = near(scenario, features.scenarios)
                yield GuideError(what, file=lock.file, line=unit.line, cure=cure)
        shown = [features.scenarios[n] for n in unit.fate.proven if n in features.scenarios]
        if shown and not unit.fate.errata and all(scenario.is_as_written for scenario in shown):
            what = (
                f'unit "{unit.id}" is proven by {shown[0].id} alone, which shows what does not hold'
            )
            cure = (
                f"name a scenario that shows what does, or make erratum {shown[0].erratum} its fate"
            )
            yield GuideError(what, file=lock.file, line=unit.line, cure=cure)
        for erratum in unit.fate.errata:
            referred.add(erratum)
            if erratum not in errata:
                what = f'unit "{unit.id}" has an unknown erratum: {erratum}'
                yield GuideError(what, file=lock.file, line=unit.line, cure=near(erratum, errata))
            elif unit.id not in errata[erratum].units:
                what = f'erratum {erratum} does not name unit "{unit.id}"'
                cure = "add the unit to its `units`"
                yield GuideError(what, file=lock.file, line=unit.line, cure=cure)
    for name in sorted(referred & set(errata)):
        yield from _proofs(errata, name, features, lock)
    if not any(unit.fate.is_open for unit in lock.units):
        for name in sorted(set(errata) - referred):
            what = f"no unit of the lock has erratum {name} as its fate"
            cure = "write it with python -m guide fate, or retire the erratum with its scenario"
            yield GuideError(what, file=errata[name].file, line=1, cure=cure)


def _proofs(
    errata: Errata, name: str, features: Features, lock: SourceLock
) -> Iterator[GuideError]:
    erratum = errata[name]

    def problem(what: str, cure: str) -> GuideError:
        return GuideError(what, file=erratum.file, line=1, cure=cure)

    for role, scenario_id in (("as-written", erratum.proof), ("corrected", erratum.corrected)):
        scenario = features.scenarios.get(scenario_id)
        if scenario is None:
            cure = near(scenario_id, features.scenarios)
            yield problem(f"no scenario is called {scenario_id}", cure)
        elif scenario.erratum != name or role not in scenario.tags:
            cure = f"tag it @erratum:{name} @{role}"
            yield problem(f"scenario {scenario_id} is not tagged as its {role} proof", cure)
    yield from erratum.strays(lock.by_id)
