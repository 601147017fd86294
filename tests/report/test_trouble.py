"""A sandbox that is gone, and steps that end more than themselves."""

from pathlib import Path

import pytest
from shop_suite import FEATURE, STEPS
from tiny_suite import Outcome, TinySuite

from steps.proved import Proved

ERRORS = """
    class SandboxError(Exception):
        exit_code = 3

    class NotReady(SandboxError):
        awaited, last_seen = "a shelf", "nothing"

    class CommandFailed(SandboxError):
        command_exit_code = 1

    class ApiError(SandboxError):
        status = 503

    class UsageError(SandboxError):
        exit_code = 2

    def in_fixture(name): {fixture}
    def in_step(name): {step}
    def in_sandbox(): {sandbox}
"""

NOTHING = {"fixture": "pass", "step": "pass", "sandbox": "pass"}


def trouble(
    folder: Path, *, fixture: str = "pass", step: str = "pass", sandbox: str = "pass"
) -> Outcome:
    errors = ERRORS.format(fixture=fixture, step=step, sandbox=sandbox)
    return TinySuite(folder, FEATURE, STEPS, trouble=errors).run()


def test_a_sandbox_that_does_not_come_up_stops_the_run_with_3(tmp_path: Path) -> None:
    ran = trouble(tmp_path, fixture="raise NotReady('Flux: waited 60 s for it')")
    assert ran.exit_code == 3
    assert list(ran.statuses().values()) == ["failed", "not_run", "not_run"]
    assert ran["shop/first"].error == "set-up: Flux: waited 60 s for it"
    assert ran["shop/third"].error.endswith("Flux: waited 60 s for it")
    assert ran.results.run.stopped == "Flux: waited 60 s for it"


def test_a_sandbox_that_a_step_asks_for_and_that_does_not_come_up_stops_the_run_with_3(
    tmp_path: Path,
) -> None:
    ran = trouble(tmp_path, sandbox="raise NotReady('Flux: waited 60 s for it')")
    assert ran.exit_code == 3
    assert list(ran.statuses().values()) == ["failed", "not_run", "not_run"]


def test_a_sandbox_that_dies_in_a_step_stops_the_run_with_3(tmp_path: Path) -> None:
    ran = trouble(tmp_path, step="raise SandboxError('etcd ended')")
    assert ran.exit_code == 3
    assert list(ran.statuses().values()) == ["failed", "not_run", "not_run"]
    assert ran.steps("shop/first") == ["passed", "failed", "not_run"]
    assert ran.steps("shop/second") == ["not_run"] * 3


@pytest.mark.parametrize("error", ["NotReady", "CommandFailed", "ApiError"])
def test_a_wait_a_command_or_a_server_that_refuses_in_a_step_fails_its_scenario_only(
    tmp_path: Path, error: str
) -> None:
    ran = trouble(tmp_path, step=f"raise {error}('too late')")
    assert ran.exit_code == 1
    assert list(ran.statuses().values()) == ["failed", "failed", "passed"]


def test_a_step_that_ends_the_session_leaves_the_rest_not_run(tmp_path: Path) -> None:
    ran = trouble(tmp_path, step="import pytest; pytest.exit('enough', returncode=1)")
    assert ran.exit_code == 3, "a failure is not what it ended for"
    assert ran.results.run.stopped == "enough"
    assert list(ran.statuses().values()) == ["not_run", "not_run", "not_run"]
    assert ran["shop/first"].error == "enough"


def test_a_step_that_ends_the_session_as_if_all_were_well_is_no_success(tmp_path: Path) -> None:
    ran = trouble(tmp_path, step="import pytest; pytest.exit('enough', returncode=0)")
    assert ran.exit_code == 3
    assert list(ran.statuses().values()) == ["not_run", "not_run", "not_run"]
    assert ran.results.run.exit_code == 3
    assert "the run ended before it came to shop/first" in ran.stdout


def test_wrong_use_found_in_a_fixture_stops_the_run_with_2(tmp_path: Path) -> None:
    ran = trouble(tmp_path, fixture="raise UsageError('unknown provider')")
    assert ran.exit_code == 2
    assert list(ran.statuses().values()) == ["failed", "not_run", "not_run"]


def test_an_internal_error_is_no_failure_of_the_guide(tmp_path: Path) -> None:
    breaks = """
    def pytest_runtest_logreport(report):
        if report.nodeid.endswith("test_one") and report.when == "teardown":
            raise KeyError("a plugin")
    """
    suite = TinySuite(tmp_path, FEATURE, STEPS, trouble=ERRORS.format(**NOTHING), breaks=breaks)
    ran = suite.run("-p", "breaks")
    assert ran.exit_code == 3
    assert ran.results.run.exit_code == 3
    assert ran.results.run.stopped == "an internal error of the harness"
    assert "not_run" in ran.statuses().values()
    assert "exit code 3: the run did not come to its end" in ran.stdout
    proved = Proved.read(tmp_path / "build/results.json")
    assert (proved.whole, proved.stopped) == (False, "an internal error of the harness")
