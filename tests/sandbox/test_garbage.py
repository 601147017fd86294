"""How much garbage the programs of an embedded cluster may keep."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.providers.embedded import garbage
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import Toolchain

FOLDER = Path("/nowhere")
"""Nothing is written; where the temporary folder is deep, it would be too long for a socket."""


def embedded() -> Embedded:
    return Embedded("e2e", FOLDER, Toolchain(bin=FOLDER, share=FOLDER, versions={}))


@pytest.mark.parametrize(
    ("program", "kept"), [("kube-apiserver", "200"), ("etcd", "400"), ("helm-controller", "400")]
)
def test_a_program_is_started_with_what_it_may_keep(
    monkeypatch: pytest.MonkeyPatch, program: str, kept: str
) -> None:
    provider = embedded()
    started: dict[str, Any] = {}
    monkeypatch.setattr(provider.supervisor, "start", lambda *_, **words: started.update(words))
    plane: Any = SimpleNamespace(name="dev", folder=FOLDER)
    provider._start(plane, program, [program])
    assert started["env"]["GOGC"] == kept


def test_the_facts_of_a_run_say_so() -> None:
    [told] = embedded().told.values()
    assert {garbage.kept(name)["GOGC"] for name in ("etcd", "kube-apiserver")} <= set(
        told.replace(",", "").split()
    )
