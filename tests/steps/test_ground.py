import inspect
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import MagicMock

import pytest

from sandbox.baseline import WrittenInto
from sandbox.errors import NotReady, ProcessDied
from steps import ground, plugin
from steps.ground import Ground, LeftBehind


class FakeSandbox:
    def __init__(self, name: str, dead: bool = False) -> None:
        self.name = name
        self.dead = dead
        self.is_down = False
        self.refs = {"refs/heads/main": "c0ffee"}
        self.gitlab = SimpleNamespace(refs=lambda _: self.refs)
        self.layout = SimpleNamespace(repository="platform/flux-config")

    def down(self) -> None:
        self.is_down = True

    def check(self) -> None:
        if self.dead:
            raise ProcessDied("etcd", -9, "", cure="")


class FakeBaseline:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.refs = {"refs/heads/main": "ba5e"}

    def restore(self, sandbox: Any) -> None:
        if self.error is not None:
            raise self.error


def lay(error: Exception | None, dead: bool, monkeypatch: pytest.MonkeyPatch) -> Ground:
    monkeypatch.setattr(ground.Baseline, "of", lambda _sandbox: FakeBaseline())
    first = cast("Any", FakeSandbox("first", dead))
    return Ground(first, cast("Any", FakeBaseline(error)), cast("Any", lambda: FakeSandbox("next")))


def test_where_the_baseline_comes_back_the_sandbox_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    made = lay(None, False, monkeypatch)
    made.level()
    assert made.sandbox.name == "first"


def test_where_it_does_not_the_scenario_fails_and_the_next_has_a_new_sandbox(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = lay(NotReady("pruning", "Namespace x", 60), False, monkeypatch)
    first = cast("Any", made.sandbox)
    with pytest.raises(LeftBehind, match="the baseline did not come back: waited 60 s for pruning"):
        made.level()
    assert first.is_down
    assert made.sandbox.name == "next"
    made.level()


def test_what_was_written_past_git_and_not_put_back_is_told_and_the_next_has_a_new_sandbox(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(ground.events, "emit", told.append)
    made = lay(WrittenInto("nobody has put back Note a/b"), False, monkeypatch)
    first = cast("Any", made.sandbox)
    made.level()
    assert first.is_down
    assert made.sandbox.name == "next"
    [event] = told
    assert event.text == "nobody has put back Note a/b: the next scenario has a new sandbox"


def test_a_sandbox_that_fell_apart_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    made = lay(NotReady("the API", "refused", 60), True, monkeypatch)
    with pytest.raises(ProcessDied, match="etcd"):
        made.level()
    assert made.sandbox.name == "first"


def test_a_branch_that_nobody_asked_for_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    made = lay(None, False, monkeypatch)
    cast("Any", made.sandbox).refs["refs/heads/further"] = "c0ffee"
    with pytest.raises(LeftBehind, match="left on the Git server: refs/heads/further"):
        made.level()
    assert made.sandbox.name == "first"


def test_a_scene_that_cannot_be_kept_does_not_keep_the_baseline_from_coming_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gather(_sandbox: Any, _keep: Any) -> None:
        raise KeyError("type")

    monkeypatch.setattr("sandbox.diagnostics.gather", gather)
    made = lay(NotReady("pruning", "Namespace x", 60), False, monkeypatch)
    masked: list[str] = []
    failed = SimpleNamespace(id="a/b", status="failed")
    with pytest.raises(LeftBehind):
        plugin.leave_behind(made, SimpleNamespace(current=failed, bundle=masked.append))
    assert made.sandbox.name == "next"
    assert masked == ["bundles/a/b"]


def test_a_sandbox_that_is_up_goes_where_the_run_is_left_before_it_was_looked_at(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Ctrl-C between the two: its processes end by themselves, its folder with keys does not."""
    up = cast("Any", FakeSandbox("first"))
    up.desk = SimpleNamespace(env={"GITLAB_TOKEN": "t"})

    def interrupted(_sandbox: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ground.Baseline, "of", interrupted)
    monkeypatch.setattr(
        plugin.Published, "of", lambda *_: plugin.Published(features="", edition="")
    )
    settings = SimpleNamespace(
        book=SimpleNamespace(settings=SimpleNamespace(interval_s=2)),
        provider="embedded",
        keep=False,
        owner=None,
        bring_up=lambda: up,
    )
    collector = MagicMock()
    fixture = inspect.unwrap(plugin.ground)
    made = fixture(settings, collector, SimpleNamespace(folder=str(tmp_path)), lambda *_: None)
    with pytest.raises(KeyboardInterrupt):
        next(made)
    assert up.is_down
