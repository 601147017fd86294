"""What is no longer in the monorepo was there, and is not there as it was pushed."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typist import typist

from sandbox.desk import Desk
from steps import tree


def removed(tmp_path: Path, *words: str) -> Any:
    """An engineer who has pushed a note and then taken it away as these words of git do."""
    desk = typist(tmp_path / "desk", {}).sandbox.desk
    desk.git("init", "--quiet", "--bare", "../origin")
    desk.git("remote", "add", "origin", "../origin")
    begun = desk.head()
    (desk.clone / "note").write_text("x")
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", "Add a note")
    desk.git("rm", "--quiet", *words, "note")
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--allow-empty", "--message", "Take it away")
    desk.git("push", "--quiet", "--set-upstream", "origin", "main")
    monorepo = Desk(desk.folder, desk.env, "origin")
    layout = SimpleNamespace(branch="main")
    sandbox = SimpleNamespace(desk=desk, head=desk.head, layout=layout, monorepo=monorepo)
    return SimpleNamespace(sandbox=sandbox, baseline=SimpleNamespace(head=begun))


def test_what_is_removed_is_no_longer_there(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    engineer = removed(tmp_path)
    tree.has_no_file_any_more(engineer, "note")
    with pytest.raises(AssertionError, match="notes never was in the monorepo"):
        tree.has_no_file_any_more(engineer, "notes")


def test_what_only_the_index_has_lost_comes_back_with_the_next_commit(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    with pytest.raises(AssertionError, match="note is still there"):
        tree.has_no_file_any_more(removed(tmp_path, "--cached"), "note")
