"""TOOLCHAIN_FROM_PATH and what runs features: taken before several workers start, else refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rehearsed import World, rehearse

from sandbox.from_path import VARIABLE, FromPath, Taken
from steps import __main__ as steps
from steps import nightly

pytestmark = pytest.mark.integration

HELM = Taken(name="helm", version="4.2.4", path="/opt/helm", digest="0a" * 32)
FOUND = FromPath(sets=("embedded",), taken=(HELM,), left=())


def test_several_workers_find_the_programs_made_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made: list[Any] = []
    monkeypatch.setattr(steps, "found_on_path", lambda _sets, **_words: FOUND)
    monkeypatch.setattr(steps, "ensure", lambda _sets, **words: made.append(words["taken"]))
    monkeypatch.setattr(steps.workers, "run", lambda *_words, **_more: 3)
    monkeypatch.setattr(steps, "sweep", lambda _provider: [])
    monkeypatch.chdir(steps.ROOT)
    words = ["--provider=embedded", "--workers=2", "--feature=namespaces"]
    assert steps.main([f"--build={tmp_path}", *words]) == 3
    assert made == [(HELM,)]
    assert f"taken from PATH: {HELM}\n" in capsys.readouterr().out


@pytest.mark.parametrize("workers", ["1", "2"])
def test_another_value_is_refused_before_a_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    workers: str,
) -> None:
    monkeypatch.setenv(VARIABLE, "yes")
    monkeypatch.chdir(steps.ROOT)
    words = [f"--build={tmp_path}", "--provider=embedded", f"--workers={workers}"]
    assert steps.main(words) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("TOOLCHAIN_FROM_PATH=yes says neither yes nor no. Cure: ")
    assert list(tmp_path.iterdir()) == []


def test_another_value_is_refused_before_a_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, "yes")
    monkeypatch.setattr(nightly, "run", lambda *_words: pytest.fail("a night has begun"))
    monkeypatch.chdir(tmp_path)
    assert nightly.main([f"--matrix={steps.ROOT / 'nightly.yaml'}"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert "says neither yes nor no" in line


@pytest.mark.parametrize("value", ["1", "yes"])
def test_a_rehearsal_of_an_upgrade_takes_none(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    monkeypatch.setenv(VARIABLE, value)
    assert rehearse() == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"TOOLCHAIN_FROM_PATH={value} ")
    assert not world.done
