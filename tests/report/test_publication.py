"""`make history-publish`: many writers share one branch, and none loses a line."""

import json
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest
from clones import BRANCH, Team, git, ids, recorded, state

from report import masking
from report.__main__ import main
from report.branch import publication
from report.history import KEPT_RUNS, History

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]
FLUX = "books/flux/history"
BOOKS = ["--book", "all"]


@pytest.fixture
def team(tmp_path: Path) -> Team:
    return Team.of(tmp_path)


def publishing(clone: Path) -> subprocess.Popen[str]:
    """A process that publishes what a clone has."""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "report", "history-publish", *BOOKS]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(words, cwd=clone, env=env, text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def published(team: Team, place: str = "history") -> list[str]:
    """The ids of the runs on the branch."""
    folder = team.bare.parent / "looked at" / place
    folder.mkdir(parents=True, exist_ok=True)
    lines = team.lines(f"{place}/runs.jsonl")
    (folder / "runs.jsonl").write_text("".join(f"{line}\n" for line in lines))
    assert History.read(folder).problems == ()
    return ids(folder)


@pytest.mark.parametrize("words", [(), ("--depth=1",)])
def test_the_first_makes_the_branch_with_the_histories_and_nothing_else(
    *, team: Team, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: object
) -> None:
    own = team.clone("own", *words)
    recorded(own, "a", "b")
    recorded(own, "f", book="flux")
    (own / "page.md").write_text("# Being written\n")
    git(own, "add", "page.md")
    before = state(own)
    monkeypatch.chdir(own)
    assert main(["history-publish", *BOOKS]) == 0
    assert state(own) == before
    assert (own / "page.md").read_text() == "# Being written\n"
    assert team.files() == [
        f"{FLUX}/runs.jsonl",
        f"{FLUX}/runs/f/results.json.gz",
        "history/runs.jsonl",
        "history/runs/a/results.json.gz",
        "history/runs/b/results.json.gz",
    ]
    assert git(team.bare, "rev-list", "--count", BRANCH) == "1\n"
    assert main(["history-publish", *BOOKS]) == 0
    assert git(team.bare, "rev-list", "--count", BRANCH) == "1\n"


def test_what_two_have_published_each_takes_from_the_other(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = team.clone("one"), team.clone("two", "--depth=1")
    recorded(one, "a", "c")
    recorded(two, "b")
    recorded(two, "f", book="flux")
    for clone in (one, two):
        monkeypatch.chdir(clone)
        assert main(["history-publish", *BOOKS]) == 0
    assert "1 of the runs in build/history are new" in capsys.readouterr().out
    assert git(team.bare, "rev-list", "--count", BRANCH) == "2\n"
    for clone in (one, two):
        monkeypatch.chdir(clone)
        assert main(["history-merge", f"origin/{BRANCH}", *BOOKS]) == 0
        assert sorted(ids(clone / "build/history")) == ["a", "b", "c"]
        assert ids(clone / "build" / FLUX) == ["f"]
        assert History.read(clone / "build/history").results("b").run.id == "b"
    lines = [(clone / "build/history/runs.jsonl").read_text().splitlines() for clone in (one, two)]
    assert lines[0] == lines[1] == team.lines()


def test_what_another_version_wrote_beside_it_stays_on_the_branch(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer, own = team.clone("newer"), team.clone("own")
    recorded(newer, "a")
    lines = newer / "build/history/runs.jsonl"
    line = json.dumps({**json.loads(lines.read_text()), "weather": "rain"})
    lines.write_text(line + "\n")
    recorded(own, "b")
    for clone in (newer, own):
        monkeypatch.chdir(clone)
        assert main(["history-publish"]) == 0
    assert line in team.lines()
    assert published(team) == ["a", "b"]


def test_whoever_is_overtaken_between_fetch_and_push_begins_again(team: Team) -> None:
    """The first push waits in the repository until the second writer's has landed."""
    late, quick = team.clone("late"), team.clone("quick", "--depth=1")
    for clone, name in ((late, "late"), (quick, "quick")):
        recorded(clone, name)
        recorded(clone, f"{name}-flux", book="flux")
    came, go = team.bare.parent / "came", team.bare.parent / "go"
    for fifo in (came, go):
        os.mkfifo(fifo)
    # Opened for both ways: neither end waits for the other to be opened.
    arrived, released = (os.open(fifo, os.O_RDWR) for fifo in (came, go))
    hook = team.bare / "hooks/pre-receive"
    once = f"mkdir '{team.bare}/once' 2>/dev/null || exit 0"
    hook.write_text(f"#!/bin/sh\n{once}\necho > '{came}'\nread -r line < '{go}'\n")
    hook.chmod(0o755)
    first = publishing(late)
    assert select.select([arrived], [], [], 60)[0], "its push has not reached the repository"
    second = publishing(quick)
    told = second.communicate(timeout=60)
    assert second.returncode == 0, told
    assert published(team) == ["quick"]
    os.write(released, b"\n")
    out, err = first.communicate(timeout=60)
    assert (first.returncode, err) == (0, "")
    assert "others pushed to it meanwhile" in out
    assert sorted(published(team)) == ["late", "quick"]
    assert sorted(published(team, FLUX)) == ["late-flux", "quick-flux"]
    assert len([name for name in team.files() if name.endswith("results.json.gz")]) == 4
    for end in (arrived, released):
        os.close(end)


def test_of_many_that_publish_at_once_no_line_is_lost(team: Team) -> None:
    clones = {f"w{number}": team.clone(f"w{number}") for number in range(5)}
    for name, clone in clones.items():
        recorded(clone, f"{name}-a", f"{name}-b")
        recorded(clone, f"{name}-f", book="flux")
    running = [publishing(clone) for clone in clones.values()]
    for each in running:
        told = each.communicate(timeout=120)
        assert each.returncode == 0, told
    assert sorted(published(team)) == sorted(f"{name}-{one}" for name in clones for one in "ab")
    assert sorted(published(team, FLUX)) == sorted(f"{name}-f" for name in clones)


def test_what_nobody_lets_in_says_who_what_and_the_cure(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = team.clone("own")
    recorded(own, "a")
    hook = team.bare / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho You are not allowed to push code >&2\nexit 1\n")
    hook.chmod(0o755)
    monkeypatch.chdir(own)
    assert main(["history-publish"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"origin (file://{team.bare}) does not take {BRANCH}: ")
    assert "You are not allowed to push code" in err
    assert "Cure: give whoever runs this the right to push" in err
    assert err.count("\n") == 1


def test_somebody_who_is_always_overtaken_gives_up(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each push finds that the branch has just moved, by the repository's own doing."""
    own = team.clone("own")
    recorded(own, "a")
    hook = team.bare / "hooks/pre-receive"
    moved = 'git commit-tree -m "$(cat count)" "main^{tree}"'
    hook.write_text(
        "#!/bin/sh\nunset GIT_QUARANTINE_PATH GIT_OBJECT_DIRECTORY\necho x >> count\n"
        "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a\n"
        f'git update-ref refs/heads/{BRANCH} "$({moved})"\nexit 1\n'
    )
    hook.chmod(0o755)
    monkeypatch.setattr(publication, "TRIES", 3)
    monkeypatch.chdir(own)
    assert main(["history-publish"]) == 2
    err = capsys.readouterr().err
    assert f"did not take {BRANCH} 3 times, others were quicker" in err
    assert err.count("\n") == 1
    assert (team.bare / "count").read_text() == "x\n" * 3


def test_the_branch_keeps_lines_to_the_cap_and_results_of_the_newest(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = team.clone("one"), team.clone("two")
    names = [f"r{number:03}" for number in range(KEPT_RUNS + 2)]
    recorded(one, *names)
    monkeypatch.chdir(one)
    assert main(["history-publish"]) == 0
    kept = [name for name in team.files() if name.endswith(".gz")]
    assert kept == [f"history/runs/{name}/results.json.gz" for name in names[2:]]
    assert published(team) == names
    recorded(two, "newest")
    monkeypatch.chdir(two)
    assert main(["history-publish"]) == 0
    kept = [name for name in team.files() if name.endswith(".gz")]
    assert len(kept) == KEPT_RUNS
    assert "history/runs/newest/results.json.gz" in kept
    assert len(published(team)) == len(names) + 1


def test_no_setting_of_the_persons_reaches_what_is_pushed(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hooks, options, signatures and tags are for what people push."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("pre-push", "reference-transaction"):
        (hooks / name).write_text("#!/bin/sh\nexit 1\n")
        (hooks / name).chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f"[core]\n\thooksPath = {hooks}\n\tautocrlf = true\n[push]\n\tpushOption = ci.skip\n"
        "\tgpgSign = true\n\tfollowTags = true\n[commit]\n\tgpgSign = true\n"
    )
    git(team.bare, "config", "core.hooksPath", "hooks")  # its user is another one elsewhere
    one, two = team.clone("one"), team.clone("two")
    recorded(one, "a")
    recorded(two, "b")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for clone in (one, two):
        monkeypatch.chdir(clone)
        assert main(["history-publish"]) == 0
    assert published(team) == ["a", "b"]
    assert git(team.bare, "log", "-1", "--format=%an", BRANCH) == "proofbook\n"


def test_files_of_others_on_the_branch_stay(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    own = team.clone("own")
    recorded(own, "a")
    git(own, "push", "-q", "origin", f"main:refs/heads/{BRANCH}")
    monkeypatch.chdir(own)
    assert main(["history-publish"]) == 0
    assert team.files() == ["history/runs.jsonl", "history/runs/a/results.json.gz", "page.md"]


def test_what_cannot_be_published_is_one_line_and_2(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = team.clone("own")
    monkeypatch.chdir(own)
    none = "there is no history to publish. Cure: `make e2e` records a run"
    assert main(["history-publish"]) == 2
    told = [capsys.readouterr().err]
    recorded(own, "a")
    for remote in ("orgin", "", "-x"):
        assert main(["history-publish", f"--remote={remote}"]) == 2
        told.append(capsys.readouterr().err)
    git(own, "remote", "set-url", "origin", f"file://{team.bare}-away")
    assert main(["history-publish"]) == 2
    told.append(capsys.readouterr().err)
    (team.bare.parent / "elsewhere/build").mkdir(parents=True)
    (own / "build/history").rename(team.bare.parent / "elsewhere/build/history")
    monkeypatch.chdir(team.bare.parent / "elsewhere")
    assert main(["history-publish"]) == 2
    told.append(capsys.readouterr().err)
    parts = (none, 'no remote "orgin". Cure: ', 'no remote ""', 'no remote "-x"')
    for part, line in zip((*parts, "does not answer", "no clone is around"), told, strict=True):
        assert part in line
        assert line.count("\n") == 1


def test_a_cut_line_is_told_and_not_published(
    team: Team, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = team.clone("own")
    recorded(own, "a")
    with (own / "build/history/runs.jsonl").open("a") as file:
        file.write('{"id": "half')
    monkeypatch.chdir(own)
    assert main(["history-publish"]) == 0
    assert "runs.jsonl:2: not a whole run; not published" in capsys.readouterr().err
    assert published(team) == ["a"]
    masking.forget()
