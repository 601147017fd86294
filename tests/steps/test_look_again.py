"""The sentence about a command that has Flux look again can fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.flux.status import REQUESTED
from sandbox.waiting import Probe
from steps.flux import has_it_look_again


class View:
    """One object that was asked by somebody before."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.item: dict[str, Any] | None = {"metadata": {}, "status": {}}
        self.ask("before")

    def ask(self, when: str) -> None:
        assert self.item is not None
        self.item["metadata"]["annotations"] = {REQUESTED: when}
        if self.answers or when == "before":
            self.item["status"]["lastHandledReconcileAt"] = when

    def find(self, *asked: str) -> dict[str, Any] | None:
        assert asked == ("HelmRelease", "shop", "app")
        return self.item

    def wait(self, what: str, probe: Probe[Any], limit: float) -> None:
        value, seen = probe()
        assert value is not None, f"{what}; last seen: {seen}"


def look(view: View, when: str) -> None:
    def do(_block: str) -> SimpleNamespace:
        if when:
            view.ask(when)
        return SimpleNamespace(line="flux it")

    engineer: Any = SimpleNamespace(sandbox=SimpleNamespace(view=lambda: view), do=do)
    has_it_look_again(engineer, "block", "HelmRelease", "app", "shop")


def test_a_command_that_asks_for_nothing_is_told_also_where_somebody_asked_before() -> None:
    look(View(), "now")
    with pytest.raises(AssertionError, match=r"asks HelmRelease shop/app for nothing; .* before"):
        look(View(), "")
    gone = View()
    gone.item = None
    with pytest.raises(AssertionError, match="for nothing"):
        look(gone, "")


def test_a_request_that_is_not_answered_is_told() -> None:
    with pytest.raises(AssertionError, match=r"answer what was asked at now; .* asked at before"):
        look(View(answers=False), "now")
