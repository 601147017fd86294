"""What a run of a small history does not look at, and what has another name or none."""

from small_history import CLOSES, OPENS, judged, kinds, nights, one_event, only, run

from report.regression.finding import Kind


def test_what_did_not_run_is_stale_and_fails_nothing() -> None:
    runs = nights("passed", {"status": "not_run", "reason": "the run did not come to it"})
    event = one_event(runs)
    assert (event.kind, event.new) == (Kind.STALE, True)
    assert event.since is not None
    assert event.since.id == "day-0"
    again = [*runs, run(2, {OPENS: {"status": "skipped", "reason": "needs containers"}})]
    assert (one_event(again).kind, one_event(again).new) == (Kind.STALE, False)
    assert only(nights("skipped", "skipped")).findings == ()
    assert one_event(nights("not_run")).kind is Kind.STALE


def test_what_a_run_was_told_to_leave_out_is_stale_only_with_another_text() -> None:
    left = {"status": "not_run", "reason": "not selected"}
    assert only(nights("passed", left)).findings == ()
    assert one_event(nights("passed", {**left, "content_hash": "c2"})).kind is Kind.STALE
    event = one_event(nights("passed", "failed", left))
    assert (event.kind, event.notes[0]) == (
        Kind.STILL_FAILING,
        "not looked at since run day-1",
    )


def test_what_no_feature_has_any_more_is_gone_once() -> None:
    runs = [run(0, {OPENS: "passed", CLOSES: "failed"}), run(1, {OPENS: "passed"})]
    event = one_event(runs)
    assert (event.kind, event.scenario) == (Kind.GONE, CLOSES)
    assert "last failed in run day-0" in event.words
    assert only([*runs, run(2, {OPENS: "passed"})]).findings == ()


def test_what_comes_back_red_is_a_new_failure_whoever_was_told_of_it_before_it_went() -> None:
    runs = [run(0, {OPENS: "passed", CLOSES: "failed"}), run(1, {OPENS: "passed"})]
    runs.append(run(2, {OPENS: "passed", CLOSES: "failed"}))
    event = one_event(runs)
    assert (event.kind, event.scenario, event.new) == (Kind.NEW_FAILURE, CLOSES, True)
    assert judged(runs).exit_code == 1
    assert (
        one_event([*runs, run(3, {OPENS: "passed", CLOSES: "failed"})]).kind is Kind.STILL_FAILING
    )


def test_a_scenario_with_another_name_keeps_its_past() -> None:
    other = {"status": "failed", "feature_hash": "f2", "content_hash": "c2"}
    runs = [
        run(0, {OPENS: "failed", CLOSES: {"feature_hash": "f2"}}),
        run(1, {"shop/opened": "failed", "shop/closed": other}),
    ]
    assert kinds(runs) == {
        (Kind.RENAMED, "shop/opened"),
        (Kind.STILL_FAILING, "shop/opened"),
        (Kind.RENAMED, "shop/closed"),
        (Kind.NEW_FAILURE, "shop/closed"),
    }


def test_two_that_are_alike_are_gone_and_new_not_renamed() -> None:
    runs = [run(0, {"a/a": "passed", "a/b": "passed"}), run(1, {"a/c": "passed"})]
    assert kinds(runs) == {(Kind.GONE, "a/a"), (Kind.GONE, "a/b")}


def test_the_rows_of_an_outline_are_told_apart() -> None:
    runs = [run(0, {"a/a[1]": "passed", "a/a[2]": "failed"})]
    runs.append(run(1, {"a/b[1]": "passed", "a/b[2]": "failed"}))
    assert kinds(runs) == {
        (Kind.RENAMED, "a/b[1]"),
        (Kind.RENAMED, "a/b[2]"),
        (Kind.STILL_FAILING, "a/b[2]"),
    }
