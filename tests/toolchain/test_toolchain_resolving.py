"""A module proxy that says no: the version is not served, or nobody is let in."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from sandbox.errors import SandboxError, UsageError
from sandbox.toolchain.golang import Go
from sandbox.toolchain.resolving import Resolver

GO = """#!/bin/sh
echo "$1 $GOPROXY" >> "{asked}"
case "$1" in
mod) echo '{{"Path": "m", "Error": "example.invalid/m@v1.2.3: reading {said}"}}'; exit 1;;
list) echo "go: golang.org/x/mod: reading https://p.invalid: 403 Forbidden" >&2; exit {code};;
esac
"""


def module(folder: Path, said: str, code: int, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ask for a module that go does not get; `code` is how it ends when asked for another."""
    program = folder / "go"
    program.write_text(GO.format(said=said, code=code, asked=folder / "asked"))
    program.chmod(0o755)
    monkeypatch.setenv("GOPROXY", "https://p.invalid")
    env = {**os.environ, "GOSUMDB": "off", "GOPROXY": "file:///cache,https://p.invalid"}
    go = SimpleNamespace(env=env, compiler=SimpleNamespace(program=str(program)))
    return Resolver(cast(Go, go), "Kubernetes 1.2.3").module(folder, "example.invalid/m", "1.2.3")


@pytest.mark.parametrize(
    "said", ["https://p.invalid: 404 Not Found", "https://p.invalid: 410 Gone", "unknown revision"]
)
def test_a_version_that_is_not_there_is_bad_input(
    tmp_path: Path, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"nobody serves Kubernetes 1\.2\.3 as a Go module"):
        module(tmp_path, said, 1, monkeypatch)


def test_a_refusal_of_one_module_is_told_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy itself is asked for another module, not what was downloaded before."""
    with pytest.raises(UsageError, match=r"the module proxy refuses Kubernetes 1\.2\.3") as caught:
        module(tmp_path, "https://p.invalid: 403 Forbidden", 0, monkeypatch)
    assert "nobody serves" not in str(caught.value)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == ["mod file:///cache,https://p.invalid", "list https://p.invalid"]


def test_a_refusal_of_everything_says_nothing_of_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SandboxError, match=r"refuses golang\.org/x/mod too") as caught:
        module(tmp_path, "https://p.invalid: 403 Forbidden", 1, monkeypatch)
    told = str(caught.value)
    assert caught.value.exit_code == 3
    assert "nobody serves" not in told
    assert "whether it is served is not known" in told
    assert "GOPROXY" in caught.value.cure
    assert "\n" not in told
