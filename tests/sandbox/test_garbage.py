"""How much garbage the programs of an embedded cluster may keep."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.providers.embedded import garbage
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import Toolchain


@pytest.mark.parametrize(
    ("program", "kept"), [("kube-apiserver", "200"), ("etcd", "400"), ("helm-controller", "400")]
)
def test_a_program_is_started_with_what_it_may_keep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, kept: str
) -> None:
    provider = Embedded("e2e", tmp_path, Toolchain(bin=tmp_path, share=tmp_path, versions={}))
    started: dict[str, Any] = {}
    monkeypatch.setattr(provider.supervisor, "start", lambda *_, **words: started.update(words))
    plane: Any = SimpleNamespace(name="dev", folder=tmp_path)
    provider._start(plane, program, [program])
    assert started["env"]["GOGC"] == kept


def test_the_facts_of_a_run_say_so(tmp_path: Path) -> None:
    provider = Embedded("e2e", tmp_path, Toolchain(bin=tmp_path, share=tmp_path, versions={}))
    [told] = provider.told.values()
    assert {garbage.kept(name)["GOGC"] for name in ("etcd", "kube-apiserver")} <= set(
        told.replace(",", "").split()
    )
