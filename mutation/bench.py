"""A bench: one sandbox and the runs of scenarios in it, one after the other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from guide import Book, Edition
from guide.ending import DONE, FAILED
from mutation.outcome import Ended, Outcome, outcome, told_of
from sandbox.processes.parent import die_with_parent
from sandbox.sandbox import Sandbox
from steps import baseline_tree, leftover

ROOT = Path(__file__).parents[1]
STEPS = (sys.executable, "-m", "steps")
_RUN_LIMIT_S = 900
_STOP_LIMIT_S = 60


class Bench:
    """A sandbox that stays up between runs and goes with this process.

    It is made anew where the monorepo that an edition begins with is another than the one that
    it stands on, and after a run that did not end in order.
    """

    def __init__(self, name: str, folder: Path, book: Book, edition: Edition) -> None:
        self.name = name
        self.folder = folder
        self._book = book
        self._true = baseline_tree.files(book, edition)
        self._stands_on: dict[str, str | bytes] | None = None
        self._running: subprocess.Popen[str] | None = None
        self._stopped = False

    def run(self, edition: Edition, scenario: str, patience: float) -> Outcome:
        """Run one scenario with the pages of `edition`, nothing awaited longer than `patience`."""
        return self.run_all(edition, [scenario], patience)[0]

    def run_all(self, edition: Edition, scenarios: Sequence[str], patience: float) -> list[Outcome]:
        """Run several one after the other, in one run, as `run` does."""
        tree = baseline_tree.files(self._book, edition)
        if self._stands_on is not None and tree != self._stands_on:
            self.renew()
        if self._stopped:
            return [Outcome(scenario, Ended.STOPPED) for scenario in scenarios]
        self._stands_on = tree
        done = self._run(edition, scenarios, patience)
        if any(each.ended in (Ended.NOT_UP, Ended.BROKEN, Ended.STOPPED) for each in done):
            self.renew()
        if tree == self._true:
            broken = Ended.BROKEN
            done = [replace(d, ended=broken) if d.ended is Ended.NOT_UP else d for d in done]
        return done

    def _run(self, edition: Edition, scenarios: Sequence[str], patience: float) -> list[Outcome]:
        leftover.remove(self.folder)
        self.folder.mkdir(parents=True)
        command = [*STEPS, f"--book={self._book.file.parent.resolve()}", "--provider=embedded"]
        command += [
            f"--feature={','.join(scenarios)}",
            f"--edition={Path(edition.folder).resolve()}",
        ]
        command += [f"--sandbox-name={self.name}", f"--owner={os.getpid()}"]
        command += [f"--patience={patience:.1f}", f"--build={self.folder.resolve()}"]
        started = time.monotonic()
        log = self.folder / "output.txt"
        with log.open("w") as output:
            self._running = subprocess.Popen(
                command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                # Ctrl-C is ours to pass on, and a killed coordinator leaves no run behind.
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
            if self._stopped:
                self._running.terminate()
            try:
                code = self._running.wait(_RUN_LIMIT_S * len(scenarios))
            except subprocess.TimeoutExpired:
                self._running.kill()
                code = self._running.wait()
        took = time.monotonic() - started
        results = self.folder / "results.json"
        left = json.loads(results.read_text()) if results.exists() else None
        said = log.read_text(errors="replace")
        codes = own_codes(code, scenarios, left)
        return [outcome(each, codes[each], left, said, took) for each in scenarios]

    def renew(self) -> None:
        """Take the sandbox down; the next run brings up a new one."""
        self._stands_on = None
        Sandbox(self.name).down()

    def stop(self) -> None:
        """End the run at hand and begin no other."""
        self._stopped = True
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()

    def close(self) -> None:
        """Leave nothing: no run, no sandbox, no file."""
        self.stop()
        if self._running is not None:
            try:
                self._running.wait(_STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                self._running.kill()
                self._running.wait()
        self.renew()
        shutil.rmtree(self.folder, ignore_errors=True)


def own_codes(
    code: int, scenarios: Sequence[str], results: Mapping[str, Any] | None
) -> dict[str, int]:
    """How a run would have ended with each of its scenarios alone: 1 may be another one's."""
    told = {each: told_of(each, results) for each in scenarios}
    passed = {each for each, its in told.items() if its and its["status"] == "passed"}
    others = code == FAILED and passed != set(scenarios)
    return {each: DONE if others and each in passed else code for each in scenarios}
