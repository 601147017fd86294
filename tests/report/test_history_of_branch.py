"""`make history-merge` takes a history from a branch, a remote one or a local one."""

from pathlib import Path
from typing import Any

import pytest
from clones import BRANCH, Team, git, ids, recorded, state
from recorded_runs import OLD

from report import masking
from report.__main__ import main
from report.branch.git import Git
from report.branch.remote import TOKEN, Remote


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team.of(tmp_path)


def by_hand(clone: Path, name: str = BRANCH, build: str = "build") -> None:
    """A branch with what lies in a folder and nothing else, pushed by somebody by hand."""
    git(clone, "read-tree", "--empty")
    git(clone, f"--work-tree={build}", "add", "-f", ".")
    tree = git(clone, "write-tree").strip()
    commit = git(clone, "commit-tree", "-m", "By hand", tree).strip()
    git(clone, "push", "-q", "origin", f"{commit}:refs/heads/{name}")


@pytest.mark.parametrize("words", [(), ("--depth=1",)])
def test_a_branch_of_a_remote_is_fetched_and_every_book_taken(
    *,
    team: Team,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other, own = team.clone("other"), team.clone("own", *words)
    recorded(other, "a", "c")
    recorded(other, "f", book="flux")
    by_hand(other)
    recorded(own, "b")
    before = state(own)
    monkeypatch.chdir(own)
    assert main(["history-merge", f"origin/{BRANCH}", "--book", "all"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert f"2 runs are new from origin/{BRANCH}: build/history has 3 now\n" in said.out
    assert sorted(ids(own / "build/history")) == ["a", "b", "c"]
    assert ids(own / "build/books/flux/history") == ["f"]
    assert (own / "build/history/runs/a/results.json.gz").is_file()
    assert state(own) == before


def test_a_branch_may_be_local_and_have_the_history_at_its_top(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = team.clone("own")
    recorded(own, "a")
    by_hand(own, "kept/since-2026", "build/history")
    git(own, "fetch", "-q", "origin", "+refs/heads/kept/since-2026:refs/heads/here")
    git(own, "tag", "-f", "spot", "here")
    for number, name in enumerate(("here", "spot", "origin/kept/since-2026")):
        folder = own / f"taken-{number}"
        monkeypatch.chdir(own)
        assert main(["history-merge", name, "--history", str(folder)]) == 0
        assert ids(folder) == ["a"]


def test_a_branch_without_the_book_has_nothing_of_it_and_gives_nothing_of_another(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines of older versions name no book: they are of the one in whose place they lie."""
    other, own = team.clone("other"), team.clone("own")
    recorded(other, "a", book="operational")
    lines = other / "build/history/runs.jsonl"
    for name, text in {BRANCH: lines.read_text(), "old": OLD.replace("operational", "")}.items():
        lines.write_text(text)
        by_hand(other, name)
    monkeypatch.chdir(own)
    assert main(["history-merge", f"origin/{BRANCH}", "--book", "flux"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"origin/{BRANCH} has no history of flux yet: nothing to take")
    assert said.err == ""
    assert main(["history-merge", "origin/old", "--book", "flux"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("origin/old: holds no history of flux. Cure: ")
    assert err.count("\n") == 1
    assert not Path("build").exists()
    assert main(["history-merge", "origin/old"]) == 0
    assert len(ids(own / "build/history")) == 1


def test_a_folder_of_that_name_comes_first(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    own, other = team.clone("own"), team.clone("other")
    recorded(other, "a")
    by_hand(other, "spot")
    recorded(own / "origin/spot", "b")
    monkeypatch.chdir(own)
    assert main(["history-merge", "origin/spot"]) == 0
    assert ids(own / "build/history") == ["b"]


def test_a_branch_that_nobody_has_made_yet_has_nothing_to_take(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(team.clone("own"))
    assert main(["history-merge", f"origin/{BRANCH}", "--book", "all"]) == 0
    assert capsys.readouterr().out.startswith(f"there is no origin/{BRANCH} yet")
    assert not Path("build").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("origin/nosuch", 'has no branch "nosuch"'),
        ("nosuch/branch", "is no folder, no branch of a remote and no commit of this clone"),
        ("--all", "is no folder, no branch of a remote and no commit of this clone"),
        ("main", "holds no history"),
        (f"away/{BRANCH}", "does not answer"),
    ],
)
def test_what_names_no_history_is_one_line_and_2(
    *, team: Team, given: str, said: str, monkeypatch: Any, capsys: Any
) -> None:
    clone = team.clone("own")
    git(clone, "remote", "add", "away", f"file://{team.bare}-away")
    monkeypatch.chdir(clone)
    assert main(["history-merge", "--", given]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert "Cure: " in err
    assert err.count("\n") == 1
    assert not Path("build").exists()


def test_a_book_of_a_newer_schema_keeps_all_from_being_taken(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other, own = team.clone("other"), team.clone("own")
    recorded(other, "a")
    (other / "build/books/flux/history").mkdir(parents=True)
    (other / "build/books/flux/history/runs.jsonl").write_text('{"schema": 3, "id": "f"}\n')
    by_hand(other)
    monkeypatch.chdir(own)
    assert main(["history-merge", f"origin/{BRANCH}", "--book", "all"]) == 2
    assert "is of history schema 3" in capsys.readouterr().err
    assert not Path("build").exists()


def test_what_the_clone_says_of_its_server_counts_and_no_secret_is_shown(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`url.*.insteadOf` and an included file are settings as the services write them."""
    other, own = team.clone("other"), team.clone("own")
    recorded(other, "a")
    by_hand(other)
    url = "https://ci:s3cr3t-part@git.invalid/team/clone.git"
    git(own, "remote", "set-url", "origin", url)
    (own / ".git/more").write_text(f'[url "file://{team.bare}"]\n\tinsteadOf = "{url}"\n')
    git(own, "config", "include.path", "more")
    monkeypatch.chdir(own)
    assert main(["history-merge", f"origin/{BRANCH}"]) == 0
    git(own, "config", "--unset", "include.path")
    assert main(["history-merge", f"origin/{BRANCH}"]) == 2
    err = capsys.readouterr().err
    assert "origin (https://git.invalid/team/clone.git) does not answer" in err
    assert "s3cr3t" not in err
    masking.forget()


def test_a_token_is_shown_in_the_place_of_what_the_clone_knows(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = team.clone("own")
    git(own, "remote", "set-url", "origin", "https://ci:job-token@git.invalid/team/clone.git")
    git(own, "config", "http.https://git.invalid/.extraheader", "AUTHORIZATION: basic x")
    git(own, "config", "credential.helper", "!echo password=of-the-clone")
    monkeypatch.setenv(TOKEN, "glpat-of-the-history")
    with Remote.opened(Git.around(own), "origin") as remote:
        asked = remote.git.said("credential", "fill", content=b"protocol=https\nhost=h\n\n")
        assert b"password=glpat-of-the-history\n" in asked
        told = remote.git.said("config", "--list").decode()
        assert "remote.origin.url=https://git.invalid/team/clone.git" in told
        assert "extraheader" not in told
        assert TOKEN in told
        assert "glpat" not in told
    masking.forget()
