"""Which run counts for a scenario: no green hides a red of another cell, of tomorrow, of a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from small_history import CLOSES, OPENS, run

from report.history import PastRun
from report.known.counting import counted
from report.results import Results, Run, ScenarioResult

OWN, OLDER, NEXT = "shop-embedded", "shop-embedded-kubernetes-1.34", "shop-embedded-next"
FLAKY = {"status": "passed", "attempts": 2}


def results(past: PastRun) -> Results:
    made = {name: getattr(past, name) for name in Run.__dataclass_fields__ if hasattr(past, name)}
    rows = [
        ScenarioResult(name, "shop.feature", name, (), (), one.status, one.attempts, 1, one.reason)  # type: ignore[arg-type]
        for name, one in past.scenarios.items()
    ]
    return Results(Run(**made), tuple(rows))


def of(cell: str, day: int, outcome: Any = "passed", **more: Any) -> PastRun:
    """A run of a cell of which versions tell what it runs on."""
    versions = {"kubernetes": "1.34" if "1.34" in cell else "1.36"}
    given: dict[str, Any] = {"settings": {"cell": cell}, "versions": versions, **more}
    return run(day, {OPENS: outcome}, id=more.pop("id", f"{cell}-{day}"), **given)


def found(runs: Sequence[PastRun], given: str = "", gone: Sequence[str] = ()) -> dict[str, str]:
    """By provider how the scenario went that counts; each is told once."""
    stored = {one.id: results(one) for one in runs if one.id not in gone}
    newest = results(next(one for one in runs if one.id == (given or runs[-1].id)))
    rows = [
        (part.run.provider, one.outcome)
        for _, part in counted(newest, runs, stored.get)
        for one in part.scenarios
        if one.id == OPENS
    ]
    assert len(rows) == len(dict(rows))
    return dict(rows)


@pytest.mark.parametrize("today", ["passed", "failed"])
@pytest.mark.parametrize("name", [NEXT, f"{NEXT}-helm", f"{NEXT}-helm-4.3.1"])
def test_a_run_of_tomorrow_never_counts(today: str, name: str) -> None:
    other = "failed" if today == "passed" else "passed"
    runs = [of(OWN, 0, today), of(name, 1, other, versions={"kubernetes": "1.37"})]
    assert found(runs) == {"embedded": today}


def test_where_only_tomorrow_has_run_nothing_counts() -> None:
    runs = [of(NEXT, 0)]
    [(_, part)] = counted(results(runs[0]), runs, {}.get)
    assert part.scenarios == ()


def test_a_book_may_have_next_in_its_name() -> None:
    assert found([of("my-next-embedded", 0, "failed", book="my-next")]) == {"embedded": "failed"}


@pytest.mark.parametrize("bad", ["failed", FLAKY])
def test_the_green_of_one_cell_hides_no_red_of_another(bad: Any) -> None:
    expected = "failed" if bad == "failed" else "flaky"
    assert found([of(OLDER, 0, bad), of(OWN, 1)]) == {"embedded": expected}
    assert found([of(OLDER, 0, bad), of(OWN, 1), of(OLDER, 2)]) == {"embedded": "passed"}


def test_nor_does_a_run_that_broke_off_or_left_it_out() -> None:
    for said in ("not_run", {"status": "not_run", "reason": "not selected"}):
        assert found([of(OLDER, 0, "failed"), of(OLDER, 1, said), of(OWN, 2)]) == {
            "embedded": "failed"
        }


def test_nor_does_one_that_skipped_it() -> None:
    runs = [of(OLDER, 0, "failed"), of(OLDER, 1, "skipped")]
    assert found([*runs, of(OWN, 2)]) == {"embedded": "failed"}
    # Where no other cell has a green one, it is what the cell says itself.
    assert found(runs) == {"embedded": "skipped"}
    assert found([*runs, of(OLDER, 2), of(OWN, 3)]) == {"embedded": "passed"}


def test_a_run_by_hand_on_the_same_versions_answers_for_a_cell() -> None:
    by_hand = of("", 1, settings={})
    assert found([of(OWN, 0, "failed"), by_hand]) == {"embedded": "passed"}
    assert found([by_hand, of(OWN, 2, "failed")]) == {"embedded": "failed"}
    assert found([of(OLDER, 0, "failed"), by_hand]) == {"embedded": "failed"}


def test_a_cell_that_nobody_runs_any_more_is_no_red_for_ever() -> None:
    assert found([of(OLDER, 0, "failed"), of(OWN, 29)]) == {"embedded": "failed"}
    assert found([of(OLDER, 0, "failed"), of(OWN, 31)]) == {"embedded": "passed"}
    assert found([of(OLDER, 0, "failed")]) == {"embedded": "failed"}


@pytest.mark.parametrize("said", ["not_run", {"status": "not_run", "reason": "not selected"}])
def test_a_cell_that_runs_keeps_its_red_however_old_it_is(said: Any) -> None:
    runs = [of(OLDER, 0, "failed"), of(OLDER, 20, said), of(OWN, 35)]
    assert found(runs) == {"embedded": "failed"}
    assert found([*runs, of(OWN, 51)]) == {"embedded": "passed"}


def test_what_counts_is_when_it_ran_and_not_in_which_file_it_lies() -> None:
    runs = [of(OWN, 0), of(OWN, 1, "failed")]
    assert found(runs, given=runs[0].id) == {"embedded": "failed"}


def test_a_red_whose_results_are_gone_is_red() -> None:
    runs = [of(OWN, 0), of(OWN, 1, "failed"), of("shop-kind", 2, provider="kind")]
    assert found(runs, gone=[runs[1].id]) == {"embedded": "failed", "kind": "passed"}
    runs[1] = of(OWN, 1, FLAKY)
    assert found(runs, gone=[runs[1].id]) == {"embedded": "flaky", "kind": "passed"}


def test_a_green_whose_results_are_gone_proves_nothing() -> None:
    runs = [of(OWN, 0), of(OWN, 1), of("shop-kind", 2, provider="kind")]
    assert found(runs, gone=[runs[1].id]) == {"embedded": "not_run", "kind": "passed"}


def test_the_rows_of_an_outline_are_of_one_run() -> None:
    rows = {f"{OPENS}[1]": "failed", f"{OPENS}[2]": "passed"}
    red = run(0, rows, settings={"cell": OLDER}, versions={"kubernetes": "1.34"})
    green = run(1, {**dict.fromkeys(rows, "passed"), CLOSES: "passed"}, settings={"cell": OWN})
    stored = {one.id: results(one) for one in (red, green)}
    parts = counted(stored[green.id], [red, green], stored.get)
    assert {part.run.id: {one.id for one in part.scenarios} for _, part in parts} == {
        red.id: set(rows),
        green.id: {CLOSES},
    }


def rows(cell: str, day: int, first: Any, second: Any = None) -> PastRun:
    """A run of an outline of one row, or of two."""
    given = {f"{OPENS}[1]": first} | ({f"{OPENS}[2]": second} if second else {})
    settings, versions = {"cell": cell}, {"kubernetes": cell}
    return run(day, given, id=f"{cell}-{day}", settings=settings, versions=versions)


def counts(*runs: PastRun) -> list[str]:
    """The ids of the runs that count."""
    stored = {one.id: results(one) for one in runs}
    return [part.run.id for _, part in counted(stored[runs[-1].id], runs, stored.get)]


LEFT = {"status": "not_run", "reason": "not selected"}


@pytest.mark.parametrize("bad", ["failed", FLAKY])
def test_a_run_of_one_row_lifts_no_red_of_another(bad: Any) -> None:
    part, green = rows(OLDER, 1, LEFT, "passed"), rows(OWN, 2, "passed", "passed")
    red = rows(OLDER, 0, bad, "passed")
    assert counts(red, part, green) == [red.id]
    assert counts(red, part) == [red.id]
    assert counts(red, part, rows(OLDER, 2, "not_run", "not_run"), green) == [red.id]
    # Of the row itself it does; what the run shows of the outline is a part all the same.
    assert counts(red, rows(OLDER, 1, "passed", LEFT), green) == [green.id]
    both = rows(OLDER, 0, bad, "failed")
    assert counts(both, rows(OLDER, 1, "passed", LEFT), green) == [both.id]
    assert counts(both, rows(OLDER, 1, "passed", LEFT), part, green) == [green.id]


def test_the_red_of_a_row_that_is_gone_goes_with_it() -> None:
    red, part = rows(OLDER, 0, "passed", "failed"), rows(OLDER, 1, "passed")
    green = rows(OWN, 2, "passed")
    assert counts(red, part, green) == [green.id]
    assert counts(red, green) == [red.id]
