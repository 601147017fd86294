"""What takes longer in a small history than it did."""

from collections.abc import Mapping

import pytest
from small_history import OPENS, One, judged, kinds, nights, one_event, only, run

from report.history import PastRun
from report.regression import told
from report.regression.finding import Kind

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
