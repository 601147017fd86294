"""A sandbox with programs of PATH: noted, told, kept, and not taken for another one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import lifecycle
from sandbox import sandbox as rooms
from sandbox.__main__ import main
from sandbox.from_path import VARIABLE, FromPath, Taken
from sandbox.layout import Layout
from sandbox.providers import choice
from sandbox.record import Record, folder_of
from sandbox.sandbox import Sandbox
from steps.settings import Settings

ETCD = Taken(name="etcd", version="3.6.8", path="/opt/etcd", digest="0a" * 32)
LEFT = "helm (/opt/helm): is 4.0.0, not 4.2.4"
FOUND = FromPath(sets=("embedded",), taken=(ETCD,), left=(LEFT,))


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[FromPath]]:
    """What is found on PATH; the last one counts."""
    on_path = [FOUND]
    with tempfile.TemporaryDirectory(prefix="taken-", dir="/tmp") as state:
        monkeypatch.setenv("PROOFBOOK_STATE", state)
        monkeypatch.delenv(VARIABLE, raising=False)
        monkeypatch.setattr(lifecycle, "found_on_path", lambda _sets, **_words: on_path[-1])
        monkeypatch.setattr(lifecycle, "_bring_up", lambda *_words: None)
        monkeypatch.setattr(Sandbox, "check", lambda _self: None)
        monkeypatch.setattr(choice, "sweep", lambda _provider: [])
        yield on_path


def test_a_new_sandbox_notes_and_tells_what_was_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--name", "new", "--provider", "embedded"]) == 0
    record = Record.read(folder_of("new"))
    assert record is not None
    assert record.from_path == FOUND
    told = capsys.readouterr().out
    assert f"  taken from PATH: {ETCD}\n" in told
    assert f"  not taken from PATH: {LEFT}\n" in told


def test_its_programs_are_those_whatever_path_leads_to_later(
    found: list[FromPath], monkeypatch: pytest.MonkeyPatch
) -> None:
    lifecycle.up("new", provider="embedded", layout=Layout())
    found.append(FromPath())
    asked: dict[str, Any] = {}
    monkeypatch.setattr(rooms, "ensure", lambda _sets, **words: asked.update(words) or "there")
    assert Sandbox("new").toolchain == "there"
    assert asked["taken"] == (ETCD,)


@pytest.mark.parametrize("later", [FromPath(), replace(FOUND, taken=(replace(ETCD, digest="b"),))])
def test_one_that_is_up_with_other_programs_is_otherwise_than_asked(
    found: list[FromPath], later: FromPath, capsys: pytest.CaptureFixture[str]
) -> None:
    lifecycle.up("new", provider="embedded", layout=Layout())
    record = Record.read(folder_of("new"))
    assert record is not None
    replace(record, state="up").write(folder_of("new"))
    assert main(["up", "--name", "new", "--provider", "embedded"]) == 0
    found.append(later)
    capsys.readouterr()
    assert main(["up", "--name", "new", "--provider", "embedded"]) == 2
    there = ", ".join(map(str, later.taken)) or "none"
    assert f"otherwise than asked: from PATH {ETCD}, not {there}. Cure" in capsys.readouterr().err


def test_a_run_tells_it_among_its_settings() -> None:
    sandbox: Any = SimpleNamespace(
        toolchain=SimpleNamespace(earlier={}), record=SimpleNamespace(from_path=FOUND)
    )
    settings: Any = SimpleNamespace()
    assert Settings.told(settings, sandbox) == {
        "TOOLCHAIN_FROM_PATH": str(ETCD),
        "not taken from PATH": LEFT,
    }


def test_another_value_is_refused_before_anything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv(VARIABLE, "yes")
    assert main(["up", "--name", "new"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("up: TOOLCHAIN_FROM_PATH=yes says neither yes nor no. Cure: ")
    assert not folder_of("new").exists()
