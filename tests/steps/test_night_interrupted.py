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
from test_nightly import OWN, PROGRAM, ROOT, runs

NIGHT = """
import sys
from steps import nightly
nightly._PYTHON = (sys.executable, sys.argv[1])
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
def test_a_signal_ends_the_cell_that_runs_and_no_other_begins(
    tmp_path: Path, nights: list[Night], number: int
) -> None:
    nights.append(night := Night(tmp_path, **{OWN: "until told"}))
    [pid] = night.until(1)
    assert night.end(number) == 130
    assert "cleaned up" in night.lines
    assert not [line for line in night.lines if OLD_FLUX in line or "what changed" in line]
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert {cell: run.exit_code for cell, run in runs().items()} == {OWN: 130}
