import io
import os
import pty
import re
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from full_results import FULL
from rich.console import Console
from still_clock import Clock
from tiny_suite import TinySuite

from report.live import LiveView
from report.plain import PlainView
from report.results import ScenarioResult, StepResult
from report.summary import summary
from report.view import seconds

STEP = StepResult("When", "someone pushes", "passed", 0.4)
SCENARIO = ScenarioResult("shop/a", "shop.feature", "It opens", (), (), "passed", 1, 12.3)


def test_plain_lines_one_for_a_step_and_one_for_each_10_s_of_waiting() -> None:
    file = io.StringIO()
    view = PlainView(file)
    view.start(2, "2 scenarios")
    view.scenario(1, SCENARIO)
    view.step(STEP)
    for elapsed in (0.2, 9.9, 10.1, 10.3, 19.0, 20.2, 31.0):
        view.progress("apps Ready", f"progressing\n{elapsed}", elapsed)
    for elapsed in (0.1, 11.0):
        view.progress("pods", "", elapsed)
    view.step_done(STEP)
    view.step_done(replace(STEP, status="failed"))
    view.scenario_done(SCENARIO)
    view.scenario(2, replace(SCENARIO, attempts=2))
    assert file.getvalue().splitlines() == [
        "2 scenarios",
        "[1/2] shop/a: It opens",
        "        waiting 10 s for apps Ready; last seen: progressing 10.1",
        "        waiting 20 s for apps Ready; last seen: progressing 20.2",
        "        waiting 31 s for apps Ready; last seen: progressing 31.0",
        "        waiting 11 s for pods",
        "    ✔ When someone pushes (0.4 s)",
        "    ✗ When someone pushes (failed, 0.4 s)",
        "  ✔ passed in 12 s",
        "[2/2] shop/a: It opens (attempt 2)",
    ]


def live(environment: Mapping[str, str]) -> tuple[LiveView, Clock, io.StringIO]:
    file, clock = io.StringIO(), Clock()
    console = Console(
        file=file, force_terminal=True, width=60, _environ={"TERM": "xterm", **environment}
    )
    return LiveView(file, clock=clock, console=console), clock, file


def picture(view: LiveView) -> list[str]:
    console = Console(file=io.StringIO(), width=60)
    with console.capture() as captured:
        console.print(view.picture())
    return captured.get().splitlines()


def test_the_picture_shows_step_and_wait_with_their_seconds() -> None:
    view, clock, _ = live({})
    view.start(7, "7 scenarios")
    try:
        view.scenario(3, SCENARIO)
        clock.now += 2
        view.step(STEP)
        view.progress("apps Ready", "progressing\nslowly", 1.0)
        clock.now += 30
        lines = picture(view)
        assert lines[0][1:] == " scenario 3 of 7 · It opens · 32 s"
        assert lines[1:] == [
            "  When someone pushes  30 s",
            "    waiting 31 s for apps Ready",
            "    last seen: progressing slowly",
        ]
        view.phase("etcd starts")
        assert picture(view)[2:] == ["    etcd starts"]
        view.step_done(STEP)
        assert picture(view)[1:] == ["    between steps"]
        view.scenario_done(SCENARIO)
        assert picture(view)[0][1:] == " 3 of 7 done · 32 s"
    finally:
        view.close()


def test_a_long_sentence_is_cut_and_never_breaks_the_picture() -> None:
    view, _, _ = live({})
    view.start(1, "1 scenario")
    try:
        view.scenario(1, SCENARIO)
        view.step(replace(STEP, text="x" * 500 + " [bold]"))
        assert [len(line) <= 60 for line in picture(view)] == [True, True]
    finally:
        view.close()


@pytest.mark.parametrize("environment", [{}, {"NO_COLOR": "1"}])
def test_a_failure_is_told_by_sign_and_word_with_and_without_colour(
    environment: Mapping[str, str],
) -> None:
    view, _, file = live(environment)
    view.start(1, "1 scenario")
    view.scenario_done(replace(SCENARIO, status="failed"))
    view.close()
    written = file.getvalue()
    coloured = re.search(r"\x1b\[[0-9;]*3[1-6]", written) is not None
    assert coloured == (not environment)
    plain = re.sub(r"\x1b\[[?0-9;]*[a-zA-Z]", "", written)
    assert "✗ It opens failed  12 s  shop/a" in plain


FEATURE = """
    Feature: A shop
      @id:first @unit:shop/step-1
      Scenario: It opens
        Given a shelf
"""
STEPS = """
    @given("a shelf")
    def shelf(collector):
        collector.progress("a shelf", "nothing yet", 1.0)
        print("printed by a step")
"""


def test_on_a_terminal_the_run_is_drawn_and_pytest_is_quiet(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, STEPS)
    ours, theirs = pty.openpty()
    environment = {**suite.environment, "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen(
        suite.command(), cwd=tmp_path, env=environment, stdout=theirs, stderr=theirs
    ) as run:
        os.close(theirs)
        written = b""
        try:
            while part := os.read(ours, 65536):
                written += part
        except OSError:
            pass  # Linux says so when the last writer has closed the terminal.
    os.close(ours)
    text = written.decode()
    assert run.returncode == 0, text
    assert "✔ It opens" in text
    assert "✔ 1 passed in " in text
    assert "printed by a step" not in text
    assert "test session starts" not in text
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1


def test_the_summary_shortens_a_long_error_and_says_where_the_rest_is() -> None:
    long = replace(FULL.scenarios[0], error="\n".join(f"line {n}" for n in range(100)))
    results = replace(FULL, scenarios=(long,))
    text = "\n".join(line for line, _ in summary(results, "make e2e", "build/results.json"))
    assert "    line 39\n    [... 60 more lines are in the results ...]" in text
    assert "  last command: pay (exit code 1)" in text
    assert "  bundle: build/bundles/row" in text
    assert "  again: make e2e FEATURE=shop/row" in text
    assert "run more than once: shop/row[2]" in text
    assert "on Kubernetes , v1beta1 Till is deprecated: use v1 Till (in old, older)" in text
    assert "v1 Till is served" not in text


def test_the_summary_says_what_did_not_run_once_for_each_reason() -> None:
    def left(name: str, error: str) -> ScenarioResult:
        return replace(SCENARIO, id=f"shop/{name}", status="not_run", error=error)

    gone, no = "the run did not come to it: worker 2 of 2 was ended", "not selected"
    those = [left(f"{n}", f"{gone}. Cure: FEATURE=shop/{n}") for n in range(5)]
    results = replace(FULL, scenarios=(*those, left("x", "no engine\nmore"), left("y", no)))
    lines = [line for line, _ in summary(results, "make e2e", "build/results.json")]
    assert lines[:5] == [
        "",
        f"○ not run: shop/0, shop/1, shop/2 and 2 more: {gone}",
        "○ not run: shop/x: no engine",
        "  again: make e2e FEATURE=shop/x",
        "",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (119.4, "119 s"), (125.0, "2 min 5 s")],
)
def test_durations_to_read(value: float, text: str) -> None:
    assert seconds(value) == text
