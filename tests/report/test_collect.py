"""Every status, both ways, in one tiny suite that is run once."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from tiny_suite import Outcome, TinySuite

FEATURE = """
    Feature: A shop
      Background:
        Given a shelf

      @id:opens @unit:shop/step-1
      Scenario: It opens
        When the door is unlocked
        Then it is open

      @id:fails @unit:shop/step-1 @slow
      Scenario: The till is wrong
        When someone pays 3
        Then the till has 4
        And the till is locked

      @id:bad-set-up @unit:shop/step-2 @no-light
      Scenario: The light is broken
        When the door is unlocked

      @id:skipped @unit:shop/step-2
      Scenario: Only by day
        When the sun is up
        Then it is open

      @id:skipped-before @unit:shop/step-2 @closed
      Scenario: Only on weekdays
        Then it is open

      @id:forgotten @unit:shop/step-3
      Scenario: A sentence that nobody takes when its turn comes
        When nobody listens
        Then it is open

      @id:row @unit:shop/step-3
      Scenario Outline: Someone pays <sum>
        When someone pays <sum>
        Then the till has 3
        Examples:
          | sum |
          | 3   |
          | 5   |

      @id:leaks @unit:shop/step-4 @leak
      Scenario: It passes and leaves something behind
        Then it is open

      @id:again @unit:shop/step-4 @rerun
      Scenario: It passes when it is begun again
        When luck is needed

      @id:surprise @unit:shop/step-4
      Scenario: A step breaks
        When a drawer is missing
"""

STEPS = """
    from pytest_bdd.parsers import StepParser

    class Once(StepParser):
        asked = 0
        def is_matching(self, name):
            Once.asked += name == "nobody listens"
            return name == "nobody listens" and Once.asked == 1
        def parse_arguments(self, name):
            return {}

    @pytest.fixture(autouse=True)
    def light(request, collector):
        if request.node.get_closest_marker("no-light"):
            raise RuntimeError("the bulb is broken")
        if request.node.get_closest_marker("closed"):
            pytest.skip("closed today")
        command = dict(cwd=".", exit_code=0, stdout="", stderr="", duration_s=0.25)
        collector.record("commands", dict(line="before", **command))
        yield
        collector.record("commands", dict(line="after", **command))
        assert not request.node.get_closest_marker("leak"), "a key was left"

    @given("a shelf")
    def shelf(collector):
        collector.record("waits", dict(what="a shelf", last_seen="there", duration_s=1.5))

    @when("the door is unlocked")
    def door(collector):
        collector.record("commits", dict(sha="abc", message="Open", diff="+open"))
        collector.record("chain", dict(stage="door", revision="a1", at="2026-11-23T22:46:00.000Z"))
        collector.record("conditions", dict(
            object="Door/a", type="Ready", status="True", reason="Open", message="wide"))

    @then("it is open")
    def is_open(): pass

    @when(parsers.parse("someone pays {n:d}"), target_fixture="till")
    def pays(n): return n

    @then(parsers.parse("the till has {n:d}"))
    def has(till, n): assert till == n, f"expected {n} in the till, found {till}"

    @then("the till is locked")
    def locked(): pass

    @when("the sun is up")
    def sun(): pytest.skip("it is night")

    @when(Once("nobody listens"))
    def nobody(): pass

    @when("luck is needed")
    def luck(request): assert request.node.tries == 2, "no luck"

    @when("a drawer is missing")
    def drawer(): {}["drawer"]
"""

CONFTEST = """
    from _pytest.runner import runtestprotocol

    def pytest_runtest_protocol(item, nextitem):
        if not item.get_closest_marker("rerun"):
            return None
        for item.tries in (1, 2):
            reports = runtestprotocol(item, nextitem=nextitem, log=item.tries == 2)
        return True
"""


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("shop")
    suite = TinySuite(folder, FEATURE, STEPS, conftest=CONFTEST)
    return suite.run("--junitxml", "build/junit.xml")


def test_every_scenario_has_its_status_and_a_failure_decides_the_exit_code(ran: Outcome) -> None:
    assert ran.statuses() == {
        "shop/opens": "passed",
        "shop/fails": "failed",
        "shop/bad-set-up": "failed",
        "shop/skipped": "skipped",
        "shop/skipped-before": "skipped",
        "shop/forgotten": "failed",
        "shop/row[1]": "passed",
        "shop/row[2]": "failed",
        "shop/leaks": "failed",
        "shop/again": "passed",
        "shop/surprise": "failed",
    }, ran.stdout + ran.stderr
    assert ran.exit_code == 1
    assert ran.results.run.exit_code == 1


def test_a_scenario_that_passes_keeps_the_evidence_of_each_step(ran: Outcome) -> None:
    opens = ran["shop/opens"]
    assert (opens.name, opens.feature, opens.line) == ("It opens", "features/shop.feature", 7)
    assert (opens.units, opens.attempts, opens.error) == (("shop/step-1",), 1, "")
    given, when, then = opens.steps
    assert (given.keyword, given.text, given.line) == ("Given", "a shelf", 4)
    assert (given.waits[0].what, given.waits[0].duration_s) == ("a shelf", 1.5)
    assert when.commits[0].diff == "+open"
    assert when.chain[0].stage == "door"
    assert when.conditions[0].reason == "Open"
    assert then.commits == ()


def test_what_is_recorded_before_a_step_is_its_own_and_after_the_last_it_is_clean_up(
    ran: Outcome,
) -> None:
    for name in ("shop/opens", "shop/fails"):
        lines = [[command.line for command in step.commands] for step in ran[name].steps]
        assert lines[0] == ["before"]
        assert not any(lines[1:])
        assert [command.line for command in ran[name].clean_up.commands] == ["after"]


def test_the_steps_after_a_failure_are_not_run(ran: Outcome) -> None:
    assert ran.steps("shop/fails") == ["passed", "passed", "failed", "not_run"]
    assert "expected 4 in the till, found 3" in ran["shop/fails"].error


def test_a_fixture_that_fails_fails_the_scenario_and_no_step_has_run(ran: Outcome) -> None:
    assert ran.steps("shop/bad-set-up") == ["not_run", "not_run"]
    assert ran["shop/bad-set-up"].error.startswith("set-up: RuntimeError: the bulb is broken")


def test_skipped_says_why_and_where(ran: Outcome) -> None:
    assert ran["shop/skipped"].error == "it is night"
    assert ran.steps("shop/skipped") == ["passed", "skipped", "not_run"]
    assert ran["shop/skipped-before"].error == "closed today"
    assert ran.steps("shop/skipped-before") == ["not_run", "not_run"]


def test_a_sentence_without_a_step_fails(ran: Outcome) -> None:
    assert ran.steps("shop/forgotten") == ["passed", "failed", "not_run"]
    assert "nobody listens" in ran["shop/forgotten"].error


def test_each_row_of_an_outline_is_a_scenario(ran: Outcome) -> None:
    first, second = ran.results.of("shop/row")
    assert (first.name, dict(first.example)) == ("Someone pays 3", {"sum": "3"})
    assert (second.name, second.steps[1].text) == ("Someone pays 5", "someone pays 5")
    assert ran.steps("shop/row[2]") == ["passed", "passed", "failed"]


def test_a_failed_clean_up_fails_a_scenario_whose_steps_passed(ran: Outcome) -> None:
    assert ran.steps("shop/leaks") == ["passed", "passed"]
    assert ran["shop/leaks"].error.startswith("clean-up: a key was left")


def test_a_second_attempt_is_counted_and_the_first_one_is_shown(ran: Outcome) -> None:
    again = ran["shop/again"]
    assert again.attempts == 2
    assert [attempt.error.split("\n")[0] for attempt in again.failed_attempts] == ["no luck"]
    assert ran["shop/opens"].failed_attempts == ()
    assert "run more than once: shop/again" in ran.stdout


def test_a_surprise_names_its_type_and_its_place(ran: Outcome) -> None:
    assert ran["shop/surprise"].error.startswith("KeyError: 'drawer'\nat ")
    assert "test_shop.py" in ran["shop/surprise"].error


def test_the_last_lines_say_what_failed_and_how_to_see_it_again(ran: Outcome) -> None:
    assert "✗ The till is wrong\n  features/shop.feature:12\n" in ran.stdout
    assert "  failed in: Then the till has 4 (features/shop.feature:14)\n" in ran.stdout
    assert "  again: make e2e FEATURE=shop/fails\n" in ran.stdout
    assert "» skipped: shop/skipped: it is night" in ran.stdout
    assert "2 passed, 6 failed, 1 flaky, 2 skipped in " in ran.stdout


def test_junit_comes_from_pytest_with_the_place_and_the_units(ran: Outcome) -> None:
    cases = ET.parse(ran.folder / "build/junit.xml").getroot().iter("testcase")
    found = {
        prop["scenario"]: (prop, case)
        for case in cases
        if (prop := {p.get("name"): p.get("value") for p in case.iter("property")})
    }
    assert len(found) == 11
    properties, case = found["shop/fails"]
    assert properties["file"] == "features/shop.feature"
    assert properties["line"] == "12"
    assert properties["units"] == "shop/step-1"
    failure = case.find("failure")
    assert failure is not None
    assert "expected 4 in the till, found 3" in failure.attrib["message"]
    assert found["shop/opens"][1].find("failure") is None


def test_the_junit_file_of_the_run_before_is_gone_when_a_run_begins(tmp_path: Path) -> None:
    feature = """
    Feature: Shop
      @id:looks @unit:shop/step-1
      Scenario: It looks for the file of the run before
        When someone looks
    """
    looks = """
    @when("someone looks")
    def looks(pytestconfig):
        assert not (pytestconfig.rootpath / "build" / "junit.xml").exists()
    """
    suite = TinySuite(tmp_path, feature, looks)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "junit.xml").write_text("<testsuites/>")
    ran = suite.run("--junitxml", "build/junit.xml")
    assert ran.statuses() == {"shop/looks": "passed"}


def test_a_tag_selects_and_what_is_left_out_is_not_run(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, STEPS, conftest=CONFTEST)
    ran = suite.run("-m", "slow")
    assert ran.exit_code == 1
    assert {name for name, status in ran.statuses().items() if status != "not_run"} == {
        "shop/fails"
    }
    assert ran["shop/opens"].error == "not selected (TAGS=slow)"
    assert ran["shop/opens"].attempts == 0
    assert ran.results.run.command == "make e2e TAGS=slow"


def test_a_scenario_selected_by_its_id_runs_alone_and_green(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, STEPS, conftest=CONFTEST)
    ran = suite.run("--only", "shop/opens", "--again", "make e2e PROVIDER=kind")
    assert ran.exit_code == 0
    assert ran["shop/opens"].status == "passed"
    assert ran["shop/fails"].status == "not_run"
    assert "✔ 1 passed, 10 not run in " in ran.stdout
    assert ran.results.run.command == "make e2e PROVIDER=kind FEATURE=shop/opens"
