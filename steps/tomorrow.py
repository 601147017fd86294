"""Tomorrow's versions: what is newer, pinned in a tree of its own, and what breaks with it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
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
from steps.bisection import Bisection, bisect
from steps.matrix import NEXT, Cell
from steps.matrix_text import taken_up
from steps.proved import Break, Proved
from steps.trial import Trial, step, trials
from steps.verdict import Verdict

REPORT = "report.md"

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

    @classmethod
    def look(cls, bisects: bool = False) -> Tomorrow:
        """Print what is newer and pin it; UsageError where it is not known what is newer."""
        offers = asking.everything()
        print(table(offers), flush=True)
        made = cls.of([offer for offer in offers if offer.newer])
        return replace(made, bisects=bisects)

    @classmethod
    def of(cls, offers: Sequence[Offer], folder: Path = FOLDER) -> Tomorrow:
        """Pin the newest version of each; what cannot be is told."""
        tree, printer = NewerTree(folder), Printer()
        try:
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
            return list(trials(self.offers, [_wanted(offer) for offer in self.offers]))
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
        return 3 if self.left_out or self.trouble else 0

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
            yield Verdict(cell.name, other.what, not_run=f"a cell on {other.provider} runs it")
        if concerned and lacking:
            prove(cell, None, lacking, "")
            yield from (Verdict(cell.name, each.what, not_run=lacking) for each in concerned)
            return
        if not concerned:
            if self.left_out:  # never missing: the cell is not run, with the reasons
                prove(cell, None, "; ".join(self.left_out.values()), "")
            return
        proved = prove(cell, self.tree, self.trouble, "")
        breaks, _ = _against(proved, own)
        if proved.asked:
            yield verdict.of_api_versions(cell.name, proved, own)
        if len(concerned) == 1:
            yield self._verdict(cell, concerned[0], proved, own, prove)
        elif proved.whole and not breaks:
            for trial in concerned:
                others = ", ".join(each.newest for each in concerned if each is not trial)
                yield Verdict(cell.name, trial.what, note=f"together with {others}")
        else:
            yield from self._each_alone(cell, concerned, proved, breaks, own, prove)

    def _each_alone(
        self,
        cell: Cell,
        concerned: Sequence[Trial],
        together: Proved,
        breaks: tuple[Break, ...],
        own: Proved | None,
        prove: Prove,
    ) -> Iterator[Verdict]:
        """Where all at once came to their end only what breaks there is run again."""
        only = ",".join(one.scenario for one in breaks) if together.whole else ""
        what = " and ".join(each.newest for each in concerned)
        yield Verdict(
            cell.name,
            what,
            breaks if together.whole else (),
            "" if together.whole else together.stopped,
            "all at once; each alone follows",
        )
        for trial in concerned:
            alone = Tomorrow.of(trial.offers, self.folder / trial.name)
            why = alone.lacking
            one = replace(cell, newer=f"{cell.newer}-{trial.name}")
            proved = prove(one, None if why else alone.tree, why, only)
            # What the packages need is resolved again, and what is taken is what is said.
            [told] = alone.trials or [trial]
            yield self._verdict(
                one, told, proved, own, prove, "run: what breaks with all at once" if only else ""
            )

    def _verdict(
        self,
        cell: Cell,
        trial: Trial,
        proved: Proved,
        own: Proved | None,
        prove: Prove,
        further: str = "",
    ) -> Verdict:
        """What a run on one newer version alone says of it."""
        if not proved.whole:
            return Verdict(cell.name, trial.what, not_run=proved.stopped, note=further)
        breaks, note = _against(proved, own)
        notes = [note, further]
        if self.bisects and breaks and len(trial.between) > 1:
            notes.append(str(self._first_bad(cell, trial.offers[0], breaks, prove)))
        return Verdict(cell.name, trial.what, breaks, note="; ".join(filter(None, notes)))

    def _first_bad(
        self, cell: Cell, offer: Offer, breaks: Sequence[Break], prove: Prove
    ) -> Bisection:
        """Which version is the first with which any of this breaks; each is pinned alone."""
        name, only = offer.pinned.name, ",".join(one.scenario for one in breaks)

        def holds(version: str) -> bool | None:
            between = Offer(offer.pinned, (version,))
            alone = Tomorrow.of([between], self.folder / name / version)
            why = alone.lacking
            newer = f"{NEXT}-{name}-{version}"
            proved = prove(replace(cell, newer=newer), None if why else alone.tree, why, only)
            if not proved.whole:
                return None
            return not any(one.scenario in proved.breaks for one in breaks)

        return bisect(offer.pinned.version, offer.newer, holds)

    def write(self, verdicts: Sequence[Verdict]) -> None:
        """Print the verdicts, and write them beside the diff."""
        for line in verdict.terminal(verdicts):
            print(line, flush=True)
        diff = NewerTree(self.folder).diff_file
        text = diff.read_text(encoding="utf-8") if diff.exists() else ""
        replace_file(self.folder / REPORT, verdict.markdown(verdicts, text).encode())

    def step(self, name: str) -> str:
        """From the pinned version of one of the offers to the newest, in words."""
        return next(step(each) for each in self.offers if each.pinned.name == name)


def _against(proved: Proved, own: Proved | None) -> tuple[tuple[Break, ...], str]:
    """What breaks that held on the pins of today, and what has to be known with it."""
    if own is None or not own.whole:
        found = tuple(proved.breaks.values())
        return found, "not held against today's pins, which proved nothing tonight"
    old = own.breaks.keys()
    found = tuple(one for name, one in proved.breaks.items() if name not in old)
    both = len(proved.breaks) - len(found)
    return found, f"{both} more fail with today's pins too" if both else ""


def _wanted(offer: Offer) -> Change:
    return Change(offer.pinned.name, (offer.pinned.version,), (offer.newest,))
