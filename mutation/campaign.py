"""A campaign: every mutant judged, every edit of wording tried, on several benches at once."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from guide import Edition
from guide.mutant import Mutant
from mutation.controls import Control, Controls
from mutation.dressing import Dressed, Quiet, dress
from mutation.journal import Journal
from mutation.outcome import Outcome
from mutation.plan import Plan, refusal
from mutation.verdict import Verdict, judge, rewritten

Say = Callable[[str], None]


class Place(Protocol):
    """Where scenarios are run: a bench, or what stands for one in a test."""

    name: str
    folder: Path

    def run(self, edition: Edition, scenario: str, patience: float) -> Outcome:
        """Run one scenario with an edition, nothing awaited longer than `patience` seconds."""

    def stop(self) -> None:
        """End the run at hand and begin no other."""

    def close(self) -> None:
        """Leave nothing."""


class Campaign:
    """Takes the mutants off one queue, as many at once as there are benches."""

    def __init__(self, plan: Plan, benches: Sequence[Place], journal: Journal, say: Say) -> None:
        self._plan = plan
        self._benches = benches
        self._journal = journal
        self._say = say
        self._controls = Controls(plan.edition, plan.features, plan.basis, journal.controls)
        self._jobs: queue.SimpleQueue[Mutant | Dressed] = queue.SimpleQueue()
        self._errors: list[BaseException] = []
        self._left = threading.Event()

    def run(self) -> None:
        """Judge everything; what is found is in the journal at once.

        Raises what a bench raised. On KeyboardInterrupt the benches are left empty, too.
        """
        jobs: list[Mutant | Dressed] = [*self._plan.mutants, *self._plan.dressed]
        for job in jobs:
            if not self._journal.has(job):
                self._jobs.put(job)
        threads = [threading.Thread(target=self._work, args=(each,)) for each in self._benches]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            self._leave()
            for thread in threads:
                if thread.is_alive():  # the interruption may have come before its start
                    thread.join()
            for bench in self._benches:
                bench.close()
        if self._errors:
            raise self._errors[0]

    def _leave(self) -> None:
        self._left.set()
        for bench in self._benches:
            bench.stop()

    def _work(self, bench: Place) -> None:
        folder = bench.folder.with_name(f"{bench.folder.name}-edition")
        try:
            while not self._left.is_set():
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    return
                self._do(job, bench, folder)
        except Exception as error:
            # It is raised again by `run`, in the thread of whoever started the campaign.
            self._errors.append(error)
            self._leave()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _do(self, job: Mutant | Dressed, bench: Place, folder: Path) -> None:
        def control(scenario: str) -> Control | None:
            made = self._controls.of(scenario, bench.run)
            if made is not None and made.had_sandbox:
                self._journal.add_control(made)
            return made

        plan, in_order = self._plan, self._controls.in_order
        text = job.page_text if isinstance(job, Mutant) else job.wording.text
        edition = rewritten(plan.book.edition, folder, job.page, text)
        refused = refusal(plan.book, folder)
        found: Verdict | Quiet | None
        if isinstance(job, Mutant):
            found = judge(
                job, edition, in_order, control, bench.run, refused, plan.basis(*job.scenarios)
            )
        else:
            scenarios = in_order(job.scenarios)
            found = dress(job, edition, plan.edition, scenarios, control, bench.run, refused)
        if found is not None:
            self._journal.add(found)
            self._say(f"[{bench.name}] {found}")
