"""How many cells run at once, and how many workers each has then."""

from __future__ import annotations

import argparse
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sandbox.errors import UsageError
from sandbox.providers import choice
from steps import crew
from steps.lanes import Lanes
from steps.matrix import Cell

GIB = 1024**3


def lanes(
    monkeypatch: pytest.MonkeyPatch,
    at_once: str,
    workers: str,
    *,
    cores: int = 2,
    free: float = 20,
    providers: str = "embedded " * 6,
    feature: str = "",
    lacking: str = "",
) -> Lanes:
    monkeypatch.setattr(choice, "lacking", lambda name: "no engine" if name == lacking else "")
    monkeypatch.setattr(crew.os, "sched_getaffinity", lambda _: set(range(cores)))
    memory = SimpleNamespace(available=free * GIB)
    monkeypatch.setattr(crew.psutil, "virtual_memory", lambda: memory)
    monkeypatch.setattr(crew.cgroups, "memory", lambda _: float("inf"))
    monkeypatch.setattr(crew.cgroups, "cores", lambda _: float("inf"))
    monkeypatch.setattr(crew.inotify, "limit", lambda: 272)
    cells = [cast(Cell, SimpleNamespace(provider=each)) for each in providers.split()]
    asked: Any = argparse.Namespace(at_once=at_once, workers=workers, feature=feature)
    return Lanes.of(cells, asked)


@pytest.mark.parametrize(
    ("at_once", "workers", "free", "count", "each"),
    [
        ("1", "2", 20, 1, {}),
        ("2", "1", 20, 2, {"embedded": 1}),
        ("2", "2", 20, 2, {"embedded": 2}),  # who says a number means it, as with WORKERS
        ("2", "auto", 20, 2, {"embedded": 1}),  # of the three that two cores feed
        ("8", "1", 20, 6, {"embedded": 1}),  # no more than there are
        ("4", "1", 7, 3, {"embedded": 1}),
        ("4", "2", 7, 1, {}),
        ("2", "1", 1, 1, {}),
        ("auto", "1", 20, 3, {"embedded": 1}),
        ("auto", "1", 5, 2, {"embedded": 1}),
        ("auto", "2", 20, 1, {}),
        ("auto", "auto", 20, 1, {}),  # one cell takes all that is fed
    ],
)
def test_there_are_as_many_as_find_room(
    monkeypatch: pytest.MonkeyPatch,
    at_once: str,
    workers: str,
    free: float,
    count: int,
    each: dict[str, int],
) -> None:
    found = lanes(monkeypatch, at_once, workers, free=free)
    assert (found.count, found.workers) == (count, each)


def test_a_large_machine_has_room_beside_a_cell_that_can_have_no_more_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = lanes(monkeypatch, "auto", "auto", cores=32, free=200)
    assert (found.count, found.workers) == (3, {"embedded": crew.MOST})
    few = lanes(monkeypatch, "auto", "auto", feature="shop/a")
    assert (few.count, few.workers) == (3, {"embedded": 1})


@pytest.mark.parametrize("at_once", ["4", "auto"])
def test_cells_on_kind_share_the_inotify_instances(
    monkeypatch: pytest.MonkeyPatch, at_once: str
) -> None:
    """Of which there are enough for four sandboxes."""
    several = lanes(monkeypatch, at_once, "2", cores=32, free=200, providers="kind kind kind kind")
    assert (several.count, several.workers) == (2, {"kind": 2})


def test_both_providers_may_be_there_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    found = lanes(monkeypatch, "2", "auto", cores=4, providers="embedded kind")
    assert (found.count, found.workers) == (2, {"embedded": 3, "kind": 2})
    assert found.said.startswith("2 cells at once, workers of each: 3 on embedded, 2 on kind (")


def test_a_cell_whose_provider_cannot_run_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    both = "embedded kind embedded kind embedded"
    found = lanes(monkeypatch, "auto", "1", providers=both, lacking="kind")
    assert (found.count, found.workers) == (3, {"embedded": 1})
    alone = lanes(monkeypatch, "2", "1", providers="kind embedded", lacking="kind")
    assert alone == Lanes()


def test_a_number_for_which_there_is_no_room_is_lowered_and_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = lanes(monkeypatch, "4", "1", free=7)
    assert found.said == (
        "3 cells at once, workers of each: 1 on embedded (7.0 GiB free); "
        "AT_ONCE=4 finds no room: 2 GiB for each worker"
    )
    assert "finds no room" not in lanes(monkeypatch, "8", "1").said


@pytest.mark.parametrize("text", ["0", "17", "x", "", "-1", "²"])
def test_a_number_that_there_is_not(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(UsageError, match=f"^AT_ONCE={text} is no number from 1 to 16, nor auto"):
        lanes(monkeypatch, text, "1")
