"""The engineer's desk, with a real git: what the last commit changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.engineer import Desk

BEFORE = "a: 1\n---\n++x: 2\nlist:\n  - one\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    names = {f"GIT_{who}_{what}": "somebody@example.com" for who in ("AUTHOR", "COMMITTER")
             for what in ("NAME", "EMAIL")}  # fmt: skip
    made = Desk(tmp_path, {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **names})
    made.clone.mkdir()
    made.git("init", "--quiet", "--initial-branch=main")
    commit(made, BEFORE)
    return made


def commit(desk: Desk, text: str) -> None:
    desk.write("manifest.yaml", text)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--allow-empty", "--message", "Change it")


def test_lines_that_look_like_the_head_of_a_diff_are_seen(desk: Desk) -> None:
    commit(desk, "a: 1\nlist:\n    - two\n")
    assert desk.changed_lines() == ["- ---", "- ++x: 2", "- - one", "+ - two"]


def test_comments_and_spaces_at_the_end_change_nothing(desk: Desk) -> None:
    commit(desk, BEFORE.replace("a: 1", "# once more\na: 1  "))
    assert desk.changed_lines() == []


def test_every_file_of_a_commit_counts(desk: Desk) -> None:
    desk.write("other.yaml", "b: 2\n")
    commit(desk, BEFORE)
    assert desk.changed_lines() == ["+ b: 2"]
