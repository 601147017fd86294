"""The engineer's desk, with a real git: files, commits and their names."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandbox import events
from sandbox.desk import Desk, seed
from sandbox.processes import leftovers
from sandbox.waiting import wait_until

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


NAMES = [
    "überblick.yaml",
    "ü b.yaml",
    'a "quoted" name.yaml',
    "it's.yaml",
    "back\\slash.yaml",
    "tab\there.yaml",
    "line\nbreak.yaml",
    " spaces around ",
    "-n.yaml",
    "ordner ö/datei.yaml",
]


def test_every_name_of_a_file_comes_back_as_it_is(desk: Desk) -> None:
    for number, name in enumerate(NAMES):
        desk.write(name, f"number: {number}\n")
    commit(desk, BEFORE)
    assert sorted(desk.paths()) == sorted(["manifest.yaml", *NAMES])
    assert sorted(desk.changed_paths(desk.first_commit())) == sorted(NAMES)
    written = {name: f"number: {number}\n" for number, name in enumerate(NAMES)}
    assert desk.files("HEAD") == {"manifest.yaml": BEFORE, **written}


def test_a_file_that_was_moved_has_changed_here_and_there(desk: Desk) -> None:
    desk.write("before.yaml", BEFORE * 9)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", "Write it")
    desk.git("mv", "before.yaml", "after.yaml")
    desk.git("commit", "--quiet", "--message", "Move it")
    assert desk.changed_paths("HEAD~1") == ["after.yaml", "before.yaml"]


def test_a_new_commit_is_evidence_with_the_names_as_they_are(desk: Desk) -> None:
    desk.write("überblick.yaml", "a: 1\n")
    seen: list[events.Event] = []
    with events.subscribe(seen.append), desk.showing_commits():
        desk.git("add", "überblick.yaml")
        desk.git("commit", "--quiet", "--message", "Übersicht")
    [made] = [each for each in seen if isinstance(each, events.CommitMade)]
    assert made.message == "Übersicht"
    assert made.diff.startswith("diff --git a/überblick.yaml b/überblick.yaml\n")


def test_the_first_commit_is_filled_whatever_its_files_are_called(
    desk: Desk, tmp_path: Path
) -> None:
    files = {
        "a.yaml": b"url: <git-url>\nother: <no-fact>\n",
        "README.md": b"<git-url>\r\n",
        ".hidden/b": b"<second>",
        "picture.png": b"\x89PNG <git-url>",
    }
    for name, content in files.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    desk.git("init", "--quiet", "--bare", str(tmp_path / "server.git"))
    made = Desk(tmp_path / "other", desk.env)
    made.clone.parent.mkdir()
    values = {"git-url": "<second>", "second": "2"}
    seed(made, str(tmp_path / "server.git"), "main", tmp_path / "tree", values)
    assert {name: (made.clone / name).read_bytes() for name in files} == {
        "a.yaml": b"url: <second>\nother: <no-fact>\n",
        "README.md": b"<second>\r\n",
        ".hidden/b": b"2",
        "picture.png": b"\x89PNG <git-url>",
    }


def test_what_is_after_a_commit_is_known_closer_than_git_tells(desk: Desk) -> None:
    """A line of that second may be of before; the only one that comes may be of after."""
    before = datetime.now(UTC)
    commit(desk, "a: 2\n")
    after = datetime.now(UTC)
    # The clock of files runs a few milliseconds behind.
    assert before - timedelta(milliseconds=20) <= desk.after_commit() <= after
    desk.git("tag", "later")
    assert desk.after_commit() <= after


def test_where_the_head_was_moved_all_of_its_second_may_be_of_before(desk: Desk) -> None:
    commit(desk, "a: 2\n")
    desk.git("reset", "--quiet", "--hard", "HEAD~1")
    made = datetime.fromisoformat(desk.git("log", "-1", "--format=%cI").strip())
    assert desk.after_commit() == made + timedelta(seconds=1)


def test_what_a_terminal_runs_carries_the_mark_of_the_sandbox(desk: Desk) -> None:
    """So it is found where its parent was killed. A person's shell (`sandbox env`) has no mark."""
    terminal, sandbox = desk.terminal(), desk.folder.parent

    def marked() -> list[str]:
        return [each.name() for each in leftovers.marked(sandbox)]

    try:
        assert terminal.type("sleep 600 & detached=$!").exit_code == 0
        # The shell answers before its child has become another program.
        wait_until("the sleep", lambda: ("sleep" in marked() or None, str(marked())), 60)
        assert terminal.type("kill $detached").exit_code == 0
    finally:
        terminal.close()
    wait_until("its end", lambda: (not leftovers.marked(sandbox) or None, "something"), 60)
    assert str(sandbox) not in desk.env.values()
