"""The regression report, from small histories written here."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from report.__main__ import main
from report.errors import ReportError
from report.history import PastRun, PastScenario
from report.regression import told
from report.regression.finding import CellReport, Event, Kind, Report
from report.regression.night import report
from report.regression.quarantine import Quarantine, Quarantined
from report.regression.words import plain
from report.trends import Change

BEGIN = datetime(2026, 11, 1, 3, tzinfo=UTC)
OPENS, CLOSES = "shop/opens", "shop/closes"

One = str | Mapping[str, Any]


def past(given: One = "passed") -> PastScenario:
    """A scenario that passed in 10 s, or what the mapping says."""
    more = {"status": given} if isinstance(given, str) else dict(given)
    usual = {"status": "passed", "duration_s": 10.0, "attempts": 1, "convergence_s": 1.0}
    texts = {"content_hash": "c1", "feature_hash": "f1", "text_hash": "t1"}
    if more.get("status") == "failed":
        texts["reason"] = "it broke"
    return PastScenario(**{**usual, **texts, **more})


def run(day: int, scenarios: Mapping[str, One], **more: Any) -> PastRun:
    begin = BEGIN + timedelta(days=day)
    usual: dict[str, Any] = {
        "id": f"day-{day}",
        "started": begin.isoformat(),
        "finished": (begin + timedelta(minutes=9)).isoformat(),
        "duration_s": 540.0,
        "provider": "embedded",
        "versions": {"flux": "v2.9", "kubernetes": "v1.36"},
        "edition_hash": "e1",
        "commit": "c1",
        "exit_code": 0,
        "book": "shop",
        "host": "Linux",
        "code": {"steps": "s1", "sandbox": "b1", "charts": "h1"},
    }
    made = {name: past(given) for name, given in scenarios.items()}
    return PastRun(**{**usual, **more, "scenarios": made})


def nights(*outcomes: One) -> list[PastRun]:
    """A run a day of the one scenario."""
    return [run(day, {OPENS: one}) for day, one in enumerate(outcomes)]


def judged(runs: list[PastRun], *entries: Quarantined) -> Report:
    return report(runs, Quarantine(entries), BEGIN + timedelta(days=900))


def only(runs: list[PastRun], *entries: Quarantined) -> CellReport:
    (cell,) = judged(runs, *entries).cells
    return cell


def one_event(runs: list[PastRun], *entries: Quarantined) -> Event:
    (finding,) = only(runs, *entries).findings
    (event,) = finding.events
    return event


def kinds(runs: list[PastRun]) -> set[tuple[Kind, str]]:
    return {(one.kind, name) for one in only(runs).findings for name in one.scenarios}


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


def test_suspects_come_in_order_and_those_of_older_lines_are_not_made_up() -> None:
    after = run(
        1,
        {OPENS: {"status": "failed", "text_hash": "t2", "feature_hash": "f2"}},
        code={"steps": "s2", "sandbox": "b2", "charts": "h2"},
        versions={"flux": "v3", "kubernetes": "v1.37", "helm": "v4"},
        host="Darwin",
        edition_hash="e2",
        commit="c2",
    )
    found = [change.what for change in one_event([*nights("passed"), after]).suspects]
    assert found == (
        ["edition", "feature", "steps", "sandbox", "flux", "kubernetes", "helm", "charts", "host"]
    )  # not the commit: the code is known
    old = replace(nights("passed")[0], code={}, host="")
    found = [change.what for change in one_event([old, after]).suspects]
    assert found == ["edition", "feature", "flux", "kubernetes", "helm", "commit"]


def test_another_page_of_the_edition_is_the_last_suspect() -> None:
    after = run(1, {OPENS: "failed"}, edition_hash="e2", code={"charts": "h2"})
    found = [change.what for change in one_event([*nights("passed"), after]).suspects]
    assert found == ["charts", "other pages of the edition"]


def test_the_suspects_are_of_the_run_that_failed_first() -> None:
    runs = [
        *nights("passed"),
        run(1, {OPENS: "failed"}, code={"steps": "s2"}),
        run(2, {OPENS: "failed"}, code={"steps": "s2"}, versions={"flux": "v9"}),
    ]
    assert [change.what for change in one_event(runs).suspects] == ["steps"]


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


def test_a_suspect_of_every_scenario_of_a_finding_comes_before_one_of_few() -> None:
    runs = [
        run(0, {"a/a": "passed", "a/b": "passed"}),
        run(
            1,
            {"a/a": {"status": "failed", "text_hash": "t2"}, "a/b": "failed"},
            code={"charts": "h2", "steps": "s1", "sandbox": "b1"},
        ),
    ]
    (finding,) = only(runs).findings
    assert [change.what for change in finding.suspects] == ["charts", "edition"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("waited 12 s", "waited 300.5 s", True),
        ("revision main@sha1:0a1b2c3d4e", "revision main@sha1:99f8e7d6", True),
        ("at 2026-11-28T01:02:03.5Z in /tmp/a/b", "at 2026-01-01T00:00:00Z in /tmp/c/d", True),
        ("pod web-7d9f8b6c5-x2k4z", "pod web-66cd5f4bb-9qwrt", True),
        ("pod web is missing", "pod shop is missing", False),
        ("was True", "was False", False),
    ],
)
def test_words_are_the_same_whatever_chance_made_of_them(one: str, other: str, same: bool) -> None:
    assert (plain(one) == plain(other)) is same


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


def test_another_text_is_no_longer_flaky() -> None:
    runs = [*nights({"attempts": 2}), run(1, {OPENS: {"content_hash": "c2"}})]
    assert only(runs).flakes == ()
    assert only(runs).findings == ()


def test_both_ways_on_other_hashes_is_no_flake() -> None:
    for more in ({"code": {"steps": "s2"}}, {"versions": {"flux": "v3"}}):
        runs = [*nights("passed", "failed"), run(2, {OPENS: "passed"}, **more)]
        assert one_event(runs).kind is Kind.FIXED
    # Lines of older versions have no hashes of the code: the commit, if it was clean.
    for commit, kind in (("c1", Kind.NEWLY_FLAKY), ("c1-dirty", Kind.FIXED), ("", Kind.FIXED)):
        runs = [replace(one, code={}, commit=commit) for one in nights("failed", "passed")]
        assert one_event(runs).kind is kind


SLOW = {"duration_s": 30.0}


def slow_nights(*last: Mapping[str, One], before: int = 14) -> list[PastRun]:
    """So many usual nights of six scenarios, then these."""
    names = [f"shop/s{n}" for n in range(6)]
    usual = [
        {name: {"duration_s": 10 + (day * 7 + n) % 5 / 10} for n, name in enumerate(names)}
        for day in range(before)
    ]
    return [run(day, {**usual[0], **one}) for day, one in enumerate([*usual, *last])]


def test_what_takes_three_times_as_long_is_newly_slow_once() -> None:
    event = one_event(slow_nights({"shop/s1": SLOW}))
    assert (event.kind, event.scenario) == (Kind.NEWLY_SLOW, "shop/s1")
    assert event.slow is not None
    assert (round(event.slow.usual_s), event.slow.now_s) == (10, pytest.approx(30))
    assert only(slow_nights({"shop/s1": SLOW}, {"shop/s1": SLOW})).findings == ()
    assert only(slow_nights({"shop/s1": SLOW}, {}, {"shop/s1": SLOW})).findings == ()


def test_nothing_is_slow_where_the_whole_run_was() -> None:
    every = {f"shop/s{n}": SLOW for n in range(6)}
    cell = only(slow_nights(every))
    assert cell.findings == ()
    assert cell.run_factor is not None
    assert round(cell.run_factor, 1) == 2.9
    assert "the whole run was slow, 2.9 times the usual" in next(
        told.terminal(judged([*slow_nights(every)]))
    )
    # One that stands out of a slow run does stand out.
    assert kinds(slow_nights({**every, "shop/s1": {"duration_s": 120.0}})) == {
        (Kind.NEWLY_SLOW, "shop/s1")
    }


def test_too_little_is_known_to_call_anything_slow() -> None:
    assert only(slow_nights({"shop/s1": SLOW}, before=6)).findings == ()
    assert only([*nights(*["passed"] * 14), run(14, {OPENS: SLOW})]).findings == ()


def test_a_second_more_is_not_slow_whatever_it_was_before() -> None:
    quick = [{f"shop/s{n}": {"duration_s": 0.5} for n in range(6)} for _ in range(14)]
    runs = [run(day, one) for day, one in enumerate(quick)]
    assert only([*runs, run(14, {**quick[0], "shop/s1": {"duration_s": 1.9}})]).findings == ()


def test_what_gets_slower_little_by_little_is_told_once() -> None:
    names = [f"shop/s{n}" for n in range(6)]
    found = []
    runs = []
    for day in range(100):
        creep = 10 * (1 + max(0, day - 30) / 50)
        times = {name: {"duration_s": creep if name == "shop/s1" else 10.0} for name in names}
        runs.append(run(day, times))
        found += [(day, event) for one in only(runs).findings for event in one.events]
    ((day, event),) = found
    assert 55 <= day <= 69
    assert (event.kind, event.scenario) == (Kind.NEWLY_SLOW, "shop/s1")
    assert event.slow is not None
    assert event.slow.drift


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


def test_a_run_that_broke_off_is_not_green() -> None:
    broken = run(1, {OPENS: "not_run"}, exit_code=3, stopped="no sandbox came up")
    found = judged([*nights("passed"), broken])
    assert found.exit_code == 3
    assert "did not come to its end: no sandbox came up" in "\n".join(told.terminal(found))


def test_what_no_feature_has_any_more_is_gone_once() -> None:
    runs = [run(0, {OPENS: "passed", CLOSES: "failed"}), run(1, {OPENS: "passed"})]
    event = one_event(runs)
    assert (event.kind, event.scenario) == (Kind.GONE, CLOSES)
    assert "last failed in run day-0" in event.words
    assert only([*runs, run(2, {OPENS: "passed"})]).findings == ()


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


@pytest.fixture
def book(tmp_path: Path) -> Path:
    history = tmp_path / "history"
    history.mkdir()
    lines = [one.line() + "\n" for one in nights("passed", "failed")]
    (history / "runs.jsonl").write_text("".join(lines))
    return tmp_path


def command(book: Path) -> list[str]:
    now = (BEGIN + timedelta(days=9)).isoformat()
    return ["regression", "--history", str(book / "history"), "--out", str(book), "--now", now]


def test_regression_from_the_command_line(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(book)) == 1
    said = capsys.readouterr().out
    assert "✗ new failure: shop/opens: it broke" in said
    assert "since run day-1 (2026-11-02); last green in run day-0 (2026-11-01)" in said
    data = json.loads((book / "regression.json").read_text())
    assert (data["schema"], data["exit_code"]) == (1, 1)
    ((finding,),) = [cell["findings"] for cell in data["cells"]]
    assert (finding["kind"], finding["words"]) == ("new failure", "it broke")
    assert [one["id"] for one in finding["scenarios"]] == [OPENS]
    page = (book / "regression.md").read_text()
    assert "### New failure\n\n- **new failure: shop/opens: it broke**" in page
    with (book / "history" / "runs.jsonl").open("a") as file:
        file.write(run(2, {OPENS: "passed"}, code={"steps": "s2"}).line() + "\n{half")
    assert main(command(book)) == 0
    said = capsys.readouterr().out
    assert "✔ fixed: shop/opens" in said
    assert "left out: " in said


def test_words_of_a_failure_are_words_in_markdown_too(book: Path) -> None:
    nasty = {
        "status": "failed",
        "reason": "<b>*it*</b> `broke` | [x](y) & token: glpat-abcdefghijklmnop",
    }
    with (book / "history" / "runs.jsonl").open("a") as file:
        file.write(run(2, {OPENS: nasty}).line() + "\n")
    main(command(book))
    page = (book / "regression.md").read_text()
    assert r"&lt;b&gt;\*it\*&lt;/b&gt; \`broke\` \| \[x\](y) &amp; token" in page
    assert "abcdefghijklmnop" not in page + (book / "regression.json").read_text()


@pytest.mark.parametrize("clock", ["2026-10-01T00:00:00Z", "2126-10-01T00:00:00Z", "never"])
def test_a_clock_that_went_is_one_line_and_2(
    book: Path, clock: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (book / "history" / "runs.jsonl").open("a") as file:
        file.write(run(2, {OPENS: "passed"}, started=clock, finished=clock).line() + "\n")
    assert main(command(book)) == 2
    said = capsys.readouterr().err
    assert said.startswith("run day-2 cannot be held against others: ")
    assert said.count("\n") == 1
    assert not (book / "regression.json").exists()


def test_a_history_without_a_run_is_one_line_and_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["regression", "--history", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "the history has no run" in capsys.readouterr().err
    with pytest.raises(ReportError):
        judged([])
