"""What goes both ways in a small history, nothing having changed."""

from dataclasses import replace

from small_history import OPENS, judged, nights, one_event, only, run

from report.regression import told
from report.regression.finding import Kind


def test_red_for_one_night_with_nothing_changed_is_newly_flaky_not_fixed() -> None:
    runs = nights("passed", "failed", "passed")
    assert one_event(runs).kind is Kind.NEWLY_FLAKY
    failed = one_event(runs[:2])
    assert failed.kind is Kind.NEW_FAILURE
    assert "it may be flaky" in failed.notes[0]
    (flake,) = only(runs).flakes
    assert (flake.scenario, flake.passed, flake.failed, flake.last) == (OPENS, 2, 1, "day-2")


def test_green_at_the_second_attempt_is_flaky_and_never_green() -> None:
    runs = nights("passed", {"attempts": 2})
    event = one_event(runs)
    assert (event.kind, event.words) == (Kind.NEWLY_FLAKY, "passed at attempt 2")
    runs += [run(2, {OPENS: "passed"}), run(3, {OPENS: {"attempts": 3}})]
    assert one_event(runs).kind is Kind.FLAKY
    (flake,) = only(runs).flakes
    assert (flake.passed, flake.failed) == (2, 2)
    head, *_, last = told.terminal(judged(runs))
    assert head.endswith(": 1 flaky")
    assert last == "1 cell: 1 flaky again"


def test_it_is_new_once_on_one_text_however_long_ago_that_was() -> None:
    runs = nights({"attempts": 2}, *["passed"] * 120, {"attempts": 2})
    assert one_event(runs).kind is Kind.FLAKY


def test_another_text_is_no_longer_flaky() -> None:
    runs = [*nights({"attempts": 2}), run(1, {OPENS: {"content_hash": "c2"}})]
    assert only(runs).flakes == ()
    assert only(runs).findings == ()


def test_both_ways_on_other_hashes_is_no_flake() -> None:
    # A page that the scenario has no text on may say how it commits.
    others = ({"code": {"steps": "s2"}}, {"versions": {"flux": "v3"}}, {"edition_hash": "e2"})
    for more in others:
        runs = [*nights("passed", "failed"), run(2, {OPENS: "passed"}, **more)]
        assert one_event(runs).kind is Kind.FIXED
    # Lines of older versions have no hashes of the code: the commit, if it was clean.
    for commit, kind in (("c1", Kind.NEWLY_FLAKY), ("c1-dirty", Kind.FIXED), ("", Kind.FIXED)):
        runs = [replace(one, code={}, commit=commit) for one in nights("failed", "passed")]
        assert one_event(runs).kind is kind
