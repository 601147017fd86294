"""Bad input, a sandbox that is gone, and runs that are cut off."""

import os
import signal
import subprocess
import textwrap
from pathlib import Path

import pytest
from background import in_background
from tiny_suite import Outcome, TinySuite

FEATURE = """
    Feature: A shop
      @id:first @unit:shop/step-1
      Scenario: One
        Given a shelf
        When something happens
        Then it is over

      @id:second @unit:shop/step-1
      Scenario: Two
        Given a shelf
        When something happens
        Then it is over

      @id:third @unit:shop/step-1
      Scenario: Three
        Given a shelf
"""

STEPS = """
    from trouble import in_fixture, in_sandbox, in_step

    @pytest.fixture(autouse=True)
    def sandbox(request):
        in_fixture(request.node.name)
        yield

    @pytest.fixture(scope="session")
    def late(collector):
        with collector.setting_up():
            in_sandbox()

    @given("a shelf")
    def shelf(late): pass

    @when("something happens")
    def something(request): in_step(request.node.name)

    @then("it is over")
    def over(): pass
"""

ERRORS = """
    class SandboxError(Exception):
        exit_code = 3

    class NotReady(SandboxError):
        awaited, last_seen = "a shelf", "nothing"

    class CommandFailed(SandboxError):
        command_exit_code = 1

    class UsageError(SandboxError):
        exit_code = 2

    def in_fixture(name): {fixture}
    def in_step(name): {step}
    def in_sandbox(): {sandbox}
"""


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


@pytest.mark.parametrize("error", ["NotReady", "CommandFailed"])
def test_a_wait_or_a_command_that_fails_in_a_step_fails_its_scenario_only(
    tmp_path: Path, error: str
) -> None:
    ran = trouble(tmp_path, step=f"raise {error}('too late')")
    assert ran.exit_code == 1
    assert list(ran.statuses().values()) == ["failed", "failed", "passed"]


def test_a_step_that_ends_the_session_leaves_the_rest_not_run(tmp_path: Path) -> None:
    ran = trouble(tmp_path, step="import pytest; pytest.exit('enough', returncode=1)")
    assert ran.exit_code == 1
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


NOTHING = "in_fixture = in_step = lambda name: None\nin_sandbox = lambda: None\n"


def refused(folder: Path, feature: str, *options: str, steps: str = STEPS) -> str:
    """The one line that a run says that never starts; nothing is written."""
    ran = TinySuite(folder, feature, steps, trouble=NOTHING).run(*options)
    assert ran.exit_code == 2, ran.stdout + ran.stderr
    assert not (folder / "build").exists()
    said = (ran.stdout + ran.stderr).strip()
    assert "\n" not in said
    return said


def test_a_feature_that_is_asked_for_and_not_there(tmp_path: Path) -> None:
    said = refused(tmp_path, FEATURE, "--only", "shop/frst")
    assert said.startswith('FEATURE "shop/frst" matches no feature and no scenario. Cure: did you')
    assert "shop/first" in said


def test_tags_that_match_nothing_or_are_no_expression(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    said = refused(tmp_path / "a", FEATURE, "-m", "slwo")
    assert said.startswith('TAGS "slwo": no scenario has tag "slwo"')
    (tmp_path / "b").mkdir()
    said = refused(tmp_path / "b", FEATURE, "-m", "slow and")
    assert said.startswith('TAGS "slow and" is no expression of tags')


def test_a_malformed_feature_names_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, FEATURE.replace("When something", "Wehn something", 1))
    assert said.startswith("features/shop.feature:6: is no Gherkin: ")


def test_a_sentence_without_a_step_names_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, FEATURE.replace("When something", "When nothing", 1))
    assert said.startswith('features/shop.feature:6: no step says "When nothing happens"')


def test_two_scenarios_with_one_name_of_which_one_would_never_run(tmp_path: Path) -> None:
    said = refused(tmp_path, FEATURE.replace("Scenario: Two", "Scenario: One"))
    assert said.startswith('features/shop.feature:10: two scenarios are called "One"')


def test_a_scenario_that_no_test_module_runs(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, STEPS, trouble=NOTHING)
    module = tmp_path / "test_shop.py"
    module.write_text(module.read_text().replace('"features"', '"features/shop.feature"'))
    (tmp_path / "features/lost.feature").write_text(textwrap.dedent(FEATURE))
    ran = suite.run()
    assert ran.exit_code == 2
    assert "features/lost.feature:4: no test runs scenario lost/first" in ran.stdout


def test_steps_that_cannot_be_imported(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, "import nowhere_to_be_found\n", trouble=NOTHING)
    ran = suite.run()
    assert ran.exit_code == 2
    assert "No module named 'nowhere_to_be_found'" in ran.stdout
    assert not (tmp_path / "build").exists()


SECRETS = """
    from report import masking

    @pytest.fixture(autouse=True)
    def sandbox(collector):
        masking.register("open-sesame")
        collector.describe(provider="embedded", versions={"flux": "v2.9"}, simulated=("pods",))
        collector.phase("etcd starts")
        collector.phase("etcd", 0.5)
        with collector.setting_up():
            command("bring up", "glpat-0123456789abcdefgh", collector)
        return collector

    def command(line, output, collector):
        collector.record("commands", dict(
            line=line, cwd=".", exit_code=0, stdout=output, stderr="", duration_s=0.1))

    @given("a shelf")
    def shelf(collector):
        command("cat secret", "it is open-sesame", collector)
        collector.bundle("bundles/first")

    @when("something happens")
    def something(collector):
        command("cat much", "head open-sesame\\n" + "x" * 5_000_000 + "\\ntail", collector)
        print("open-sesame")
        assert False, "told open-sesame"

    @then("it is over")
    def over(): pass
"""


def test_no_secret_reaches_any_file_and_long_outputs_lie_beside(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, SECRETS)
    ran = suite.run("--junitxml", "build/junit.xml")
    assert ran.exit_code == 1
    everything = [path for path in (tmp_path / "build").rglob("*") if path.is_file()]
    assert len(everything) == 3
    for path in everything:
        assert "sesame" not in path.read_text(), path
        assert "0123456789abcdefgh" not in path.read_text()
    assert "sesame" not in ran.stdout
    assert ran["shop/first"].error.startswith("told ***")
    assert ran["shop/first"].bundle == "bundles/first"
    (much,) = ran["shop/first"].steps[1].commands
    whole = (tmp_path / "build" / much.stdout_file).read_text()
    assert len(whole) > 5_000_000
    assert len(much.stdout) < 100_000
    assert much.stdout.startswith("head ***\nxxx")
    assert much.stdout.endswith("xxx\ntail")
    assert f"the whole is in {much.stdout_file}" in much.stdout


def test_what_brings_the_sandbox_up_belongs_to_the_run(tmp_path: Path) -> None:
    ran = TinySuite(tmp_path, FEATURE, SECRETS).run("--only", "shop/third")
    run = ran.results.run
    assert [command.line for command in run.setup.commands] == ["bring up"]
    assert [command.line for command in ran["shop/third"].steps[0].commands] == ["cat secret"]
    assert (run.provider, dict(run.versions), run.simulated) == (
        "embedded",
        {"flux": "v2.9"},
        ("pods",),
    )
    assert [(phase.phase, phase.duration_s) for phase in run.phases] == [("etcd", 0.5)]
