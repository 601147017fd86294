"""How the programs of an embedded cluster share a small machine."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.providers.embedded import go_programs
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import Toolchain


@pytest.fixture
def embedded() -> Iterator[Embedded]:
    """A provider in a folder of few letters: a temporary folder may be too deep for a socket."""
    with tempfile.TemporaryDirectory(prefix="go-", dir="/tmp") as name:
        folder = Path(name)
        yield Embedded("e2e", folder, Toolchain(bin=folder, share=folder, versions={}))


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("kube-apiserver", ("200", None)),
        ("etcd", ("400", "1")),
        ("helm-controller", ("400", "1")),
    ],
)
def test_a_program_is_started_with_what_it_may_use(
    embedded: Embedded,
    monkeypatch: pytest.MonkeyPatch,
    program: str,
    expected: tuple[str, str | None],
) -> None:
    started: dict[str, Any] = {}
    monkeypatch.setattr(embedded.supervisor, "start", lambda *_, **words: started.update(words))
    plane: Any = SimpleNamespace(name="dev", folder=embedded.folder)
    embedded._start(plane, program, [program])
    assert (started["env"]["GOGC"], started["env"].get("GOMAXPROCS")) == expected


def test_the_facts_of_a_run_say_so(embedded: Embedded) -> None:
    for name in ("etcd", "kube-apiserver"):
        for variable, value in go_programs.variables(name).items():
            assert value in embedded.told[variable].replace(",", "").split()
    assert "except for kube-apiserver" in embedded.told["GOMAXPROCS"]
