"""Fixtures: the fake `go` on PATH, and a cache folder of the test's own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from archive_server import ArchiveServer
from packed_stores import SETS
from toolchain_fakes import FakeGo, Told, embedded

from sandbox.toolchain import ensure, pins
from sandbox.toolchain.modules import STORES
from sandbox.toolchain.shared import known, packing
from sandbox.toolchain.store import Store


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


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of pins of the test's own; one is there that nobody touches."""
    folder = tmp_path / "pins"
    monkeypatch.setattr(pins, "PINS", folder)
    return folder


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch, go: FakeGo, cache: Path) -> list[Path]:
    """The toolchain without a pin is built; what is proven after it is noted."""
    noted: list[Path] = []
    embedded(monkeypatch, noted)
    noted.clear()
    return noted


@pytest.fixture
def digests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(known, "FILE", tmp_path / "digests.json")
    return tmp_path / "digests.json"


@pytest.fixture
def packed(
    go: FakeGo, cache: Path, digests: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The archive of `stores`, whose digests are known; from here on it is another machine."""
    monkeypatch.delenv("CI_JOB_TOKEN", raising=False)
    ensure(SETS)
    contents = [packing.packed(Store(cache), STORES)]
    packing.accept(contents)
    file = packing.pack(Store(cache), contents, tmp_path / "out")
    monkeypatch.setenv("PROOFBOOK_CACHE", str(tmp_path / "another"))
    return file


@pytest.fixture
def server() -> Iterator[ArchiveServer]:
    with ArchiveServer.running() as made:
        yield made
