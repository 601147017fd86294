"""The recorder: takes what happens in a run, in order, and keeps the results file up to date.

Knows no test runner; `report.collect` tells it what pytest and pytest-bdd do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from threading import RLock
from typing import Any

from report.draft import KINDS, Draft, Gathered
from report.files import replace as replace_file
from report.reasons import ELSEWHERE, NOT_YET
from report.results import Phase, Results, Run, ScenarioResult, Status, StepResult
from report.store import Store
from report.surroundings import load, now
from report.texts import Texts, clean, clean_file


class Recorder:
    """One run. The file is written when it opens, and when a scenario begins and ends.

    So whatever ends the run, the file is whole, and what did not run is not_run.
    """

    def __init__(self, plan: Sequence[ScenarioResult], run: Run, store: Store) -> None:
        self.run = run
        self._store = store
        self._started = time.monotonic()
        self._texts = Texts(store.path.parent)
        self._drafts = {one.id: Draft(one, self._texts) for one in plan}
        self._setup = Gathered(self._texts)
        self._aside = False
        self._current: Draft | None = None
        # Evidence may come from other threads than the one that runs the steps.
        self._lock = RLock()

    def open(
        self, selected: Collection[str], otherwise: str, elsewhere: Collection[str] = ()
    ) -> None:
        """The run begins with these scenarios; the others say why they do not run.

        `elsewhere` are those that all workers of the run share: another's, unless it is taken.
        """
        with self._lock:
            for name, draft in self._drafts.items():
                if name not in selected:
                    draft.leave(ELSEWHERE if name in elsewhere else otherwise)
            self._write()

    def take(self, scenario_id: str) -> None:
        """A scenario that all workers share is this one's."""
        with self._lock:
            self._drafts[scenario_id].leave(NOT_YET)
            self._write()

    def describe(self, **header: Any) -> None:
        """Fill in what is known about the run: provider, versions, simulated, settings.

        Settings come to those that it began with.
        """
        if "settings" in header:
            header["settings"] = {**self.run.settings, **header["settings"]}
        self.run = replace(self.run, **header)

    def scenario(self, scenario_id: str) -> ScenarioResult:
        """How a scenario stands now."""
        return self._drafts[scenario_id].frozen()

    @property
    def current(self) -> ScenarioResult | None:
        """The scenario that is being set up, run or cleaned up, as it stands now."""
        return self._current.frozen() if self._current else None

    def begin(self, scenario_id: str) -> ScenarioResult:
        """An attempt at a scenario begins."""
        with self._lock:
            self._current = self._drafts[scenario_id]
            self._current.begin()
            self._write()
            return self._current.frozen()

    def begin_step(self, index: int) -> StepResult:
        """Step `index` (from 0) of the current scenario begins."""
        with self._lock:
            return self._draft().begin_step(index)

    def end_step(self, status: Status) -> StepResult | None:
        """The running step ended; None where none was running."""
        with self._lock:
            return self._draft().end_step(status)

    def end(self, status: Status, error: str = "", *, duration_s: float = 0.0) -> None:
        """A part of the current scenario (set-up, steps, clean-up) decided how it went."""
        with self._lock:
            self._draft().end(status, error, duration_s)

    def finish(self) -> ScenarioResult:
        """The current scenario is over, clean-up included."""
        with self._lock:
            draft = self._draft()
            draft.settle()
            self._current = None
            self._write()
            return draft.frozen()

    def stand_on(self, templates: Mapping[str, str]) -> None:
        """Which clusters of the current scenario's sandbox came from a template, made when."""
        with self._lock:
            self._draft().stand_on(templates)

    def bundle(self, folder: str) -> Callable[[str, str], None]:
        """The failure bundle of the current scenario lies there, relative to the results.

        What comes back keeps one file of it, by its name in the folder and its text: masked before
        it is written, and whole or not at all.
        """
        with self._lock:
            self._draft().bundle = folder
        target = self._store.path.parent / folder

        def keep(name: str, text: str) -> None:
            replace_file(target / name, clean_file(name, text).encode())

        return keep

    def _draft(self) -> Draft:
        if self._current is None:
            raise RuntimeError("no scenario is running")
        return self._current

    def record(self, kind: str, value: Mapping[str, Any]) -> None:
        """Keep one piece of evidence, of the step that is running.

        Before a step it belongs to that step, after the last to the clean-up; outside a scenario
        and in `aside` to the set-up of the run. ValueError for an unknown kind, TypeError for
        fields that the kind does not have.
        """
        if kind not in KINDS:
            raise ValueError(f"evidence is one of {', '.join(KINDS)}, not {kind}")
        with self._lock:
            if self._current is None or self._aside:
                self._setup.add(kind, value)
            else:
                self._current.add(kind, value)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """What is recorded in here was done for the run, not for the scenario at hand.

        The time that it takes counts neither for the scenario nor for its step.
        """
        before, self._aside = self._aside, True
        started = time.monotonic()
        try:
            yield
        finally:
            self._aside = before
            with self._lock:
                if self._current is not None and not before:
                    self._current.aside(time.monotonic() - started)

    def phase(self, name: str, duration_s: float) -> None:
        """A phase of bringing the sandbox up or down ended after so many seconds."""
        with self._lock:
            ended = Phase(clean(name), round(duration_s, 3))
            self.run = replace(self.run, phases=(*self.run.phases, ended))

    def stop(self, reason: str) -> None:
        """The run ends before its last scenario: what has not run says why."""
        with self._lock:
            self.run = replace(self.run, stopped=clean(reason))
            for draft in self._drafts.values():
                if draft is self._current and draft.status == "not_run":
                    step = draft.step
                    where = f" in the step: {step.written.text}" if step else ""
                    draft.end("not_run", f"{reason}{where}")
                    draft.settle()
                elif not draft.attempts and draft.error == NOT_YET:
                    draft.leave(f"{NOT_YET}: {reason}")
            self._write()

    def close(self, exit_code: int) -> Results:
        """The run ended with this exit code: written for the last time."""
        with self._lock:
            self.run = replace(self.run, exit_code=exit_code)
            self._write()
            return self.results()

    def untold(self) -> list[str]:
        """The scenarios that were selected and of which nothing is told."""
        found = (draft.frozen() for draft in self._drafts.values())
        return [one.id for one in found if one.untold]

    def results(self) -> Results:
        """The results as they stand now."""
        return Results(self.run, tuple(draft.frozen() for draft in self._drafts.values()))

    def _write(self) -> None:
        took = round(time.monotonic() - self._started, 3)
        setup = self._setup.evidence()
        busy = max(load(), self.run.load or 0.0)
        self.run = replace(self.run, finished=now(), duration_s=took, setup=setup, load=busy)
        results = self.results()
        self._store.write(results.run, results.scenarios)
