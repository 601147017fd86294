"""The run of one cell of the matrix: its programs, what they leave, its place in the history."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from guide import shelf
from guide.ending import INTERRUPTED, WRONG_USE
from guide.errors import BadInput
from report.ending import unasked
from report.history import History
from report.surroundings import AT_ONCE, BEGAN, CELL, NIGHT, now
from sandbox.errors import SandboxError, UsageError
from sandbox.providers import choice
from sandbox.toolchain.newer.python import of_tree
from steps import junits
from steps.apart import Apart
from steps.in_turn import InTurn
from steps.matrix import Cell
from steps.proved import Proved
from steps.run_end import RunEnd, id_in

PYTHON = (sys.executable, "-m")
_FOLDERS = ("PROOFBOOK_CACHE", "PROOFBOOK_STATE")
_AGAIN = "make nightly NEXT=1"
"""What runs a cell on newer versions again."""
_ENDS = (0, 1, 3, INTERRUPTED)
"""How a run of a cell ends that has left results of its own."""


@dataclass(frozen=True)
class CellRun:
    """A cell as it is run tonight."""

    cell: Cell
    asked: argparse.Namespace
    """Which features and tags, with how many workers and retries."""
    turns: InTurn
    number: int = 0
    """Its place in the night."""
    of: int = 0
    """How many there are tonight."""
    at_once: int = 1
    """How many cells run: one beside others has a folder, a sandbox and a voice of its own."""
    night: str = ""
    """When the night began."""
    tree: Path | None = None
    """Another tree that it runs on."""
    trouble: str = ""
    """Why it cannot run at all."""

    def say(self, what: str = "") -> None:
        """Say that it begins, or what becomes of it."""
        said = f"cell {self.number} of {self.of}: {self.cell.name} {what}".strip()
        # One write: other cells may have something to say at this moment.
        print(f"{said}\n", end="", flush=True)

    def prove(self) -> RunEnd | None:
        """Run it: how it ended, with what results; None where a signal was before them."""
        if self.turns.received:
            return None
        env = {**self._env, BEGAN: now() if self._apart else ""}
        try:
            if self._apart:
                self._apart.lay()
            before = id_in(self._build)
            if self.trouble:
                raise UsageError(self.trouble)
            choice.refuse(self.cell.provider, self.cell.versions)
            there = {**env, **self._of_tree()}
            code, why = self.turns.run(self._steps, there, self.tree, who=self._who), ""
        except (SandboxError, OSError) as error:
            code, why = getattr(error, "exit_code", 3), f"could not begin: {error}"
            before = id_in(self._build)
        if self.turns.received and code not in _ENDS:
            self._nothing()
            return None
        # What was wrongly asked leaves none, unless all that was asked for was skipped.
        if code not in (*_ENDS, WRONG_USE) or id_in(self._build) in (None, before):
            # As a shell has it: a signal is beyond 128.
            ended = (unasked(128 - code) if code < 0 else "") or f"ended with {code}"
            why = why or f"{ended} before it had results; its output says more"
            code = self.turns.run(self._lost(why), env, who=self._who)
            if self.turns.received and id_in(self._build) in (None, before):
                self._nothing()
                return None
        run = id_in(self._build)
        if run in (None, before):  # what noted it may itself have broken off, with any code
            return RunEnd(code if code == 2 else 3, None)
        return RunEnd(code, run)

    def _nothing(self) -> None:
        """A signal has come before there were results."""
        if self._apart:
            self._apart.drop()

    def proved(self, end: RunEnd) -> Proved:
        """What it has proved, as the results say that it has left."""
        if end.run is None or end.run != id_in(self._build):
            return Proved.of_nothing()
        return Proved.read(self._build / "results.json")

    def record(self, end: RunEnd) -> tuple[list[int], bool]:
        """Put it into the history and show it: the codes that count, and whether it is there.

        How a run ended that is there is the report's to judge: what fails since long is not new.
        """
        code, book = end.code, self.cell.book
        try:
            if self._apart:
                self._apart.put()
            at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            words = [*PYTHON, "report", "after", f"--code={code}"]
            words += [f"--book={book.file.parent}", f"--now={at}"]
            kept = self.turns.run(words, self._env, who=self._who, late=True)
            if end.run is None:
                return self._unrecorded(code, "it left no results; its output says more")
            if self._apart and end.run != id_in(book.build()):
                return self._unrecorded(code, "another run has put its results in their place")
            self._keep_junit()
            known = {run.id for run in History.read(book.build() / "history").runs}
        except (SandboxError, BadInput, OSError) as error:
            return self._unrecorded(code, str(error))
        if end.run not in known:
            return self._unrecorded(code, f"what records it ended with {kept}")
        return ([] if kept == code else [kept]), True

    def _keep_junit(self) -> None:
        try:
            junits.keep(self.cell.book.build(), self.cell.name)
        except OSError as error:  # the history has the run all the same
            print(f"cell {self.cell.name}: its junit.xml is not kept: {error}", file=sys.stderr)

    def _unrecorded(self, code: int, why: str) -> tuple[list[int], bool]:
        print(f"cell {self.cell.name} cannot be recorded: {why}", file=sys.stderr, flush=True)
        return [3, code], False

    @property
    def _apart(self) -> Apart | None:
        return Apart(self.cell.book.build(), self.cell.name) if self.at_once > 1 else None

    @property
    def _build(self) -> Path:
        return self._apart.folder if self._apart else self.cell.book.build()

    @property
    def _who(self) -> str:
        return self.cell.name if self.at_once > 1 else ""

    @property
    def _env(self) -> dict[str, str]:
        at_once = str(self.at_once) if self.at_once > 1 else ""
        told = {CELL: self.cell.name, AT_ONCE: at_once, NIGHT: self.night if at_once else ""}
        return {**os.environ, **self.cell.versions.env, **told}

    def _of_tree(self) -> dict[str, str]:
        """What else a run on another tree is told, whose folder becomes the current one."""
        if self.tree is None:
            return {}
        kept = {name: os.environ[name] for name in _FOLDERS if os.environ.get(name)}
        absolute = {name: str(Path(value).absolute()) for name, value in kept.items()}
        return {**absolute, "PYTHONPATH": str(self.tree.absolute())}

    @property
    def _steps(self) -> list[str]:
        asked, tree, book = self.asked, self.tree, self.cell.book.file.parent
        if tree and book.resolve().is_relative_to(shelf.ROOT.resolve()):
            book = tree.absolute() / book.resolve().relative_to(shelf.ROOT.resolve())
        python = [str(of_tree(tree)), *PYTHON[1:]] if tree else PYTHON
        words = [*python, "steps", f"--book={book.absolute() if tree else book}"]
        words += [f"--build={self._build.resolve()}", f"--again={_AGAIN}"] if tree else []
        if self._apart:
            words += [f"--build={self._build}", f"--sandbox-name=cell-{self.number}"]
        words += [f"--provider={self.cell.provider}"]
        words += [f"--feature={asked.feature}", f"--tags={asked.tags}"]
        return [*words, f"--workers={asked.workers}", f"--retries={asked.retries}"]

    def _lost(self, why: str) -> list[str]:
        """The command that notes every scenario of the cell as not_run."""
        cell, book = self.cell, self.cell.book
        again = ["make e2e", book.setting, f"PROVIDER={cell.provider}", *cell.versions.settings]
        if cell.newer:
            again = [_AGAIN]
        words = [*PYTHON, "report", "lost", f"--out={self._build}", "--code=3", f"--why={why}"]
        words += [f"--book-name={book.name}", f"--features-folder={book.features}"]
        words += [f"--edition-folder={book.edition}", f"--provider={cell.provider}"]
        words += [f"--only={self.asked.feature}", f"--tags={self.asked.tags.replace('@', '')}"]
        return [*words, f"--again={' '.join(filter(None, again))}"]
