"""What a report holds its runs against: the one that was reported before, not only recorded."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from small_history import BEGIN, CLOSES, OPENS, command, judged, keep, nights, run

from report.__main__ import main
from report.history import PastRun
from report.regression import reported
from report.regression.finding import Kind, Report
from report.regression.issue import issue, title
from report.regression.messages import messages
from report.regression.quarantine import Quarantined
from report.regression.reported import NAME

FLAKY = {"status": "passed", "attempts": 2}
LEFT = {"status": "not_run", "reason": "not selected"}


def said(made: Report) -> set[tuple[Kind, str]]:
    return {
        (one.kind, name) for cell in made.cells for one in cell.findings for name in one.scenarios
    }


@pytest.mark.parametrize("between", [["failed"], ["failed", "failed"], ["failed", LEFT]])
def test_a_failure_of_a_run_that_nobody_reported_is_new(between: list[Any]) -> None:
    runs = nights("passed", *between, "failed")
    made = judged(runs, after=judged(runs[:1]))
    assert said(made) == {(Kind.NEW_FAILURE, OPENS)}
    assert made.exit_code == 1
    assert issue(made)
    [(_, event)] = made.events(Kind.NEW_FAILURE)
    assert event.since is not None
    assert (event.since.id, event.new) == ("day-1", True)
    # Where nothing is known of a report it is held against the run before.
    assert said(judged(runs)) == {(Kind.STILL_FAILING, OPENS)}


def test_also_where_the_run_that_is_reported_left_it_out() -> None:
    runs = nights("passed", "failed", LEFT)
    assert judged(runs, after=judged(runs[:1])).exit_code == 1
    assert judged(runs, after=judged(runs[:2])).exit_code == 0


SKIP = {"status": "skipped", "reason": "it lacks something"}
CHANGED = {**LEFT, "content_hash": "c2"}


@pytest.mark.parametrize("shown", ["not_run", SKIP, FLAKY, CHANGED])
@pytest.mark.parametrize("between", [["failed"], ["failed", FLAKY], ["failed", LEFT]])
def test_also_where_the_run_that_is_reported_does_not_say_how_it_ends(
    between: list[Any], shown: Any
) -> None:
    runs = nights("passed", *between, shown, "failed")
    made = judged(runs[:-1], after=judged(runs[:1]))
    assert made.exit_code == 1
    [(_, event)] = made.events(Kind.NEW_FAILURE)
    assert event.since is not None
    assert (event.since.id, event.new) == ("day-1", True)
    assert [one.kind for one in messages(made.cells[0], {})[0]] == ["new failure"]
    assert judged(runs[:-1], after=made).exit_code == 1
    # Now it is told.
    assert said(judged(runs, after=made)) == {(Kind.STILL_FAILING, OPENS)}


def test_also_where_it_left_it_out_after_a_flaky_one() -> None:
    runs = nights("passed", "failed", FLAKY, LEFT)
    assert judged(runs, after=judged(runs[:1])).exit_code == 1
    assert judged(runs, after=judged(runs[:2])).exit_code == 0


@pytest.mark.parametrize("shown", ["not_run", SKIP, FLAKY, CHANGED])
def test_what_was_told_is_told_once(shown: Any) -> None:
    runs = nights("passed", "failed", shown)
    assert judged(runs, after=judged(runs[:2])).events(Kind.NEW_FAILURE) == []


def test_a_red_run_is_not_called_the_last_good_one() -> None:
    [(_, event)] = judged(nights("passed", "failed", "not_run")).events(Kind.STALE)
    assert event.since is not None
    assert event.last_good is not None
    assert (event.since.id, event.last_good.id) == ("day-1", "day-0")
    [(_, event)] = judged(nights("failed", "not_run")).events(Kind.STALE)
    assert event.last_good is None


def test_the_same_report_again_says_the_same() -> None:
    runs = nights("passed", "failed", "failed")
    first = judged(runs[:2], after=judged(runs[:1]))
    again = judged(runs[:2], after=first)
    assert (first.exit_code, again.exit_code) == (1, 1)
    assert said(judged(runs, after=again)) == {(Kind.STILL_FAILING, OPENS)}


def test_what_is_gone_or_renamed_is_so_since_the_report_before() -> None:
    runs = [
        run(0, {OPENS: "passed", CLOSES: {"feature_hash": "f2"}}),
        run(1, {"shop/new": "passed"}),
        run(2, {"shop/newer": "passed"}),
    ]
    assert said(judged(runs, after=judged(runs[:1]))) == {
        (Kind.RENAMED, "shop/newer"),
        (Kind.GONE, CLOSES),
    }


def test_a_failure_and_its_end_between_two_reports_is_told_as_its_end() -> None:
    other = {"code": {"steps": "s2"}}
    runs = [*nights("passed", "failed"), run(2, {OPENS: "passed"}, **other)]
    runs.append(run(3, {OPENS: "passed"}, **other))
    assert said(judged(runs, after=judged(runs[:2]))) == {(Kind.FIXED, OPENS)}
    assert said(judged(runs, after=judged(runs[:1]))) == {(Kind.FIXED, OPENS)}
    assert said(judged(runs, after=judged(runs[:3]))) == set()


def test_a_report_that_was_made_is_noted_beside_the_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(tmp_path, *nights("passed"))
    assert main(command(tmp_path)) == 0
    keep(tmp_path, *nights("passed", "failed", "failed")[1:])
    assert main(command(tmp_path)) == 1
    assert main(command(tmp_path)) == 1
    keep(tmp_path, run(3, {OPENS: "failed"}))
    assert main(command(tmp_path)) == 0
    capsys.readouterr()
    (tmp_path / "history" / NAME).write_text("{")
    assert main(command(tmp_path)) == 2
    assert "remove it: runs are held against" in capsys.readouterr().err


def test_a_report_that_could_not_be_told_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(tmp_path, *nights("passed"))
    assert main(command(tmp_path)) == 0
    keep(tmp_path, run(1, {OPENS: "failed"}))
    monkeypatch.setenv("WEBHOOK", "http://127.0.0.1:9/x")
    (tmp_path / "history" / "told.json").write_text("{")
    assert main(command(tmp_path)) == 2
    monkeypatch.delenv("WEBHOOK")
    keep(tmp_path, run(2, {OPENS: "failed"}))
    assert main(command(tmp_path)) == 1


def test_a_history_that_cannot_be_written_is_reported_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(path: Path, content: bytes) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(reported, "replace", refused)
    keep(tmp_path, *nights("passed", "failed"))
    for _ in range(2):
        assert main(command(tmp_path)) == 1
        said = capsys.readouterr()
        assert "new failure: shop/opens" in said.out
        assert said.err == (
            f"{tmp_path / 'history' / NAME}: cannot be written: Read-only file system. "
            "Cure: make it writable; the next report does not know of this one\n"
        )


def of(cell: str, hours: int, outcome: str) -> PastRun:
    ended = BEGIN + timedelta(hours=hours)
    times = {"started": (ended - timedelta(hours=4)).isoformat(), "finished": ended.isoformat()}
    return run(0, {OPENS: outcome}, id=f"{cell}-{hours}", settings={"cell": cell}, **times)


def test_a_cell_of_a_night_is_judged_however_long_the_night_was() -> None:
    given = [("A", 0, "passed"), ("B", 4, "passed"), ("A", 28, "failed"), ("B", 49, "passed")]
    runs = [of(*each) for each in given]
    assert judged(runs).exit_code == 0
    made = judged(runs, ran=["A", "B"])
    assert (made.exit_code, made.asleep) == (1, ())
    assert said(made) == {(Kind.NEW_FAILURE, OPENS)}


def told(runs: list[PastRun]) -> Iterator[tuple[list[str], str]]:
    """What the webhook and the issue say, night after night."""
    known: dict[str, str] = {}
    for count in range(1, len(runs) + 1):
        made = judged(runs[:count])
        found, known = messages(made.cells[0], known)
        yield [one.kind for one in found], title(made)


def test_red_flaky_green_is_the_end_of_a_failure() -> None:
    runs = nights("passed", "failed", FLAKY, "passed")
    assert list(told(runs)) == [
        ([], ""),
        (["new failure"], "1 new failure in shop, embedded"),
        ([], ""),
        (["recovery"], "1 recovery in shop, embedded"),
    ]
    assert said(judged(runs)) == {(Kind.FIXED, OPENS)}


def test_a_failure_that_goes_by_itself_is_a_recovery_too() -> None:
    runs = nights("passed", "failed", "passed")
    assert said(judged(runs)) == {(Kind.NEWLY_FLAKY, OPENS)}
    assert list(told(runs))[-1] == (["recovery"], "1 recovery in shop, embedded")
    assert "passed again" in issue(judged(runs))


def test_a_flaky_run_is_no_green_one() -> None:
    [(_, event)] = judged(nights("passed", FLAKY, "failed")).events(Kind.NEW_FAILURE)
    assert event.last_good is not None
    assert event.last_good.id == "day-0"
    [(_, event)] = judged(nights(FLAKY, "failed")).events(Kind.NEW_FAILURE)
    assert event.last_good is None
    assert "it was never green here" in event.notes


def test_an_ended_quarantine_excuses_nothing_that_was_left_out() -> None:
    entry = Quarantined(OPENS, "known", date(2026, 11, 2))
    made = judged(nights("passed", "failed", LEFT, LEFT), entry)
    assert said(made) == {(Kind.STILL_FAILING, OPENS)}
    [(_, event)] = made.events(Kind.STILL_FAILING)
    assert any("its quarantine ended on 2026-11-02" in note for note in event.notes)


def test_a_name_that_changed_in_a_run_that_was_not_told_is_followed() -> None:
    runs = [
        run(0, {OPENS: "passed"}),
        run(1, {OPENS: "failed"}),
        run(2, {"shop/new": "failed"}),
        run(3, {"shop/new": "failed"}),
    ]
    _, known = messages(judged(runs[:2]).cells[0], {})
    found, known = messages(judged(runs).cells[0], known)
    assert (found, known) == ([], {"shop/new": "day-1"})
