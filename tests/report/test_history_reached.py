"""The remote of a shared history is reached as the user's git would, and it is no other one."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from clones import BRANCH, Team, git, ids, recorded, state

from report.__main__ import main

ELSEWHERE = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"),
    *("GIT_NAMESPACE", "GIT_CONFIG", "GIT_PREFIX", "GIT_SHALLOW_FILE", "GIT_GRAFT_FILE"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH", "GIT_REPLACE_REF_BASE"),
    *("GIT_ATTR_SOURCE", "GIT_CEILING_DIRECTORIES", "GIT_IMPLICIT_WORK_TREE"),
)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team.of(tmp_path)


def published_and_taken(clone: Path) -> None:
    assert main(["history-publish"]) == 0
    folder = clone.parent / "taken"
    assert main(["history-merge", f"origin/{BRANCH}", "--history", str(folder)]) == 0
    assert ids(folder) == ["a"]


def test_the_users_own_ssh_is_asked(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it there is no way to the server."""
    own, ssh = team.clone("own"), team.bare.parent / "ssh"
    recorded(own, "a")
    git(own, "remote", "set-url", "origin", f"ssh://git.invalid{team.bare}")
    ssh.write_text('#!/bin/sh\nshift\nexec sh -c "$*"\n')
    ssh.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", shlex.quote(str(ssh)))  # git gives it to a shell
    monkeypatch.setenv("GIT_SSH_VARIANT", "simple")
    monkeypatch.chdir(own)
    published_and_taken(own)


def test_settings_of_the_environment_say_how_and_not_what(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipeline says in them who it is; a hook or an option would be for what people push."""
    own, hooks = team.clone("own"), team.bare.parent / "hooks"
    recorded(own, "a")
    url = "https://git.invalid/team/clone.git"
    git(own, "remote", "set-url", "origin", url)
    git(team.bare, "config", "core.hooksPath", "hooks")
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction"):
        (hooks / name).write_text("#!/bin/sh\nexit 1\n")
        (hooks / name).chmod(0o755)
    settings = {
        f"url.file://{team.bare}.insteadOf": url,
        "core.hooksPath": str(hooks),
        "push.pushOption": "ci.skip",
    }
    monkeypatch.setenv("GIT_CONFIG_COUNT", str(len(settings)))
    for number, (key, value) in enumerate(settings.items()):
        monkeypatch.setenv(f"GIT_CONFIG_KEY_{number}", key)
        monkeypatch.setenv(f"GIT_CONFIG_VALUE_{number}", value)
    monkeypatch.chdir(own)
    published_and_taken(own)


def test_what_names_another_repository_counts_for_nothing(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a hook of git's these are set."""
    own = team.clone("own")
    recorded(own, "a")
    before = state(own)
    for name in ELSEWHERE:
        monkeypatch.setenv(name, str(team.bare.parent / "elsewhere"))
    monkeypatch.chdir(own)
    published_and_taken(own)
    assert state(own) == before
    assert not (team.bare.parent / "elsewhere").exists()


def test_a_push_whose_answer_is_lost_is_found_to_have_arrived(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What receives it is killed when the branch has been moved: nobody else was quicker."""
    own = team.clone("own")
    recorded(own, "a", "b")
    hook = team.bare / "hooks/post-receive"
    hook.write_text("#!/bin/sh\nkill -9 $PPID\n")
    hook.chmod(0o755)
    monkeypatch.chdir(own)
    assert main(["history-publish"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("2 of the runs in build/history are new on ")
    assert said.out.count("\n") == 1
    assert git(team.bare, "rev-list", "--count", BRANCH) == "1\n"
