"""A night that is ended: every cell cleans up, what ran is recorded, and nothing is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_nightly import FLUX, OWN, PROGRAM, ROOT, runs

pytestmark = pytest.mark.integration

NIGHT = """
import sys
from steps import cell_run, crew, nightly
crew.in_memory = lambda *_: (8, "16.0 GiB free")
cell_run.PYTHON = (sys.executable, sys.argv[1])
sys.exit(nightly.main(["--matrix=nightly.yaml", *sys.argv[2:]]))
"""
OLD_FLUX = f"{OWN}-flux-2.9.2"
MATRIX = "- {provider: [embedded], flux: [own, 2.9.2]}\n- {provider: [embedded], book: [flux]}\n"


class Night:
    """A night as a process, which is read up to what it is waited for."""

    def __init__(self, folder: Path, *words: str, **plan: str) -> None:
        (folder / "nightly.yaml").write_text(MATRIX)
        env = {**os.environ, "PLAN": json.dumps(plan), "PYTHONPATH": str(ROOT)}
        env |= {"KUBERNETES": "", "FLUX": ""}
        self.lines: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", NIGHT, str(PROGRAM), *words],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def until(self, count: int) -> list[int]:
        """Read until so many cells wait; their process ids, in the order of their names."""
        assert self._process.stdout is not None
        waiting: dict[str, int] = {}
        while len(waiting) < count:
            line = self._process.stdout.readline()
            assert line, self.lines
            self.lines.append(line.rstrip())
            if "waits as" in line:
                who, _, pid = self.lines[-1].rpartition("waits as ")
                waiting[who] = int(pid)
        return [waiting[who] for who in sorted(waiting)]

    def end(self, *numbers: int) -> int:
        """Send these to its group, as a terminal does; its exit code."""
        for number in numbers:
            os.killpg(self._process.pid, number)
        said, _ = self._process.communicate(timeout=120)
        self.lines += said.splitlines()
        return self._process.returncode

    def gone(self) -> None:
        """Nothing of it may outlive a test."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Night]]:
    monkeypatch.chdir(tmp_path)
    made: list[Night] = []
    yield made
    for each in made:
        each.gone()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("at_once", [1, 2])
def test_a_signal_ends_all_that_run_and_no_other_begins(
    tmp_path: Path, nights: list[Night], at_once: int, number: int
) -> None:
    plan = {OWN: "until told", OLD_FLUX: "until told", FLUX: "passed"}
    nights.append(night := Night(tmp_path, f"--at-once={at_once}", **plan))
    pids = night.until(at_once)
    assert night.end(number) == 130
    told = {f"[{OWN}] cleaned up", f"[{OLD_FLUX}] cleaned up"} if at_once > 1 else {"cleaned up"}
    assert {line for line in night.lines if "cleaned up" in line} == told
    assert not [line for line in night.lines if FLUX in line or "what changed" in line]
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    ran = [OWN, OLD_FLUX][:at_once]
    assert {cell: run.exit_code for cell, run in runs().items()} == dict.fromkeys(ran, 130)
    assert not (tmp_path / "build/cells").exists()


def test_a_second_signal_is_passed_on_too(tmp_path: Path, nights: list[Night]) -> None:
    """What does not leave when it is asked to is ended by the next signal."""
    nights.append(night := Night(tmp_path, "--at-once=2", **{OWN: "deaf", OLD_FLUX: "deaf"}))
    night.until(2)
    assert night.end(signal.SIGINT, signal.SIGTERM) == 130
    assert runs() == {}
    assert not (tmp_path / "build/cells").exists()


def test_what_had_ended_before_the_signal_is_recorded(tmp_path: Path, nights: list[Night]) -> None:
    """It only waits for the one before it in the matrix."""
    plan = {OWN: "until told", OLD_FLUX: "passed", FLUX: "until told"}
    nights.append(night := Night(tmp_path, "--at-once=2", **plan))
    night.until(2)
    assert night.end(signal.SIGINT) == 130
    assert {cell: run.exit_code for cell, run in runs().items()} == {OWN: 130, OLD_FLUX: 0}
    assert runs("build/books/flux")[FLUX].exit_code == 130


def test_a_cell_that_somebody_kills_is_told_and_the_others_go_on(
    tmp_path: Path, nights: list[Night]
) -> None:
    os.mkfifo("meeting")
    plan = {OWN: "until killed", OLD_FLUX: "read, passed", FLUX: "write, passed"}
    nights.append(night := Night(tmp_path, "--at-once=3", **plan))
    [pid] = night.until(1)
    os.kill(pid, signal.SIGKILL)
    assert night.end() == 3
    why = "was ended by SIGKILL (the machine was out of memory, or somebody killed it)"
    assert why in runs()[OWN].stopped
    assert any(line.startswith(f"[{OWN}] ") and why in line for line in night.lines)
    assert runs()[OLD_FLUX].exit_code == 0
    assert runs("build/books/flux")[FLUX].exit_code == 0
