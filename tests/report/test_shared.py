"""Scenarios that workers share are each taken once, in an order that wastes nobody's time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from small_history import run

from report.shared import Shared, known, longest_first

NAMES = [f"shop/{number}[{number}]" for number in range(200)]


def test_each_is_taken_by_one_only_whatever_order_they_have(tmp_path: Path) -> None:
    orders = (NAMES, NAMES[::-1], NAMES[100:] + NAMES[:100], NAMES)
    workers = [Shared(tmp_path / "taken", f"{n}/4", list(order)) for n, order in enumerate(orders)]

    def work(worker: Shared) -> list[str]:
        return list(iter(worker.take, ""))

    with ThreadPoolExecutor(len(workers)) as together:
        taken = [name for names in together.map(work, workers) for name in names]
    assert sorted(taken) == sorted(NAMES)


def test_the_longest_comes_first_and_the_order_of_the_guide_decides_between_equals() -> None:
    took = {"b": 2.0, "c": 5.0, "d": 2.0}
    assert longest_first(["a", "b", "c", "d", "e"], took) == ["a", "e", "c", "b", "d"]
    assert longest_first(["b", "a"], {}) == ["b", "a"]


def test_what_is_known_is_the_median_of_what_passed(tmp_path: Path) -> None:
    seconds = (1.0, 9.0, 2.0)
    runs = [run(day, {"shop/a": {"duration_s": took}}) for day, took in enumerate(seconds)]
    runs.append(run(4, {"shop/a": {"status": "failed", "duration_s": 99.0}, "shop/b": "failed"}))
    (tmp_path / "runs.jsonl").write_text("".join(f"{one.line()}\n" for one in runs))
    assert known(tmp_path) == {"shop/a": 2.0}
    assert known(tmp_path / "none") == {}
