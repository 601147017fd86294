"""How much garbage the programs of an embedded cluster may keep."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.providers.embedded import garbage
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import Toolchain


@pytest.fixture
def embedded() -> Iterator[Embedded]:
    """A provider in a folder of few letters: a temporary folder may be too deep for a socket."""
    with tempfile.TemporaryDirectory(prefix="garbage-", dir="/tmp") as name:
        folder = Path(name)
        yield Embedded("e2e", folder, Toolchain(bin=folder, share=folder, versions={}))


@pytest.mark.parametrize(
    ("program", "kept"), [("kube-apiserver", "200"), ("etcd", "400"), ("helm-controller", "400")]
)
def test_a_program_is_started_with_what_it_may_keep(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch, program: str, kept: str
) -> None:
    started: dict[str, Any] = {}
    monkeypatch.setattr(embedded.supervisor, "start", lambda *_, **words: started.update(words))
    plane: Any = SimpleNamespace(name="dev", folder=embedded.folder)
    embedded._start(plane, program, [program])
    assert started["env"]["GOGC"] == kept


def test_the_facts_of_a_run_say_so(embedded: Embedded) -> None:
    told = embedded.told[garbage.NAME]
    assert {garbage.kept(name)["GOGC"] for name in ("etcd", "kube-apiserver")} <= set(
        told.replace(",", "").split()
    )
