"""What fails in a small history: what is new, goes on, was repaired, and what is one finding."""

from datetime import date
from typing import Any

import pytest
from small_history import CLOSES, OPENS, One, judged, nights, one_event, only, run

from report.reasons import NOT_SELECTED
from report.regression import told
from report.regression.finding import Kind
from report.regression.quarantine import Quarantined
from report.regression.suspects import Change
from report.regression.words import plain


def test_what_was_green_and_fails_is_a_new_failure_with_its_last_green_run() -> None:
    event = one_event(nights("passed", "passed", "failed"))
    assert (event.kind, event.scenario, event.words) == (Kind.NEW_FAILURE, OPENS, "it broke")
    assert event.since is not None
    assert event.last_good is not None
    assert (event.since.id, event.last_good.id) == ("day-2", "day-1")
    assert judged(nights("passed", "failed")).exit_code == 1


def test_what_fails_at_its_first_run_is_a_new_failure() -> None:
    event = one_event(nights("failed"))
    assert (event.kind, event.notes) == (Kind.NEW_FAILURE, ("it was never green here",))


def test_what_goes_on_failing_says_since_when_and_is_no_new_failure() -> None:
    runs = nights("passed", "failed", "not_run", "failed")
    event = one_event(runs)
    assert event.kind is Kind.STILL_FAILING
    assert event.since is not None
    assert (event.since.id, event.runs) == ("day-1", 2)
    assert judged(runs).exit_code == 0


def test_a_repair_is_told_once_with_what_repaired_it() -> None:
    runs = [*nights("passed", "failed"), run(2, {OPENS: "passed"}, code={"steps": "s2"})]
    event = one_event(runs)
    assert (event.kind, event.suspects) == (Kind.FIXED, (Change("steps", "s1", "s2"),))
    assert only([*runs, run(3, {OPENS: "passed"}, code={"steps": "s2"})]).findings == ()


def test_another_cell_has_a_past_of_its_own_and_a_named_cell_outlives_its_versions() -> None:
    runs = [
        run(0, {OPENS: "passed"}),
        run(0, {OPENS: "failed"}, id="other", provider="kind"),
        run(1, {OPENS: "passed"}),
    ]
    found = judged(runs)
    assert [(cell.cell, len(cell.findings)) for cell in found.cells] == [("shop, embedded", 0)]
    assert [one.cell for one in found.asleep] == ["shop, kind"]
    named = {"settings": {"cell": "newest"}}
    runs = [
        run(0, {OPENS: "passed"}, **named),
        run(1, {OPENS: "failed"}, versions={"flux": "v3", "kubernetes": "v1.36"}, **named),
    ]
    assert one_event(runs).suspects == (Change("flux", "v2.9", "v3"),)


def test_several_scenarios_with_the_same_words_are_one_finding() -> None:
    def words(n: int) -> One:
        return {"status": "failed", "reason": f"HelmRelease was not Ready after {n}.5 s"}

    runs = [
        run(0, {"a/a": "passed", "a/b": "passed", "a/c": "passed"}),
        run(1, {"a/a": words(3), "a/b": {"status": "failed"}, "a/c": words(299)}),
    ]
    found = only(runs).findings
    assert [one.scenarios for one in found] == [("a/a", "a/c"), ("a/b",)]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("waited 12 s", "waited 300.5 s", True),
        ("revision main@sha1:0a1b2c3d4e", "revision main@sha1:99f8e7d6", True),
        ("at 2026-11-28T01:02:03.5Z in /tmp/a/b", "at 2026-01-01T00:00:00Z in /tmp/c/d", True),
        ("pod web-7d9f8b6c5-x2k4z", "pod web-66cd5f4bb-9qwrt", True),
        ("pod web-7d9f8b6c5-x2k4z", "pod web-66cd5f4bb-bcdfg is", False),
        ("pod web-7d9f8b6c5-x2k4z", "pod web-66cd5f4bb-bcdfg", True),
        ("app web-shops", "app web-cards", False),
        ("pod web is missing", "pod shop is missing", False),
        ("was True", "was False", False),
    ],
)
def test_words_are_the_same_whatever_chance_made_of_them(one: str, other: str, same: bool) -> None:
    assert (plain(one) == plain(other)) is same


def test_a_run_that_broke_off_is_not_green() -> None:
    broken = run(1, {OPENS: "not_run"}, exit_code=3, stopped="no sandbox came up")
    found = judged([*nights("passed"), broken])
    assert found.exit_code == 3
    assert "did not come to its end: no sandbox came up" in "\n".join(told.terminal(found))


def test_a_quarantined_failure_is_listed_and_fails_again_after_its_last_day() -> None:
    entry = Quarantined(OPENS, "being mended", date(2026, 11, 3))
    runs = nights("passed", "failed", "failed", "failed", "failed")
    for count, kind in ((2, Kind.QUARANTINED), (3, Kind.QUARANTINED), (4, Kind.NEW_FAILURE)):
        assert one_event(runs[:count], entry).kind is kind
        assert judged(runs[:count], entry).exit_code == (kind is Kind.NEW_FAILURE)
    assert one_event(runs[:4], entry).notes[0] == "its quarantine ended on 2026-11-03: being mended"
    assert one_event(runs, entry).kind is Kind.STILL_FAILING


def test_a_quarantine_of_no_scenario_is_told() -> None:
    found = judged(nights("passed"), Quarantined("shop/none", "why", date(2026, 12, 1)))
    assert found.problems == ("shop/none is in quarantine, but no scenario has that id",)


def test_a_quarantine_is_not_called_unknown_where_nothing_was_recorded_tonight() -> None:
    runs = nights("passed")
    found = judged(runs, Quarantined(OPENS, "why", date(2026, 12, 1)), lost=[runs[0].cell])
    assert found.problems == ()
    assert found.exit_code == 3


@pytest.mark.parametrize(
    ("scenarios", "more"),
    [
        ({OPENS: "passed", CLOSES: "not_run"}, {}),
        ({OPENS: "failed", CLOSES: "not_run"}, {"exit_code": 1}),
        ({OPENS: "passed"}, {"stopped": "an internal error of the harness", "exit_code": 1}),
        ({OPENS: "passed"}, {"exit_code": 3}),
    ],
)
def test_a_run_that_was_cut_off_is_not_whole_whatever_its_code_says(
    scenarios: dict[str, One], more: dict[str, Any]
) -> None:
    """Nor is it said that nothing has changed."""
    found = judged([run(0, {OPENS: "failed"}, exit_code=1), run(1, scenarios, **more)])
    assert not found.cells[0].whole
    assert found.exit_code == 3
    said = "\n".join(told.terminal(found)) + told.markdown(found)
    assert "did not come to its end" in said
    assert "nothing has changed" not in said.lower()


def test_what_a_run_was_told_to_leave_out_does_not_make_it_less() -> None:
    left = {"status": "not_run", "reason": f"{NOT_SELECTED} (FEATURE={OPENS})"}
    assert only([run(0, {OPENS: "passed", CLOSES: left})]).whole
