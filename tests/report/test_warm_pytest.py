"""Runs that are forks: each has its own folder, environment and end, as processes have."""

import os
import signal
import subprocess
from pathlib import Path

import pytest
from warm_pytest import warm

QUIET = ("-p", "no:cacheprovider", "-q", "-s")


def ran(folder: Path, text: str, timeout: float = 120, **more: str) -> tuple[int, str, str]:
    folder.mkdir(exist_ok=True)
    (folder / "test_own.py").write_text(f"import os, signal, sys\ndef test_own():\n    {text}\n")
    env = {"PATH": os.environ["PATH"], **more}
    done = warm().run(QUIET, cwd=folder, env=env, timeout=timeout)
    return done.returncode, done.stdout, done.stderr


def test_a_run_has_its_own_folder_environment_and_output(tmp_path: Path) -> None:
    look = "print(os.getcwd(), sorted(os.environ)); print('loud', file=sys.stderr)"
    code, said, loud = ran(tmp_path / "one", look, ONLY="here")
    assert code == 0
    assert f"{tmp_path / 'one'} ['ONLY', 'PATH', 'PYTEST_CURRENT_TEST'" in said
    assert loud.endswith("\nloud\n")
    assert "loud" not in said
    assert "ONLY" not in ran(tmp_path / "two", look)[1]


def test_a_run_ends_as_a_process_does_and_the_next_one_runs(tmp_path: Path) -> None:
    assert ran(tmp_path / "one", "os.kill(os.getpid(), signal.SIGKILL)")[0] == -signal.SIGKILL
    assert ran(tmp_path / "two", "os._exit(77)")[0] == 77
    assert ran(tmp_path / "three", "assert 1 == 2")[0] == 1


def test_a_run_that_does_not_end_is_ended(tmp_path: Path) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        ran(tmp_path / "one", "signal.pause()", timeout=1)
    assert ran(tmp_path / "two", "pass")[0] == 0
