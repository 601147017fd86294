import sys
from pathlib import Path

import pytest

from steps import workers

SCRIPT = """
import argparse, pathlib, sys
parser = argparse.ArgumentParser()
for name in ("--share", "--sandbox-name", "--build"):
    parser.add_argument(name)
given = parser.parse_args()
print("share", given.share, "of", given.sandbox_name)
sys.exit({codes}[given.share])
"""


def command(codes: dict[str, int], folder: Path) -> list[str]:
    script = folder / "worker.py"
    script.write_text(SCRIPT.replace("{codes}", repr(codes)))
    return [sys.executable, str(script)]


def test_every_worker_has_a_share_a_sandbox_and_a_voice(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = workers.run(command({"1/2": 0, "2/2": 2}, tmp_path), 2, "e2e", tmp_path / "build")
    told = capfd.readouterr().out
    assert "[1] share 1/2 of e2e-1\n" in told
    assert "[2] share 2/2 of e2e-2\n" in told
    assert code == 2


def test_without_results_the_worst_exit_code_is_kept(tmp_path: Path) -> None:
    assert workers.run(command({"1/1": 3}, tmp_path), 1, "e2e", tmp_path / "build") == 3
