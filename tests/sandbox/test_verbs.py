"""The verbs of `python -m sandbox` where what is asked for is not there, or is there already."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import lifecycle
from sandbox.__main__ import main
from sandbox.layout import Layout
from sandbox.providers import choice
from sandbox.record import Record, folder_of
from sandbox.sandbox import Sandbox

SEEN = Layout(clusters=("a", "b"))


class Asked:
    """A provider with clusters `a` and `b`; what was asked of it is told in its answer."""

    def clusters(self) -> dict[str, SimpleNamespace]:
        return {name: SimpleNamespace(name=name) for name in ("a", "b")}

    def logs(self, cluster: str, part: str) -> str:
        return f"{part} of {cluster}\n" if part else "etcd\nkwok\n"


class Git:
    """A Git server that has refused one push."""

    def log(self) -> list[dict[str, str]]:
        return [{"operation": "push"}]


@pytest.fixture
def state() -> Iterator[str]:
    """A folder of few letters, wherever temporary files lie: a sandbox has Unix sockets in it."""
    with tempfile.TemporaryDirectory(prefix="verbs-", dir="/tmp") as folder:
        yield folder


@pytest.fixture(autouse=True)
def live(state: str, monkeypatch: pytest.MonkeyPatch) -> Record:
    """A sandbox `live` that is up."""
    monkeypatch.setenv("PROOFBOOK_STATE", state)
    monkeypatch.setattr(Sandbox, "toolchain", property(lambda self: self.record and None))
    monkeypatch.setattr(Sandbox, "gitlab", Git())
    monkeypatch.setattr(Sandbox, "check", lambda _self: None)
    monkeypatch.setattr(choice, "sweep", lambda _provider: [])
    monkeypatch.setattr(choice, "make", lambda *_words: Asked())
    monkeypatch.setattr(lifecycle, "_bring_up", lambda *_words: None)
    made = Record(
        name="live", provider="embedded", layout=SEEN, state="up", owner=None, seed="5eed"
    )
    made.write(folder_of("live"))
    return made


def said(capsys: pytest.CaptureFixture[str]) -> str:
    told = capsys.readouterr()
    return told.out + told.err


@pytest.mark.parametrize(
    ("verb", "more"), [("status", []), ("env", []), ("logs", []), ("logs", ["gitlab"])]
)
def test_a_sandbox_that_is_not_there_is_refused(
    verb: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([verb, *more, "--name", "nope"]) == 2
    told = said(capsys)
    assert f"{verb}: there is no sandbox 'nope'; there are: live. Cure: " in told
    assert "`make sandbox`" in told
    assert len(told.splitlines()) == 1


def test_down_says_that_there_is_nothing_to_take_down(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["down", "--name", "nope"]) == 0
    assert said(capsys) == "there is no sandbox 'nope'; there are: live\n"
    assert folder_of("live").exists()


def test_all_and_a_name_do_not_go_together(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["down", "--all", "--name", "live"])
    assert ended.value.code == 2
    assert "not allowed with argument" in said(capsys)
    assert folder_of("live").exists()


@pytest.mark.parametrize("part", [[], ["gitlab"], ["etcd"]])
def test_logs_of_a_cluster_that_is_not_there_are_refused(
    part: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["logs", *part, "--name", "live", "--cluster", "nope"]) == 2
    assert said(capsys) == "logs: no cluster 'nope' here. Cure: one of: a, b\n"


def test_logs_without_a_part_lists_all_that_can_be_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["logs", "--name", "live"]) == 0
    names = said(capsys).split()
    assert names == ["gitlab", "etcd", "kwok"]
    for name, log in zip(
        names, ['{"operation": "push"}\n', "etcd of b\n", "kwok of b\n"], strict=True
    ):
        assert main(["logs", name, "--name", "live", "--cluster", "b"]) == 0
        assert said(capsys) == log


def test_up_again_is_harmless_where_nothing_else_is_asked(
    live: Record, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", "--name", "live"]) == 0
    told = said(capsys)
    assert "provider embedded (as it is up)" in told
    assert "README" not in told
    assert Record.read(folder_of("live")) == live


@pytest.mark.parametrize(
    ("words", "other"),
    [
        (["--cluster", "c"], "clusters a, b, not c"),
        (["--provider", "kind"], "provider embedded, not kind"),
        (["--seed", "."], "another first commit (--seed)"),
        (["--layout", "layout.json"], "group team, not ours; clusters a, b, not first"),
    ],
)
def test_up_of_a_running_sandbox_with_something_else_is_refused(
    words: list[str],
    other: str,
    live: Record,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("layout.json").write_text('{"group": "ours", "clusters": ["first"]}')
    assert main(["up", "--name", "live", *words]) == 2
    told = said(capsys)
    assert f"up: sandbox live is up already, and otherwise than asked: {other}. Cure: " in told
    assert "`python -m sandbox down --name live`" in told
    assert Record.read(folder_of("live")) == live


def test_a_run_takes_the_place_of_a_sandbox_that_is_otherwise(live: Record) -> None:
    lifecycle.up("live", provider="embedded", layout=Layout(), as_new=True)
    found = Record.read(folder_of("live"))
    assert found == replace(live, layout=Layout(), seed="", state="starting")


def test_up_without_a_seed_says_how_little_is_in_its_monorepo(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["up", "--name", "new", "--provider", "embedded"]) == 0
    told = said(capsys)
    assert "only a README is in its monorepo: no --seed was given" in told
    assert "`make sandbox`" in told
    (tmp_path / "seed").mkdir()
    (tmp_path / "seed" / "one.yaml").write_text("one\n")
    words: list[Any] = ["up", "--name", "full", "--provider", "embedded", "--seed"]
    assert main([*words, str(tmp_path / "seed")]) == 0
    assert "README" not in said(capsys)


@pytest.mark.parametrize("name", ["", "../x", "Upper", "a b", "-a", "x" * 64])
def test_a_name_that_no_cluster_can_have_is_refused(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["up", "--name", "new", "--provider", "embedded", f"--cluster={name}"]) == 2
    assert f"up: {name!r} is not a name for a cluster. Cure: " in said(capsys)
    assert not folder_of("new").exists()


def test_a_cluster_named_twice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["up", "--name", "new", "--cluster=a", "--cluster=a"]) == 2
    assert "up: cluster a is named twice" in said(capsys)
