"""What kept a sandbox from coming up is told, and not what came of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox import lifecycle
from sandbox import sandbox as rooms
from sandbox.errors import ProcessDied, SandboxError
from sandbox.from_path import FromPath
from sandbox.layout import Layout
from sandbox.providers import choice
from sandbox.record import folder_of

BUILD = "kustomize-controller cannot be built: out of memory"


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cause-", dir="/tmp") as folder:
        monkeypatch.setenv("PROOFBOOK_STATE", folder)
        monkeypatch.setattr(lifecycle, "found_on_path", lambda _sets, **_words: FromPath())
        monkeypatch.setattr(choice, "sweep", lambda _provider: [])
        yield Path(folder)


def test_a_build_that_fails_is_not_told_as_a_supervisor_that_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise SandboxError(BUILD, cure="free some")

    monkeypatch.setattr(rooms, "ensure", fail)
    with pytest.raises(SandboxError, match="out of memory") as caught:
        lifecycle.up("new", provider="embedded", layout=Layout())
    assert not isinstance(caught.value, ProcessDied)
    assert caught.value.phase == "toolchain"
    assert not folder_of("new").exists()


def test_a_supervisor_that_ended_is_told_instead_of_what_failed_in_its_wake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def come_up(sandbox: rooms.Sandbox, *_: object) -> None:
        (sandbox.folder / "supervisor.log").write_text("killed\n")
        raise SandboxError("the Git server does not answer")

    monkeypatch.setattr(lifecycle, "_bring_up", come_up)
    with pytest.raises(ProcessDied, match="the supervisor of the sandbox ended"):
        lifecycle.up("new", provider="embedded", layout=Layout())
