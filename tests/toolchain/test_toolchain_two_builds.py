"""Builds in processes of their own: killed, interrupted, and two at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from toolchain_fakes import FakeGo, Told, build_apps

from sandbox.errors import SandboxError
from sandbox.toolchain.modules import APPS
from sandbox.toolchain.store import Store
from sandbox.waiting import wait_until

pytestmark = pytest.mark.integration

BUILD_APPS = """
from pathlib import Path
from sandbox.toolchain import builder
from sandbox.toolchain.modules import APPS
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.store import Store
from sandbox.toolchain.venv import cache_home
builder.build(Store(cache_home() / "toolchain"), (APPS,), Clock(Printer()))
"""


def start_build() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", BUILD_APPS], stderr=subprocess.PIPE, text=True, cwd=Path.cwd()
    )


def wait_blocked(go: FakeGo) -> int:
    return wait_until("the fake go to block", lambda: (go.blocked_pid, "not yet"), 30, every=0.02)


def test_a_build_that_was_killed_leaves_no_process_and_is_resumed(
    go: FakeGo, cache: Path, told: Told
) -> None:
    go.blocks()
    first = start_build()
    compiler = wait_blocked(go)
    first.send_signal(signal.SIGKILL)
    first.communicate(timeout=30)
    wait_until(
        "the orphaned compiler to end",
        lambda: (not psutil.pid_exists(compiler) or None, "it runs"),
        10,
        every=0.02,
    )
    assert not Store(cache).folder(APPS).exists()
    assert (cache / "work" / "gocache" / "compiled").exists()
    go.unblocks()
    (cache / "work" / "tmp" / "go-build1").mkdir()
    go.fails("build", "x")
    with pytest.raises(SandboxError):
        build_apps(cache, told)
    assert (cache / "work" / "gocache" / "compiled").exists()
    assert not (cache / "work" / "tmp" / "go-build1").exists()
    go.works_again()
    assert build_apps(cache, told).is_complete(APPS)
    assert not list(cache.glob("trash-*"))
    assert "waiting for" not in told.text


def test_the_second_of_two_builds_says_what_it_waits_for_and_builds_nothing(
    go: FakeGo, cache: Path
) -> None:
    go.blocks()
    first = start_build()
    wait_blocked(go)
    second = start_build()
    assert second.stderr
    said = second.stderr.readline()
    go.unblocks()
    first_said, second_said = first.communicate(timeout=60)[1], second.communicate(timeout=60)[1]
    assert said.startswith(
        f"toolchain: waiting for process {first.pid}, which is building apps, 0:0"
    )
    assert (first.returncode, second.returncode) == (0, 0), first_said + second_said
    assert len(go.calls("build")) == 1


def test_ctrl_c_ends_the_compiler(go: FakeGo, cache: Path) -> None:
    go.blocks()
    process = start_build()
    compiler = wait_blocked(go)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert not psutil.pid_exists(compiler)
    assert not Store(cache).folder(APPS).exists()
