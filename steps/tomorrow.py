"""Tomorrow's versions: what is newer, pinned in a tree of its own, and what breaks with it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from report.files import replace as replace_file
from sandbox.errors import SandboxError
from sandbox.toolchain.newer import asking
from sandbox.toolchain.newer.change import Change
from sandbox.toolchain.newer.offer import Offer, table
from sandbox.toolchain.newer.tree import FOLDER, NewerTree
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.store import Store
from steps import verdict
from steps.bisection import bisect
from steps.comparison import Comparison
from steps.matrix import NEXT, Cell
from steps.matrix_text import taken_up
from steps.proved import Break, Proved
from steps.trial import Trial, step, trials
from steps.verdict import Verdict

Prove = Callable[[Cell, Path | None, str, str], Proved]
"""Runs a cell on a tree, none where there is a reason, which comes next; at last what to run."""


@dataclass(frozen=True)
class Tomorrow:
    """What is newer, and how much of it is pinned in the tree in `folder`."""

    offers: tuple[Offer, ...]
    """The programs and the Python packages that are newer."""
    left_out: dict[str, str]
    """Why the newest version of one of them could not be pinned, by its name."""
    trouble: str = ""
    """Why there is no tree at all."""
    changes: tuple[Change, ...] = ()
    """The Python packages of which the tree has other versions, those that others need too."""
    folder: Path = FOLDER
    bisects: bool = False
    """Whether the first bad version is looked for, where several lie between."""
    providers: frozenset[str] = frozenset()
    """Those that tomorrow's cells of this night are on."""
    asked: str = ""
    """What of the guide is run, as make is told it; '' for all of it."""

    @classmethod
    def look(
        cls, bisects: bool = False, providers: frozenset[str] = frozenset(), asked: str = ""
    ) -> Tomorrow:
        """Print what is newer and pin it; UsageError where it is not known what is newer."""
        offers = asking.everything()
        print(table(offers), flush=True)
        made = cls.of([offer for offer in offers if offer.newer])
        return replace(made, bisects=bisects, providers=providers, asked=asked)

    @classmethod
    def of(cls, offers: Sequence[Offer], folder: Path = FOLDER) -> Tomorrow:
        """Pin the newest version of each; what cannot be is told."""
        tree, printer = NewerTree(folder), Printer()
        try:
            _forget(tree.report_file)
            left_out = tree.make(offers, Store.of_user(), Clock(printer), taken_up)
        except SandboxError as error:
            print(f"what is newer cannot be pinned: {error}", file=sys.stderr)
            return cls(tuple(offers), {}, str(error), (), folder)
        finally:
            printer.end()
        made = cls(tuple(offers), left_out, "", tuple(tree.packages()), folder)
        for name, why in left_out.items():
            print(f"{made.step(name)} is left out: {why}", file=sys.stderr)
        names = ", ".join(trial.what for trial in made.trials) or "nothing"
        print(f"{tree.diff_file} takes up {names}", flush=True)
        return made

    @property
    def trials(self) -> list[Trial]:
        """What the tree has in a newer version; where there is no tree, what it was to have."""
        if self.trouble:
            packages = [offer for offer in self.offers if not offer.pinned.module]
            return list(trials(self.offers, [_wanted(offer) for offer in packages]))
        return [one for one in trials(self.offers, self.changes) if one.name not in self.left_out]

    @property
    def lacking(self) -> str:
        """Why nothing newer can be run at all; '' where something can."""
        return self.trouble or ("" if self.trials else "; ".join(self.left_out.values()))

    @property
    def tree(self) -> Path | None:
        """The copy of the clone that has it pinned; None where there is none."""
        return None if self.trouble else NewerTree(self.folder).files

    @property
    def code(self) -> int:
        """3 where something newer is not run, else 0."""
        unrun = [one for one in self.trials if not self._chosen(one)]
        return 3 if self.left_out or self.trouble or unrun else 0

    def concerns(self, cell: Cell) -> bool:
        """Whether there is anything for the cell to run, or to say that it did not."""
        return bool(self.left_out) or any(each.concerns(cell) for each in self.trials)

    def _chosen(self, trial: Trial) -> bool:
        return not trial.provider or trial.provider in self.providers

    def judge(
        self, cell: Cell, own: Proved | None, prove: Prove, lacking: str = ""
    ) -> Iterator[Verdict]:
        """Run the cell on what is newer, and say of each version what breaks with it.

        `own` is what the pins of today have proved tonight, where they did: what does not hold
        there is not held against a newer version. Where something breaks with several at once, or
        they cannot be run at once, each is run alone. `lacking`: why the provider runs nothing.
        """
        for name, why in self.left_out.items():
            yield Verdict(cell.name, self.step(name), not_run=why)
        concerned = [each for each in self.trials if each.concerns(cell)]
        for other in (each for each in self.trials if each not in concerned):
            on = f"cell on {other.provider}"
            if self._chosen(other):
                yield Verdict(cell.name, other.what, said=f"not run: a {on} runs it")
            else:
                yield Verdict(cell.name, other.what, not_run=f"no {on} was chosen")
        if concerned and lacking:
            prove(cell, None, lacking, "")
            yield from (Verdict(cell.name, each.what, not_run=lacking) for each in concerned)
            return
        if not concerned:
            if self.left_out:  # never missing: the cell is not run, with the reasons
                prove(cell, None, "; ".join(self.left_out.values()), "")
            return
        proved = prove(cell, self.tree, self.trouble, "")
        found = Comparison.of(proved, own)
        if proved.asked:
            yield verdict.of_api_versions(cell.name, proved, own)
        if len(concerned) == 1:
            yield self._verdict(cell, concerned[0], proved, own, prove)
        elif proved.whole and not found.breaks:
            for trial in concerned:
                others = ", ".join(each.newest for each in concerned if each is not trial)
                notes = (f"together with {others}", *found.notes)
                yield self._said(cell, trial.what, proved, found, notes)
        else:
            yield from self._each_alone(cell, concerned, proved, found, own, prove)

    def _each_alone(
        self,
        cell: Cell,
        concerned: Sequence[Trial],
        together: Proved,
        found: Comparison,
        own: Proved | None,
        prove: Prove,
    ) -> Iterator[Verdict]:
        """Where all at once came to their end only what breaks there is run again."""
        only = [one.scenario for one in found.breaks] if together.whole else []
        what = " and ".join(each.newest for each in concerned)
        note = "all at once; each alone follows"
        if together.whole:
            yield self._said(cell, what, together, found, (note, *found.notes))
        else:
            yield Verdict(cell.name, what, not_run=together.stopped, note=note)
        for trial in concerned:
            alone = Tomorrow.of(trial.offers, self.folder / trial.name)
            why = alone.lacking
            one = replace(cell, newer=f"{cell.newer}-{trial.name}")
            proved = prove(one, None if why else alone.tree, why, ",".join(only))
            # What the packages need is resolved again, and what is taken is what is said.
            [told] = alone.trials or [trial]
            yield self._verdict(one, told, proved, own, prove, only)

    def _verdict(
        self,
        cell: Cell,
        trial: Trial,
        proved: Proved,
        own: Proved | None,
        prove: Prove,
        only: Sequence[str] = (),
    ) -> Verdict:
        """What a run on one newer version alone says of it."""
        further = ["run: what breaks with all at once"] if only else []
        if not proved.whole:
            return Verdict(cell.name, trial.what, not_run=proved.stopped, note="".join(further))
        found = Comparison.of(proved, own, only)
        notes = [*found.notes, *further]
        if self.bisects and found.breaks and len(trial.between) > 1:
            notes.append(self._first_bad(cell, trial.offers[0], found.breaks, own, prove))
        return self._said(cell, trial.what, proved, found, notes)

    def _said(
        self, cell: Cell, what: str, proved: Proved, found: Comparison, notes: Iterable[str]
    ) -> Verdict:
        """The verdict of a run that came to its end."""
        part = f"{verdict.count(len(proved.told), 'scenario')} ({self.asked})" if self.asked else ""
        note = "; ".join(notes)
        return Verdict(cell.name, what, found.breaks, "", found.unknown, part, note)

    def _first_bad(
        self,
        cell: Cell,
        offer: Offer,
        breaks: Sequence[Break],
        own: Proved | None,
        prove: Prove,
    ) -> str:
        """Which version is the first with which any of this breaks; each is pinned alone."""
        name, broken = offer.pinned.name, {one.scenario for one in breaks}
        if own is None or not own.whole or not broken <= own.held:
            why = f"nothing shows that {offer.pinned.version} holds"
            return f"first bad version not looked for: {why}"

        def holds(version: str) -> bool | None:
            between = Offer(offer.pinned, (version,))
            alone = Tomorrow.of([between], self.folder / name / version)
            why, tree = alone.lacking, alone.tree
            one = replace(cell, newer=f"{NEXT}-{name}-{version}")
            proved = prove(one, None if why else tree, why, ",".join(sorted(broken)))
            if not proved.whole or not broken <= proved.told:
                return None
            return broken <= proved.held

        return str(bisect(offer.pinned.version, offer.newer, holds))

    def write(self, verdicts: Sequence[Verdict], interrupted: bool = False) -> None:
        """Print the verdicts, and write them beside the diff. Raises SandboxError."""
        for line in verdict.terminal(verdicts, interrupted):
            print(line, flush=True)
        tree = NewerTree(self.folder)
        diff, report = tree.diff_file, tree.report_file
        try:
            text = diff.read_text(encoding="utf-8") if diff.exists() else ""
            page = verdict.markdown(verdicts, text, self.asked, interrupted)
            replace_file(report, page.encode())
        except OSError as error:
            what = f"{report} cannot be written: {error.strerror}"
            raise SandboxError(what, cure="make room for it") from error

    def step(self, name: str) -> str:
        """From the pinned version of one of the offers to the newest, in words."""
        return next(step(each) for each in self.offers if each.pinned.name == name)


def _forget(report: Path) -> None:
    """An older night's stands beside other pins. Raises SandboxError where it stays."""
    try:
        report.unlink(missing_ok=True)
    except OSError as error:
        what = f"{report} of an older night cannot be removed: {error.strerror}"
        raise SandboxError(what, cure="remove it by hand") from error


def _wanted(offer: Offer) -> Change:
    return Change(offer.pinned.name, (offer.pinned.version,), (offer.newest,))
