"""What a user has set for Python, pytest and git does not change what `make` runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PLANTED = [
    *("PYTHONOPTIMIZE", "PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH", "PYTHONWARNINGS"),
    *("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "MYPYPATH", "LANGUAGE"),
    *("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_SSL_CAINFO", "GIT_CONFIG_COUNT"),
]


SHOWN = ("--eval", "shown:\n\t@env -0", "shown")


def made(*words: str, **environment: str) -> dict[str, str]:
    """The environment that a recipe of the Makefile gets."""
    done = subprocess.run(
        ["make", "--silent", *(words or SHOWN)],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


def test_what_would_change_the_result_does_not_come_in() -> None:
    found = made(**dict.fromkeys(PLANTED, "/planted"), LC_ALL="de_DE.ISO-8859-1")
    assert not [name for name in PLANTED if "/planted" in found.get(name, "")]
    assert (found["LC_ALL"], found["PYTHONUTF8"]) == ("C.UTF-8", "1")


def test_what_says_how_a_remote_is_reached_comes_in_where_one_is_asked_for() -> None:
    """`report.branch` leaves out what would choose another repository."""
    for goal in ("history-merge", "history-publish"):
        words = ("AS=env -0; :", "FROM=x", goal)
        assert made(*words, GIT_SSH_COMMAND="/planted")["GIT_SSH_COMMAND"] == "/planted"
    words = ("AS=env -0; exit;", "REMOTE=x", "history-publish", "regression")
    assert "GIT_SSH_COMMAND" not in made(*words, GIT_SSH_COMMAND="/planted")


def test_what_a_user_may_set_comes_in() -> None:
    given = {"PROOFBOOK_CACHE": "/a", "PROOFBOOK_STATE": "/b", "HTTPS_PROXY": "http://p:1"}
    assert made(**given).items() >= given.items()


@pytest.mark.parametrize("name", ["plain", "with a blank", "über's  two"])
def test_the_clone_may_lie_anywhere(tmp_path: Path, name: str) -> None:
    clone = tmp_path / name
    clone.mkdir()
    shutil.copy(ROOT / "Makefile", clone)
    show = ["--silent", "--eval", 'shown:\n\t@echo "$(HERE)"', "shown"]
    for words, folder in (([], clone), (["-f", str(clone / "Makefile")], tmp_path)):
        command = ["make", *words, *show]
        assert subprocess.check_output(command, cwd=folder, text=True) == f"{clone}\n"
    listed = subprocess.check_output(["make"], cwd=clone, text=True)
    assert "make test" in listed


@pytest.mark.parametrize("level", ["1", "2"])
def test_a_run_without_assertions_is_refused(level: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "steps", "--provider=embedded"],
        cwd=ROOT,
        env={**os.environ, "PYTHONOPTIMIZE": level},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "Python leaves out assertions here, and a scenario would pass whatever happens. "
        "Cure: unset PYTHONOPTIMIZE, and start python without -O\n"
    )
