"""The collector: turns what pytest and pytest-bdd do into results, a view and an exit code."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from guide.ending import INTERRUPTED
from report import failure
from report.binding import Binding, bind, misfits, unbound
from report.errors import ReportError
from report.listener import Listener
from report.masking import mask
from report.preflight import Preflight
from report.reasons import NOT_SELECTED
from report.recorder import Recorder
from report.results import StepResult
from report.shared import Shared, longest_first
from report.summary import summary
from report.view import View

Report = pytest.TestReport
Wrapped = Generator[None, Any, Any]


class Collector(Listener):
    """One run. The root conftest tells it what the sandbox does; the hooks tell it the rest."""

    def __init__(
        self, inputs: Preflight, recorder: Recorder, view: View, *, again: str, path: str
    ) -> None:
        super().__init__(recorder, view)
        self._inputs = inputs
        self._again = again
        self._path = path
        self._by_item: dict[pytest.Item, Binding] = {}
        self._shared: Shared | None = None
        self._took: Mapping[str, float] = {}
        self._begun = 0
        self._opened = False
        self._shown = False
        self._why_skipped = ""
        self._exit_code = 0
        self._problems: list[str] = []

    # Collection: nothing has been started yet, so what is wrong is said on one line.

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """Leave out what FEATURE= does not name."""
        plan = {scenario.id: scenario for scenario in self._inputs.scenarios}
        with self._bad_input():
            bindings = bind(items, plan)
            for problem in unbound(bindings, self._inputs.scenarios):
                raise problem
        self._by_item = {binding.item: binding for binding in bindings}
        for binding in bindings:
            scenario = binding.scenario
            binding.item.user_properties += [
                ("scenario", scenario.id),
                ("file", scenario.feature),
                ("line", str(scenario.line)),
                ("units", " ".join(scenario.units)),
            ]
        wanted = {b.item for b in bindings if self._inputs.selection.wants(b.scenario)}
        left_out = [item for item in items if item in self._by_item and item not in wanted]
        if left_out:
            items[:] = [item for item in items if item not in left_out]
            config.hook.pytest_deselected(items=left_out)

    def share(self, shared: Shared, took: Mapping[str, float]) -> None:
        """This run is one worker's of a greater one; `took` are the seconds of past runs."""
        self._shared, self._took = shared, took

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep what could not be collected, to say it at the end."""
        if report.failed:
            self._problems.append(mask(f"{report.nodeid}: {report.longrepr}"))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Check every sentence, then begin."""
        if session.testsfailed or self._exit_code:
            return
        chosen = [self._by_item[item] for item in session.items if item in self._by_item]
        with self._bad_input():
            if not chosen:
                what = f"nothing is selected by {self._inputs.selection or 'pytest'}"
                raise ReportError(what, cure="`make e2e` without FEATURE and TAGS runs everything")
            problems = list(misfits(chosen))
            for problem in problems[:-1]:
                self._view.say(str(problem))
            for problem in problems[-1:]:
                raise problem
        selection = str(self._inputs.selection)
        names = [binding.scenario.id for binding in chosen]
        self._recorder.open(
            names if self._shared is None else (),
            f"{NOT_SELECTED} ({selection})" if selection else NOT_SELECTED,
            elsewhere=() if self._shared is None else names,
        )
        if self._shared is not None:
            self._shared.left = longest_first(names, self._took)
        self._opened = True
        # If this run is killed, the file of the run before must not be taken for its own.
        if session.config.option.xmlpath:
            Path(session.config.option.xmlpath).unlink(missing_ok=True)
        total = len(self._inputs.scenarios)
        of = "" if len(chosen) == total else f" of {total}"
        noun = "scenario" if total == 1 else "scenarios"
        self._view.start(len(chosen), f"{len(chosen)}{of} {noun} {selection}".rstrip())

    @contextmanager
    def _bad_input(self) -> Iterator[None]:
        try:
            yield
        except ReportError as error:
            self._exit_code = error.exit_code
            self._problems.append(str(error))
            raise pytest.exit.Exception(str(error), returncode=error.exit_code) from error

    # The run.

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """A worker goes on for as long as there is a scenario that nobody has taken."""
        if self._shared is None or not self._opened:
            return None
        item = self._taken(self._shared)
        while item is not None:
            # Taken before this one ends, or the sandbox would go between two scenarios.
            following = self._taken(self._shared)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
            item = following
        return True

    def _taken(self, shared: Shared) -> pytest.Item | None:
        name = shared.take()
        if not name:
            return None
        self._recorder.take(name)
        [item] = [item for item, each in self._by_item.items() if each.scenario.id == name]
        return item

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """An attempt begins before the first fixture does."""
        binding = self._by_item.get(item)
        if binding is None:
            return
        scenario = self._recorder.begin(binding.scenario.id)
        self._begun += scenario.attempts == 1
        self._view.scenario(self._begun, scenario)

    def pytest_bdd_before_step(self, scenario: Any, step: Any) -> None:
        """A step begins."""
        self._view.step(self._recorder.begin_step(_index(scenario, step)))

    def pytest_bdd_after_step(self) -> None:
        """A step ended well."""
        self._step_done(self._recorder.end_step("passed"))

    def pytest_bdd_step_error(self) -> None:
        """A step failed."""
        self._step_done(self._recorder.end_step("failed"))

    def pytest_bdd_step_func_lookup_error(self, scenario: Any, step: Any) -> None:
        """A sentence found no step function when its turn came."""
        self._view.step(self._recorder.begin_step(_index(scenario, step)))
        self._step_done(self._recorder.end_step("failed"))

    def _step_done(self, step: StepResult | None) -> None:
        if step is not None:
            self._view.step_done(step)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, Report, Report]:
        """Set-up, the steps, or the clean-up of a scenario ended."""
        report = yield
        if item not in self._by_item:
            return report
        error = call.excinfo.value if call.excinfo else None
        took = call.duration if call.when == "call" else 0.0
        message = ""
        if report.skipped:
            message = self._why_skipped = _reason(report)
            self._step_done(self._recorder.end_step("skipped"))
            self._recorder.end("skipped", message, duration_s=took)
        elif error is not None and report.failed:
            message = self._failed(item, error, report, took)
        elif report.failed:
            message = str(report.longrepr)
            self._recorder.end("failed", message, duration_s=took)
        elif call.when == "call":
            self._shown = True
            self._recorder.end("passed", duration_s=took)
        failure.hide_secrets(report, message)
        if call.when == "teardown":
            self._view.scenario_done(self._recorder.finish())
        return report

    def _failed(self, item: pytest.Item, error: BaseException, report: Report, took: float) -> str:
        message = failure.text_of(error, report)
        when = {"setup": "set-up: ", "teardown": "clean-up: "}.get(report.when or "", "")
        self._step_done(self._recorder.end_step("failed"))
        self._recorder.end("failed", when + message, duration_s=took)
        self._exit_code = self._exit_code or 1
        in_setup = error is self._setup_error
        code = failure.ends_run(error, "setup" if in_setup else report.when or "")
        if code:
            self._exit_code = code
            head = (message.splitlines() or [""])[0]
            item.session.shouldstop = mask(head)
            self._recorder.stop(head)
        return when + message

    # The end.

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Ctrl-C and SIGTERM; also pytest's own way to stop, which is no interruption."""
        reason = excinfo.value
        if isinstance(reason, pytest.exit.Exception | pytest.Session.Interrupted):
            if self._opened and isinstance(reason, pytest.exit.Exception):
                self._recorder.stop(str(reason))
            return
        self._exit_code = INTERRUPTED
        if self._opened:
            self._recorder.stop("interrupted")
            self._view.phase("interrupted: cleaning up")

    def pytest_internalerror(self, excrepr: object) -> None:
        """Something of the harness itself broke: it is said in full."""
        self._exit_code = self._exit_code if self._exit_code > 1 else 3
        self._problems.append(mask(str(excrepr)))
        if self._opened:
            self._recorder.stop("an internal error of the harness")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Wrapped:
        """Write what ran, let everything be cleaned up, then write how it ended."""
        code = self._exit_code or _OURS.get(int(exitstatus), 3)
        untold = self._opened and self._recorder.untold()
        if code in (0, 1) and untold:
            # A run that is left by the back door must not look like one that came to its end.
            code = 3
            self._problems.append(f"the run ended before it came to {untold[0]}")
        # Whether the whole run showed something is seen when all workers' results are together.
        alone = self._shared is None
        if code == 0 and alone and self._why_skipped and not self._shown:
            # A run that could show nothing must not look like one that went well.
            code = 2
            self._problems.append(f"nothing was shown, all of it was skipped: {self._why_skipped}")
        if self._opened:
            self._recorder.close(code)
        try:
            return (yield)
        finally:
            self._view.close()
            self._finish(code)
            session.exitstatus = code

    def _finish(self, code: int) -> None:
        for problem in self._problems:
            self._view.say(problem, "bold red")
        if self._opened:
            results = self._recorder.close(code)
            of_worker = self._shared is not None
            for text, style in summary(results, self._again, self._path, of_worker=of_worker):
                self._view.say(text, style)

    def pytest_unconfigure(self) -> None:
        """Leave the terminal as it was, whatever happened."""
        self._view.close()


# pytest's exit codes in our terms: passed, failed, interrupted (which by now can only be errors
# of collection), internal error, usage error, nothing collected.
_OURS: Mapping[int, int] = {0: 0, 1: 1, 2: 2, 3: 3, 4: 2, 5: 2}


def _index(scenario: Any, step: Any) -> int:
    return next(number for number, each in enumerate(scenario.steps) if each is step)


def _reason(report: Report) -> str:
    if hasattr(report, "wasxfail"):
        return f"expected to fail: {report.wasxfail}"
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")
