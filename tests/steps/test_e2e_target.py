"""`make e2e` hands on how the run ended, whatever way that was."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# In the place of the project's Python: it writes down what it was asked, and ends as it is told.
FAKE = """#!/bin/sh
case "$1" in */venv.py) echo "$0"; exit 0;; esac
echo "$*" >> asked
if [ "$2" = steps ]; then {run}; fi
exit 7
"""


@pytest.mark.parametrize(
    ("end", "code"),
    [("exit 0", 0), ("exit 1", 1), ("exit 2", 2), ("exit 3", 3), ("kill -9 $$", 137)],
)
def test_what_a_run_left_is_looked_at_however_it_ended(tmp_path: Path, end: str, code: int) -> None:
    fake = tmp_path / "python"
    fake.write_text(FAKE.format(run=end))
    fake.chmod(0o755)
    done = subprocess.run(
        ["make", "-f", str(ROOT / "Makefile"), "e2e", f"PYTHON={fake}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Error 7" in done.stderr  # what `report after` says is the last word
    run, after = (tmp_path / "asked").read_text().splitlines()
    assert run.startswith("-m steps ")
    assert after.startswith(f"-m report after --code {code} ")
