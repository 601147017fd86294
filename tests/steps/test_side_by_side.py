"""Cells that may not run side by side, whatever is asked for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from guide import shelf
from steps import side_by_side
from steps.matrix import Cell
from steps.run_end import RunEnd

BOOK = shelf.find("")
OWN, OLD_FLUX = Cell(BOOK, "kind", ""), Cell(BOOK, "kind", "", flux="2.9.2")
OTHERS = [
    Cell(BOOK, "kind", "1.35.4", flux="2.9.2"),
    Cell(BOOK, "embedded", ""),
    Cell(BOOK, "embedded", "", flux="2.9.2"),
]


def test_two_versions_of_flux_on_one_kubernetes_of_kind_take_turns() -> None:
    alone = side_by_side.never_together([OWN, *OTHERS, OLD_FLUX])
    assert alone.keys() == {OWN.name, OLD_FLUX.name}
    assert alone[OWN.name] is alone[OLD_FLUX.name]


def test_two_books_on_one_node_image_do_not() -> None:
    assert not side_by_side.never_together([OWN, Cell(shelf.find("flux"), "kind", "")])


def test_who_has_the_turn_keeps_it_until_its_cell_has_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    turn = side_by_side.never_together([OWN, OLD_FLUX])[OWN.name]
    monkeypatch.setattr(side_by_side, "never_together", lambda _: {OWN.name: turn})
    held: list[bool] = []

    class Run:
        cell = OWN
        turns = SimpleNamespace(received=())

        def say(self, what: str = "") -> None:
            assert turn.locked() != bool(what)

        def prove(self) -> RunEnd:
            held.append(turn.locked())
            return RunEnd(0, "r1")

    one: Any = Run()
    assert [end for _, end in side_by_side.side_by_side([one], 2)] == [RunEnd(0, "r1")]
    assert held == [True]
