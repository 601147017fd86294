"""Runs that are interrupted or killed."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from background import in_background
from shop_suite import FEATURE, STEPS
from tiny_suite import Outcome, TinySuite

pytestmark = pytest.mark.integration

SLOW = """
    import select

    def in_fixture(name): pass
    def in_sandbox(): pass

    def in_step(name):
        if name == "test_two":
            print("reached", flush=True)
            select.select([], [], [], 60)
"""


def cut_off(folder: Path, number: signal.Signals) -> Outcome:
    suite = TinySuite(folder, FEATURE, STEPS, trouble=SLOW)
    said = []
    with subprocess.Popen(
        in_background(suite.command("-s")),
        cwd=folder,
        env=suite.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            said.append(line)
            if "reached" in line:
                os.kill(run.pid, number)
    return Outcome(run.returncode, "".join(said), "", folder)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_what_ran_and_the_rest_as_not_run(
    tmp_path: Path, number: signal.Signals
) -> None:
    ran = cut_off(tmp_path, number)
    assert ran.exit_code == 130, ran.stdout
    assert ran.statuses() == {
        "shop/first": "passed",
        "shop/second": "not_run",
        "shop/third": "not_run",
    }
    assert ran["shop/second"].error == "interrupted in the step: something happens"
    assert ran.steps("shop/second") == ["passed", "not_run", "not_run"]
    assert ran["shop/third"].error == "the run did not come to it: interrupted"
    assert ran.results.run.exit_code == 130
    assert "exit code 130: interrupted" in ran.stdout


def test_a_killed_run_leaves_whole_results_that_say_that_it_broke_off(tmp_path: Path) -> None:
    ran = cut_off(tmp_path, signal.SIGKILL)
    assert ran.exit_code == -signal.SIGKILL
    assert ran.results.run.exit_code is None
    assert list(ran.statuses().values()) == ["passed", "not_run", "not_run"]
    assert ran["shop/second"].error == "the run broke off in it"
    assert [path.name for path in (tmp_path / "build").iterdir()] == ["results.json"]
