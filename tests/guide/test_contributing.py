"""The changes that CONTRIBUTING shows from start to end can be made as they stand there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
CHANGES = re.findall(
    r"^### (.+?)$.*?^````diff\n(.*?)^````$",
    (ROOT / "CONTRIBUTING.md").read_text(),
    re.MULTILINE | re.DOTALL,
)


def run(folder: Path, *words: str, given: str | None = None) -> str:
    env = {**os.environ, "PYTHONPATH": str(folder), "GIT_CEILING_DIRECTORIES": str(folder.parent)}
    done = subprocess.run(
        words, cwd=folder, env=env, input=given, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_three_changes_are_shown() -> None:
    assert len(CHANGES) == 3


@pytest.mark.parametrize("change", [diff for _, diff in CHANGES], ids=[name for name, _ in CHANGES])
def test_a_change_can_be_made_as_it_is_shown(tmp_path: Path, change: str) -> None:
    copy = tmp_path / "clone"
    own = shutil.ignore_patterns(".git", "build", "public", ".*_cache", "__pycache__")
    shutil.copytree(ROOT, copy, ignore=own, copy_function=shutil.copyfile)
    run(copy, "git", "apply", "-", given=change)
    run(copy, sys.executable, "-m", "guide", "check", "--todo", "--book", "operational")
    run(copy, sys.executable, "-m", "ruff", "check", "--no-cache", ".")
    if tests := re.findall(r"^\+\+\+ b/(tests/\S+)$", change, re.MULTILINE):
        run(copy, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)
