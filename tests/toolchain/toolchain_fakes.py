"""A fake `go` that behaves as a test asks, builds with it, and a listener to what they tell."""

from __future__ import annotations

import py_compile
import shlex
import stat
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

from sandbox.toolchain import Toolchain, builder, ensure, proof
from sandbox.toolchain.modules import APPS
from sandbox.toolchain.progress import Clock, Progress
from sandbox.toolchain.store import Store

PROGRAM = Path(__file__).with_name("fake_go.py")


@cache
def compiled() -> bytes:
    """The fake as Python runs it: a script would be compiled at each of its starts."""
    with tempfile.TemporaryDirectory() as folder:
        made = py_compile.compile(str(PROGRAM), f"{folder}/go.pyc", doraise=True)
        assert made
        return Path(made).read_bytes()


class FakeGo:
    """Controls the fake: each method writes what its next call reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "go"
        self.says("1.26.8")
        script = folder / "go.pyc"
        script.write_bytes(compiled())
        # The path of this Python may have a space in it: a first line of `#!` cannot.
        words = shlex.join([sys.executable, "-I", "-S", str(script)])
        self.program.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)

    def says(self, version: str) -> None:
        (self.folder / "version").write_text(version)

    def fails(self, command: str, *lines: str) -> None:
        (self.folder / f"fail-{command}").write_text("\n".join(lines))

    def works_again(self) -> None:
        for file in self.folder.glob("fail-*"):
            file.unlink()

    def blocks(self) -> None:
        """Its builds write one program and then wait until `unblocks`."""
        (self.folder / "block").touch()

    def unblocks(self) -> None:
        (self.folder / "block").unlink()

    def waits_to_be_seen(self) -> None:
        """Its builds write a program only when `has_seen` was told of its package."""
        (self.folder / "paced").touch()

    def has_seen(self, package: str) -> None:
        (self.folder / f"seen-{package.rpartition('/')[2]}").touch()

    def calls(self, command: str) -> list[str]:
        log = self.folder / "calls"
        lines = log.read_text().splitlines() if log.exists() else []
        return [line for line in lines if line.startswith(command)]

    @property
    def env_seen(self) -> str:
        return (self.folder / "env").read_text()

    @property
    def blocked_pid(self) -> int | None:
        note = self.folder / "blocked"
        return int(note.read_text()) if note.exists() and note.read_text() else None


class Told(list[Progress]):
    """What a build told, and a clock that tells it."""

    @property
    def clock(self) -> Clock:
        return Clock(self.append)

    @property
    def text(self) -> str:
        return "\n".join(str(progress) for progress in self)


def build_apps(cache: Path, told: Told) -> Store:
    """Build the applications into a cache."""
    store = Store(cache)
    builder.build(store, (APPS,), told.clock)
    return store


def embedded(monkeypatch: pytest.MonkeyPatch, proofs: list[Path]) -> Toolchain:
    """Ask for the embedded set, whose programs are proven by a note in `proofs`."""

    def prove(bin_folder: Path, share: Path, marker: Path) -> None:
        proofs.append(bin_folder)
        marker.write_text("{}")

    monkeypatch.setattr(proof, "prove", prove)
    return ensure(("embedded",), on_progress=lambda _: None)
