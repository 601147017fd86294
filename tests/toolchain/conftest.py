"""Fixtures: the fake `go` on PATH, and a cache folder of the test's own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from toolchain_fakes import FakeGo, Told


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeGo:
    folder = tmp_path / "go"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.delenv("GOMODCACHE", raising=False)
    return FakeGo(folder)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("PROOFBOOK_CACHE", str(folder))
    return folder / "toolchain"


@pytest.fixture
def told() -> Told:
    return Told()
