"""What a cluster came from is not taken again where the cluster does not come up whole."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import lifecycle
from sandbox.errors import NotReady, SandboxError
from sandbox.flux import bootstrap, components
from sandbox.layout import Layout
from sandbox.providers.embedded.provider import Embedded
from sandbox.providers.embedded.template import Template
from sandbox.record import Record

FIRST = Layout().clusters[0]


class Trouble:
    """Fails in one stage of a sandbox's way up, and notes whom nobody trusts any more."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.distrusted: list[tuple[str, str]] = []

    def at(self, stage: str) -> Any:
        def come_here(*_: object, **__: object) -> None:
            if stage == self.stage:
                raise NotReady(stage, "nothing", 1)

        return come_here

    def sandbox(self, folder: Path) -> Any:
        provider = SimpleNamespace(
            reach=lambda: None,
            distrust=lambda name, trouble: self.distrusted.append((name, str(trouble))),
        )
        return SimpleNamespace(
            folder=folder, provider=provider, supervisor=SimpleNamespace(launch=lambda **_: None),
            layout=Layout(), toolchain=None, create_cluster=lambda *_: self.at("cluster")(),
            view=lambda _: None, write_kubeconfig=lambda: None, wait_ready=self.at("ready"),
            head=lambda: "", private_key=None, desk=SimpleNamespace(git=lambda *_: ""),
        )  # fmt: skip


@pytest.mark.parametrize("stage", ["components", "bootstrap", "ready", "server", ""])
def test_a_cluster_that_comes_no_further_is_distrusted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, stage: str
) -> None:
    trouble = Trouble(stage)
    monkeypatch.setattr(lifecycle, "with_flux", lambda *_: None)
    monkeypatch.setattr(lifecycle, "_serve", trouble.at("server"))
    monkeypatch.setattr(components, "wait", trouble.at("components"))
    monkeypatch.setattr(bootstrap, "bootstrap", trouble.at("bootstrap"))
    monkeypatch.setattr(Record, "write", lambda *_: None)
    record: Any = Record(
        name="new", provider="embedded", state="starting", layout=Layout(), owner=None
    )
    sandbox = trouble.sandbox(tmp_path)
    if stage:
        with pytest.raises(NotReady, match=stage):
            lifecycle._bring_up(sandbox, record, None)
    else:
        lifecycle._bring_up(sandbox, record, None)
    named = [name for name, _ in trouble.distrusted]
    assert named == ([FIRST] if stage in ("components", "bootstrap", "ready") else [])
    assert all(stage in said for _, said in trouble.distrusted)


@pytest.mark.parametrize("taken", [True, False])
def test_the_template_goes_that_a_cluster_came_from_or_that_was_made_of_it(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    told: list[str],
    *,
    taken: bool,
) -> None:
    room = tmp_path_factory.mktemp("r")  # short: a socket lies in it
    monkeypatch.setenv("PROOFBOOK_CACHE", str(room / "cache"))
    toolchain: Any = SimpleNamespace(bin=room, versions={"kubernetes": "1.36.3"})
    provider = Embedded("new", room, toolchain)
    home = room / "clusters" / FIRST
    home.mkdir(parents=True)
    credentials = SimpleNamespace(kubeconfig=lambda _: home)
    plane: Any = SimpleNamespace(
        name=FIRST, folder=home, store=home / "etcd", credentials=credentials
    )
    beginning: Any = SimpleNamespace(fill=lambda _: None, wait=lambda _: None)
    monkeypatch.setattr(Embedded, "_serve_store", lambda *_: plane.store.mkdir(exist_ok=True))
    monkeypatch.setattr(Embedded, "_kubectl", lambda *_, **__: "")
    monkeypatch.setattr(Embedded, "_standing_still", lambda *_: nullcontext())
    origin = Template.of("programs")
    provider._begin(plane, beginning, origin)
    assert origin.is_there
    if taken:
        shutil.rmtree(plane.store)
        assert provider._restored(plane, beginning, origin)
    assert bool(provider._cluster(plane).template) == taken
    provider.distrust(FIRST, SandboxError("it does not come up"))
    assert not origin.is_there
    assert [text for text in told if "thrown away: it does not come up" in text]
    provider.distrust("other", SandboxError("it came from nothing, and nothing was made of it"))
