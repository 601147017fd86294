"""Whose commit "the pushed commit" is, told with real git."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import command
from sandbox.desk import Desk
from steps.pushed import pushed_head

pytestmark = pytest.mark.integration

_SAVE = "git add . && git commit -qm"
_REFUSED = f"echo new >note; {_SAVE} 'Change the note'; ! git push -q; git fetch -q; "


def engineer(tmp_path: Path) -> Any:
    """Somebody whose clone lacks a commit that another has pushed since the baseline."""
    names = {f"GIT_{who}_{what}": "somebody@example.com" for who in ("AUTHOR", "COMMITTER")
             for what in ("NAME", "EMAIL")}  # fmt: skip
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), **names}
    desk = Desk(tmp_path, {**env, "GIT_CONFIG_NOSYSTEM": "1"})
    desk.clone.mkdir()
    shell(desk, "git init -q --bare -b main ../server && git init -q -b main .")
    shell(desk, f"echo old >note; {_SAVE} Begin; git remote add origin ../server")
    shell(desk, "git push -qu origin main")
    baseline = SimpleNamespace(head=desk.head())
    shell(desk, "git clone -q ../server ../other && cd ../other && echo a >other")
    shell(desk, f"cd ../other && {_SAVE} Other && git push -q")

    def head() -> str:
        return desk.git("ls-remote", "origin", "refs/heads/main").split()[0]

    sandbox = SimpleNamespace(desk=desk, head=head, layout=SimpleNamespace(branch="main"))
    return SimpleNamespace(sandbox=sandbox, baseline=baseline)


def shell(desk: Desk, line: str) -> None:
    command.run(["bash", "-ec", line], cwd=desk.clone, env=desk.env, limit=60)


@pytest.mark.parametrize(
    ("typed", "lost"),
    [
        ("git rebase -q origin/main; git push -q", False),
        ("git reset -q --hard origin/main; git push -q", True),
        (
            f"git reset -q --hard origin/main; echo 3 >note; {_SAVE} Otherwise; git push -q",
            False,
        ),
        (
            "git rebase -q origin/main; git commit -q --allow-empty -m Nothing; "
            "git reset -q --hard HEAD^; git push -q",
            False,
        ),
        ("git branch later; git reset -q --hard origin/main", False),
        (f"git push -qf; git reset -q --hard HEAD^; echo b >b; {_SAVE} B; git push -qf", False),
    ],
    ids=[
        "rebased",
        "thrown-away",
        "done-otherwise",
        "empty",
        "kept-for-later",
        "taken-back-by-force",
    ],
)
def test_a_commit_that_was_lost_on_the_way_is_not_the_pushed_one(
    typed: str, lost: bool, tmp_path: Path
) -> None:
    somebody = engineer(tmp_path)
    shell(somebody.sandbox.desk, _REFUSED + typed)
    if lost:
        with pytest.raises(AssertionError, match=r"were not pushed:\n.* Change the note"):
            pushed_head(somebody)
    else:
        assert pushed_head(somebody) == somebody.sandbox.head()


def test_what_was_never_committed_is_not_lost(tmp_path: Path) -> None:
    somebody = engineer(tmp_path)
    shell(somebody.sandbox.desk, "echo new >note; git checkout -q note; git pull -q --ff-only")
    assert pushed_head(somebody) == somebody.sandbox.head()
