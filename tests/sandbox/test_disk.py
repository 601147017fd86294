"""A place that cannot be read or written is told on one line, whatever was asked."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sandbox.errors import of_disk

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("sandbox", "status"), 2),
        (("sandbox", "down"), 2),
        (("sandbox", "env"), 2),
        (("sandbox", "up", "--provider", "embedded"), 3),
    ],
)
def test_a_state_folder_that_is_a_file_is_told_on_one_line(
    words: tuple[str, ...], code: int
) -> None:
    with tempfile.NamedTemporaryFile() as state:  # a path short enough for a socket below it
        done = subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env={**os.environ, "PROOFBOOK_STATE": state.name},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == code, done.stderr
    [line] = done.stderr.splitlines()
    assert line.startswith(f"{words[1]}: {state.name}/")
    assert "Not a directory. Cure: see that you may" in line


def test_a_full_disk_is_told_and_what_is_of_something_else_is_raised() -> None:
    told = of_disk(OSError(errno.ENOSPC, "No space left on device"))
    assert str(told).startswith("No space left on device. Cure: see that")
    for other in (ConnectionRefusedError(111, "refused"), OSError("a socket")):
        with pytest.raises(OSError, match=r"refused|socket"):
            of_disk(other)
