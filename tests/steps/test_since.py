"""SINCE=: a book in a clone of its own, changed in one way after the other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from clone_of_book import change, found, git, made

from guide import shelf
from guide.errors import GuideError
from steps.since import _is_elsewhere, _other, main

pytestmark = pytest.mark.integration


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return made(tmp_path / "clone")


def test_nothing_has_changed(clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(clone) == {}
    assert main(["HEAD", "--book", str(clone / "book")]) == 0
    told = capsys.readouterr()
    assert told.out == "\n"
    [unseen, nothing] = told.err.splitlines()
    assert unseen.endswith(": its changes are not looked at")
    assert "nothing has changed" in nothing


def test_in_proofbooks_own_clone_everything_is_looked_at(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shelf, "ROOT", clone)
    assert main(["HEAD", "--book", str(clone / "book")]) == 0
    assert "not looked at" not in capsys.readouterr().err


def test_a_scenario_with_other_words_and_a_new_one(clone: Path) -> None:
    name = "book/features/grafana.feature"
    feature = clone / name
    text = feature.read_text()
    first = text[text.index("  @id:") :].split("\n\n")[0]
    again = first.replace("@id:", "@id:again-").replace("Scenario: ", "Scenario: Again ")
    feature.write_text(f"{text.rstrip()}\n\n{again}\n")
    git(clone, "commit", "--quiet", "-am", "one more")
    [new] = found(clone, "HEAD~1").items()
    assert new[1] == "it is new"
    assert found(clone) == {}
    change(
        clone,
        name,
        "    Then ",
        "    Then every Flux object is Ready at the pushed commit\n    And ",
    )
    [(_, why)] = found(clone).items()
    assert why == "its own words"


def test_a_sentence_of_the_book_touches_who_says_it(clone: Path) -> None:
    change(clone, "book/steps/fork.py", "def ", "def renamed_")
    touched = found(clone)
    assert touched
    assert len(touched) < 21
    assert all(why.startswith("the sentence of fork: ") for why in touched.values())


SHARED = [
    "\n\n@pytest.fixture(autouse=True)\ndef prepared() -> None:\n    return None\n",
    "\n\ndef pytest_runtest_setup(item: object) -> None:\n    return None\n",
    "\n\npytest_plugins = []\n",
]


@pytest.mark.parametrize("shared", SHARED, ids=["fixture", "hook", "plugins"])
@pytest.mark.parametrize("goes", [True, False], ids=["goes", "comes"])
def test_what_a_module_of_sentences_gave_to_all_touches_all(
    clone: Path, shared: str, goes: bool
) -> None:
    module = clone / "book/steps/fork.py"
    plain = module.read_text()
    if goes:
        module.write_text(plain + shared)
        git(clone, "commit", "--quiet", "-am", "shared")
        assert found(clone) == {}
    module.write_text(plain if goes else plain + shared)
    touched = found(clone)
    assert set(touched.values()) == {"book/steps/fork.py has changed"}
    assert len(touched) > 20


@pytest.mark.parametrize(
    "line",
    ["from steps import fork\n", "from steps import (\n    fork,\n)\n", "import steps.fork\n"],
)
@pytest.mark.parametrize("goes", [True, False], ids=["goes", "stays"])
def test_a_module_of_sentences_that_another_takes_from_touches_all(
    clone: Path, line: str, goes: bool
) -> None:
    other = clone / "book/steps/silence.py"
    plain = other.read_text()
    other.write_text(f"{plain}\n{line}")
    git(clone, "commit", "--quiet", "-am", "taken")
    change(clone, "book/steps/fork.py", "def ", "def renamed_")
    if goes:
        other.write_text(plain)
    assert "book/steps/fork.py has changed" in set(found(clone).values())
    assert len(found(clone)) > 20


@pytest.mark.parametrize("part", ["steps", "charts", "edition", "features"])
def test_another_folder_of_the_book_takes_all(clone: Path, part: str) -> None:
    here, there = clone / "book" / part, clone / "book" / f"other-{part}"
    here.mkdir(exist_ok=True)
    (here / "kept.txt").write_text("x")
    shutil.copytree(here, there)
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "two of them")
    change(clone, "book/book.yaml", "layout:\n", f"folders: {{{part}: other-{part}}}\nlayout:\n")
    why = "start, layout, folders, placeholders or settings of the book"
    assert set(found(clone).values()) == {why}
    assert len(found(clone)) > 20


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("book/steps/helper.py", "book/steps/helper.py has changed"),
        ("book/charts/x/Chart.yaml", "book/charts/x/Chart.yaml has changed"),
        ("Makefile", "Makefile has changed"),
    ],
)
def test_any_doubt_takes_all(clone: Path, name: str, why: str) -> None:
    (clone / name).parent.mkdir(parents=True, exist_ok=True)
    (clone / name).write_text("x = 1\n")
    touched = found(clone)
    assert set(touched.values()) == {why}
    assert len(touched) > 20


def test_another_ground_takes_all(clone: Path) -> None:
    change(clone, "book/book.yaml", "branch: main", "branch: trunk")
    assert set(found(clone).values()) == {
        "start, layout, folders, placeholders or settings of the book"
    }


def test_what_is_thought_of_a_run_is_not_what_runs(clone: Path) -> None:
    change(clone, "book/source.lock", "\n", "\n\n")
    change(clone, "book/book.yaml", "title: ", "title: New ")
    assert found(clone) == {}


@pytest.mark.parametrize(
    ("name", "stands"), [("report/branch/git.py", False), ("report/collect.py", True)]
)
def test_what_is_done_with_results_afterwards_touches_no_scenario(name: str, stands: bool) -> None:
    assert (shelf.ROOT / name).is_file()
    assert _is_elsewhere(name) is not stands


def test_whatever_lies_in_a_stand_in_chart_is_packed_with_it() -> None:
    book, root = shelf.find(), shelf.ROOT.resolve()
    name = "sandbox/charts/ingress-nginx/README.md"
    assert _other({name}, root, book) == f"{name} has changed"
    assert _other({"sandbox/gitlab/README.md"}, root, book) == ""


def test_a_quarantine_touches_no_scenario(clone: Path) -> None:
    (clone / "book/quarantine.yaml").write_text("[]")
    assert found(clone) == {}


def test_a_book_that_was_none_takes_all(clone: Path) -> None:
    text = (clone / "book" / "book.yaml").read_text()
    change(clone, "book/book.yaml", "title:", "no-title:")
    git(clone, "commit", "--quiet", "-am", "broken")
    (clone / "book" / "book.yaml").write_text(text)
    assert all("cannot be read" in why for why in found(clone).values())
    assert len(found(clone)) > 20


def test_what_is_no_commit_is_one_line(
    clone: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(GuideError, match='SINCE "nope" is no commit'):
        found(clone, "nope")
    with pytest.raises(GuideError, match='SINCE "--help" is no commit'):
        found(clone, "--help")
    shallow = tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--depth=1", clone.as_uri(), str(shallow))
    with pytest.raises(GuideError, match="unshallow"):
        found(shallow, "HEAD~1")
    shutil.rmtree(clone / ".git")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    assert main(["HEAD", "--book", str(clone / "book")]) == 2
    assert main(["HEAD", "--book", "all"]) == 2
    assert main(["HEAD", "--feature", "alerts"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 3
    assert "is in no clone" in lines[0]


@pytest.mark.parametrize(
    "hidden",
    [
        ("config", "diff.orderFile", "/nonexistent"),
        ("config", "diff.external", "true"),
        ("config", "diff.ignoreSubmodules", "all"),
        ("update-index", "--assume-unchanged", "book/book.yaml", "book/steps/fork.py"),
        ("update-index", "--skip-worktree", "book/book.yaml", "book/steps/fork.py"),
    ],
)
def test_no_setting_of_git_hides_a_change(clone: Path, hidden: tuple[str, ...]) -> None:
    git(clone, *hidden)
    change(clone, "book/steps/fork.py", "def ", "def renamed_")
    assert found(clone)


def test_a_git_that_cannot_tell_is_no_green(clone: Path) -> None:
    (clone / ".git" / "index").write_bytes(b"no index")
    with pytest.raises(GuideError, match=r"SINCE asks git, and `git ls-files` failed: .*index"):
        found(clone)


def test_a_link_a_program_and_a_file_that_is_gone_have_changed(clone: Path) -> None:
    for name in ("was", "script", "target"):
        (clone / name).write_text("x")
    (clone / "link").symlink_to("target")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "more")
    assert found(clone) == {}
    (clone / "link").unlink()
    (clone / "link").symlink_to("script")
    assert "link has changed" in set(found(clone).values())
    git(clone, "checkout", "--quiet", "link")
    (clone / "script").chmod(0o755)
    assert "script has changed" in set(found(clone).values())
    (clone / "script").chmod(0o644)
    (clone / "was").unlink()
    assert "was has changed" in set(found(clone).values())
