"""Fixtures: what stands for the sandbox of a rehearsal of an upgrade."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rehearsed import OWN, TOKEN, World

from report import masking
from sandbox.toolchain import pins
from sandbox.upgrade import Upgrade
from steps import upgrade, wanted
from steps.way import Way

PROGRAM = Path(__file__).with_name("upgrade_program.py")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    kubernetes = [("kubernetes", each) for each in ("1.34.4", "1.35.4", "1.35.9")]
    for product, version in (*kubernetes, ("flux", "2.7.1"), ("flux", "2.9.2")):
        pinned = tmp_path / f"pins/{product}-{version}"
        pinned.mkdir(parents=True)
        (pinned / "go.mod").touch()
    monkeypatch.setattr(pins.Product, "own", lambda product: OWN[product.name])
    made = World()

    class Sandbox:
        def __init__(self, name: str) -> None:
            assert name == "upgrade"

        def down(self) -> None:
            made.done.append("down")

        def leave(self) -> None: ...

    def go(way: Way, name: str) -> Upgrade:
        made.done.append(f"upgrade to {way.new or 'own'}")
        if isinstance(made.upgrade, BaseException):
            raise made.upgrade
        return made.upgrade

    def back(way: Way, name: str) -> None:
        made.done.append(f"back to {way.old or 'own'}")
        if made.back:
            raise made.back

    monkeypatch.setattr(pins, "PINS", tmp_path / "pins")
    monkeypatch.setattr(upgrade, "_PYTHON", (sys.executable, str(PROGRAM)))
    monkeypatch.setattr(upgrade, "Sandbox", Sandbox)
    monkeypatch.setattr(upgrade, "ensure", lambda sets, **_: None)
    monkeypatch.setattr(wanted, "hindrances", lambda *_: ())  # of the whole book: seconds
    monkeypatch.setattr(upgrade.lifecycle, "running", lambda name: object())
    monkeypatch.setattr(upgrade.diagnostics, "gather", lambda _s, keep: keep("x.log", TOKEN))
    monkeypatch.setattr(upgrade, "_keep_secrets", lambda book: masking.register(TOKEN))
    monkeypatch.setattr(upgrade, "_store", lambda: made.stores.pop(0))
    monkeypatch.setattr(upgrade, "upgrade", go)
    monkeypatch.setattr(upgrade, "step_back", back)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for product in pins.PRODUCTS:
        monkeypatch.delenv(product.variable, raising=False)
    monkeypatch.chdir(tmp_path)
    yield made
    masking.forget()
