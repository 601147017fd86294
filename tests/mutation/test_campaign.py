"""A campaign with benches that answer as they are told: verdicts, order, patience, the end."""

from __future__ import annotations

import _thread
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from small_guide import FakeBench, write

from guide import Book, Edition
from guide.errors import BadInput
from mutation.campaign import Campaign
from mutation.journal import Journal
from mutation.outcome import Ended, Outcome
from mutation.plan import Plan
from sandbox.errors import SandboxError

MUTANT = "note:wrong-name:4"
Started = Callable[..., tuple[Journal, FakeBench]]


def plan_of(book: Book, *only: str, wordings: int = 0, count: int = 120) -> Plan:
    return Plan.of(book, seed=1, count=count, wordings=wordings, only=only)


@pytest.fixture
def run(tmp_path: Path) -> Started:
    def start(
        answers: dict[str, list[Ended]], *only: str, wordings: int = 0
    ) -> tuple[Journal, FakeBench]:
        book = write(tmp_path)
        plan = (
            plan_of(book, count=1, wordings=wordings)
            if wordings
            else plan_of(book, *(only or (MUTANT,)))
        )
        journal = Journal(tmp_path / "build" / "mutants.json", {})
        bench = FakeBench("one", tmp_path / "work", plan.edition, answers)
        Campaign(plan, [bench], journal, lambda _text: None).run()
        assert bench.closed
        return journal, bench

    return start


def test_the_cheapest_scenario_is_asked_first_after_its_control(run: Started) -> None:
    journal, bench = run({"fault notes/short": [Ended.FAILED]})
    assert bench.asked == [("control", "notes/short", 90.0), ("fault", "notes/short", 30.0)]
    [found] = journal.verdicts
    assert (found.verdict, found.how, found.scenario) == ("caught", "failed", "notes/short")
    assert (found.step, found.error) == ("Then the sun shines", "it rains")
    assert (found.attempts, found.patience_s) == (1, 30.0)
    assert found.is_run


def test_a_scenario_waits_several_times_as_long_as_it_needs_without_a_fault(run: Started) -> None:
    journal, bench = run({"fault notes/long": [Ended.FAILED]})
    assert bench.asked[-1] == ("fault", "notes/long", 40.0)
    assert journal.verdicts[0].passed == ("notes/short",)


def test_a_mutant_that_every_scenario_passes_survives(run: Started) -> None:
    journal, _ = run({})
    [found] = journal.verdicts
    assert (found.verdict, found.passed) == ("survived", ("notes/short", "notes/long"))


def test_a_sandbox_that_falls_apart_says_nothing_about_a_mutant(run: Started) -> None:
    journal, bench = run({"fault notes/short": [Ended.BROKEN, Ended.FAILED]})
    assert bench.asked[1:] == [("fault", "notes/short", 30.0), ("fault", "notes/short", 90.0)]
    assert (journal.verdicts[0].verdict, journal.verdicts[0].attempts) == ("caught", 2)


def test_a_mutant_that_cannot_be_judged_is_no_survivor(run: Started) -> None:
    journal, _ = run({"fault notes/short": [Ended.BROKEN]})
    [found] = journal.verdicts
    assert (found.verdict, found.error, found.attempts) == ("error", "it rains", 2)


def test_a_baseline_that_comes_back_with_more_patience_is_no_alarm(run: Started) -> None:
    journal, _ = run({"fault notes/short": [Ended.UNCLEAN, Ended.PASSED]})
    assert journal.verdicts[0].verdict == "survived"


def test_a_baseline_that_never_comes_back_is(run: Started) -> None:
    journal, _ = run({"fault notes/short": [Ended.UNCLEAN]})
    found = journal.verdicts[0]
    assert (found.verdict, found.how, found.attempts) == ("caught", "clean-up", 2)


def test_a_scenario_whose_control_fails_judges_nobody(run: Started) -> None:
    journal, bench = run({"control notes/short": [Ended.FAILED]})
    assert [what for what, scenario, _ in bench.asked if scenario == "notes/short"] == 2 * [
        "control"
    ]
    assert journal.verdicts[0].passed == ("notes/long",)
    [failed] = [each for each in journal.controls if not each.passed]
    assert (failed.scenario, failed.attempts, failed.line) == ("notes/short", 2, "it rains")


def test_where_no_control_passes_a_mutant_is_not_judged(run: Started) -> None:
    journal, _ = run({"control notes/short": [Ended.FAILED], "control notes/long": [Ended.FAILED]})
    assert (journal.verdicts[0].verdict, journal.verdicts[0].error) == (
        "error",
        "no control passed",
    )


def test_without_a_sandbox_the_campaign_ends(run: Started, tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="no sandbox for notes/short without any fault: it rai"):
        run({"control notes/short": [Ended.BROKEN]})
    assert not list((tmp_path / "work").glob("*"))


def test_a_control_without_a_sandbox_leaves_its_mutants_unjudged_and_the_others_go_on(
    tmp_path: Path,
) -> None:
    plan = plan_of(write(tmp_path), "note", "group")
    journal = Journal(tmp_path / "mutants.json", {})
    # Whoever shows the tree is asked with all that is about it; only the note has two judges.
    answers = {"control notes/long": [Ended.BROKEN, Ended.BROKEN, Ended.PASSED]}
    bench = FakeBench("one", tmp_path / "work", plan.edition, answers)
    Campaign(plan, [bench], journal, lambda _text: None).run()
    assert len(journal.verdicts) == len(plan.mutants)
    [unjudged] = [each for each in journal.verdicts if each.verdict == "error"]
    assert (unjudged.scenario, unjudged.passed) == ("notes/long", ("notes/short",))
    assert unjudged.error == "no sandbox for notes/long without any fault: it rains"
    # It is asked for again by the next one, and passes.
    later = [each for each in journal.verdicts if "notes/long" in each.passed]
    assert len(later) == sum("notes/long" in each.scenarios for each in plan.mutants) - 1 > 0
    assert all(each.passed for each in journal.controls)
    assert "notes/long" in {each.scenario for each in journal.controls}


def test_an_interrupted_mutant_has_no_verdict(run: Started, tmp_path: Path) -> None:
    journal, _ = run({"fault notes/short": [Ended.STOPPED]})
    assert journal.verdicts == []
    left = json.loads((tmp_path / "build" / "mutants.json").read_text())
    assert left["complete"] is False
    assert [each["scenario"] for each in left["controls"]] == ["notes/short"]


def test_an_interrupted_control_says_nothing(run: Started) -> None:
    journal, _ = run({"control notes/short": [Ended.STOPPED]}, wordings=8)
    assert journal.verdicts == []
    assert {each.scenario for each in journal.controls} == {"notes/tree"}
    assert {each.scenario for each in journal.quiet} == {"", "notes/tree"}


def test_what_is_interrupted_leaves_the_benches_empty(tmp_path: Path) -> None:
    plan = plan_of(write(tmp_path), MUTANT)
    journal = Journal(tmp_path / "mutants.json", {})

    class Interrupted(FakeBench):
        def run(self, edition: Edition, scenario: str, patience: float) -> Outcome:
            _thread.interrupt_main()
            assert self.stopped.wait(10)
            return Outcome(scenario, Ended.STOPPED)

    bench = Interrupted("one", tmp_path / "work", plan.edition, {})
    with pytest.raises(KeyboardInterrupt):
        Campaign(plan, [bench], journal, lambda _text: None).run()
    assert bench.stopped.is_set()
    assert bench.closed


def test_edits_of_wording_are_quiet_and_run_where_they_are_in_a_block(run: Started) -> None:
    journal, _ = run({}, wordings=8)
    assert len(journal.quiet) == 8
    assert not [each for each in journal.quiet if each.alarm]
    in_blocks = [each for each in journal.quiet if ":comment:" in each.id]
    assert in_blocks
    assert all(each.scenario in ("notes/short", "notes/tree") for each in in_blocks)
    assert not any(each.scenario for each in journal.quiet if ":capitals:" in each.id)


def test_a_resumed_campaign_asks_for_the_rest_only(run: Started, tmp_path: Path) -> None:
    run({})
    plan = plan_of(write(tmp_path), MUTANT, "note:kind:2")
    journal = Journal(tmp_path / "build" / "mutants.json", {})
    assert journal.resume(plan) == 1
    bench = FakeBench("one", tmp_path / "work", plan.edition, {})
    Campaign(plan, [bench], journal, lambda _text: None).run()
    assert [each.id for each in journal.verdicts] == [MUTANT, "note:kind:2"]
    assert {what for what, _, _ in bench.asked} == {"fault"}


def test_an_edit_of_wording_that_fails_a_scenario_is_an_alarm(run: Started) -> None:
    once = [Ended.PASSED, Ended.FAILED]
    journal, _ = run({"control notes/short": once, "control notes/tree": list(once)}, wordings=8)
    alarms = {each.alarm for each in journal.quiet if each.scenario}
    assert alarms == {"Then the sun shines it rains"}


@pytest.mark.parametrize(
    ("only", "what"),
    [
        ("note:wrong-nam:4", 'ONLY "note:wrong-nam:4" is no mutant, no operator and no block'),
        ("wrong-nmae", "did you mean wrong-name"),
    ],
)
def test_an_unknown_name_is_told_with_the_nearest(tmp_path: Path, only: str, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        plan_of(write(tmp_path), only)


def test_a_verdict_of_changed_sentences_is_not_taken_over(run: Started, tmp_path: Path) -> None:
    run({})
    book = write(tmp_path)
    feature = book.features / "notes.feature"
    feature.write_text(feature.read_text().replace("still there", "there to stay"))
    journal = Journal(tmp_path / "build" / "mutants.json", {})
    assert journal.resume(plan_of(book, MUTANT)) == 0
    assert [each.scenario for each in journal.controls] == ["notes/short"]


@pytest.mark.parametrize("text", [None, "{", '{"schema": 0}'])
def test_where_there_is_nothing_to_resume_that_is_said(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "mutants.json"
    if text:
        path.write_text(text)
    with pytest.raises(BadInput, match=r"resume|JSON|schema") as told:
        Journal(path, {}).resume(plan_of(write(tmp_path), MUTANT))
    assert str(told.value).endswith("Cure: leave RESUME out")


def test_what_every_scenario_stands_on_is_judged_by_those_about_it(tmp_path: Path) -> None:
    book = write(tmp_path)
    (book.features / "repository_structure.feature").write_text(
        "Feature: Repository\n\n  @id:whole @unit:repository-structure/tree\n"
        "  Scenario: The tree is in the cluster\n    Then everything is there\n",
        encoding="utf-8",
    )
    found = plan_of(book).known
    about_tree = {each.scenarios for each in found if each.block == "group"}
    assert about_tree == {("notes/tree", "repository_structure/whole")}
    assert all("whole" not in " ".join(m.scenarios) for m in found if m.block == "note")
