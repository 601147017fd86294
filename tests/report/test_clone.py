"""What a run says about the clone that it ran from."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from report.surroundings import commit


def repository(folder: Path, message: str) -> str:
    names = {f"GIT_{who}_{what}": "somebody@example.com" for who in ("AUTHOR", "COMMITTER")
             for what in ("NAME", "EMAIL")}  # fmt: skip
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **names}
    folder.mkdir()
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", message]):
        subprocess.run(["git", *words], cwd=folder, env=env, check=True)
    asked = ["git", "rev-parse", "HEAD"]
    return subprocess.check_output(asked, cwd=folder, env=env, text=True).strip()


def test_the_commit_is_of_the_clone_whatever_git_dir_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = repository(tmp_path / "ours", "ours"), repository(tmp_path / "other", "other")
    assert ours != other
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    assert commit(tmp_path / "ours") == ours
