"""SINCE=: what lies elsewhere than where a scenario is written, and decides how it ends."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from clone_of_book import change, found, git, made

from guide import Book, Edition, shelf
from guide.features import Features

pytestmark = pytest.mark.integration

FORK = "book/steps/fork.py"
SAYS = 'no commit of "{project}" has a status'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return made(tmp_path / "clone")


def saying(clone: Path, words: str) -> set[str]:
    """The scenarios of the book that say these words."""
    book = Book.read(clone / "book")
    features = Features.read(book.features, Edition.read(book.edition))
    told = features.scenarios.values()
    return {one.id for one in told if any(words in step.text for step in one.expanded)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"@then(parsers.parse('{SAYS}'))\n", ""),
        (SAYS, 'no commit of "{project}" has one status'),
        (SAYS, 'no commit of "{project:d}" has a status'),
        ("@then", "@given"),
    ],
    ids=["gone", "renamed", "narrower", "another kind"],
)
def test_who_says_what_a_module_took_before_is_touched(clone: Path, old: str, new: str) -> None:
    who = saying(clone, "has a status")
    assert who
    # A scenario that says another sentence of the module is taken for that one.
    head, then = (clone / FORK).read_text().split("@then")
    (clone / "book/steps/forks.py").write_text(head)
    alone = f"{head.split('@given')[0]}@given('a sentence of nobody')\ndef nobody() -> None: ...\n"
    (clone / FORK).write_text(f"{alone}\n\n@then{then}")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "two modules")
    change(clone, FORK, old, new)
    touched = found(clone)
    assert who <= touched.keys()
    assert len(touched) < 21


def test_a_module_whose_sentences_cannot_all_be_read_touches_all(clone: Path) -> None:
    plain = (clone / FORK).read_text()
    change(clone, FORK, f"parsers.parse('{SAYS}')", "WORDS")
    assert set(found(clone).values()) == {f"{FORK} has changed"}
    git(clone, "commit", "--quiet", "-am", "read by running it only")
    assert found(clone) == {}
    (clone / FORK).write_text(plain)
    assert set(found(clone).values()) == {f"{FORK} has changed"}


@pytest.fixture
def charts(clone: Path, tmp_path: Path) -> Path:
    """A submodule of the clone that holds charts."""
    source = tmp_path / "charts"
    source.mkdir()
    git(source, "init", "--quiet", "--initial-branch=main")
    for version in ("1", "2"):
        (source / "Chart.yaml").write_text(version)
        git(source, "add", ".")
        git(source, "commit", "--quiet", "-m", version)
    git(clone, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(source), "c")
    git(clone / "c", "checkout", "--quiet", "HEAD~1")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "charts of others")
    assert found(clone) == {}
    return clone / "c"


@pytest.mark.parametrize("hidden", [False, True], ids=["plain", "hidden"])
def test_another_commit_of_a_submodule_takes_all(
    clone: Path, charts: Path, *, hidden: bool
) -> None:
    if hidden:
        git(clone, "config", "diff.ignoreSubmodules", "all")
        git(clone, "update-index", "--assume-unchanged", "c")
    git(charts, "checkout", "--quiet", "main")
    assert set(found(clone).values()) == {"c has changed"}
    if not hidden:
        git(clone, "commit", "--quiet", "-am", "newer charts")
        assert set(found(clone, "HEAD~1").values()) == {"c has changed"}
        assert found(clone) == {}


def test_a_submodule_of_which_a_file_is_another_takes_all(clone: Path, charts: Path) -> None:
    (charts / "Chart.yaml").write_text("by hand")
    assert set(found(clone).values()) == {"c has changed"}


def test_git_that_is_set_to_go_into_submodules_leaves_those_of_the_clone_alone(
    clone: Path, charts: Path
) -> None:
    (clone / FORK).write_text("# another\n")
    git(clone, "commit", "--quiet", "-am", "another step")
    git(charts, "checkout", "--quiet", "-B", "mine")
    git(clone, "config", "submodule.recurse", "true")
    own = [clone / ".git/modules/c" / name for name in ("config", "HEAD")]
    was = [each.read_text() for each in own]
    assert "c has changed" not in found(clone, "HEAD~1").values()
    assert [each.read_text() for each in own] == was
    git(clone, "status")
    git(charts, "status")


@pytest.mark.parametrize("commits", [1, 0], ids=["in a commit", "in the tree"])
def test_a_submodule_that_goes_takes_all(clone: Path, charts: Path, commits: int) -> None:
    git(clone, "rm", "--quiet", "--cached", "c")
    shutil.rmtree(charts)
    if commits:
        git(clone, "commit", "--quiet", "-m", "without")
    assert "c has changed" in set(found(clone, "HEAD~1" if commits else "HEAD").values())


def test_a_submodule_that_was_not_fetched_is_told_by_its_commit(
    clone: Path, charts: Path, tmp_path: Path
) -> None:
    git(charts, "checkout", "--quiet", "main")
    git(clone, "commit", "--quiet", "-am", "newer charts")
    again = tmp_path / "again"
    git(tmp_path, "clone", "--quiet", str(clone), str(again))
    assert found(again) == {}
    assert set(found(again, "HEAD~1").values()) == {"c has changed"}


@pytest.fixture
def other(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second book in the clone, known to the shelf."""
    shutil.copytree(clone / "book", clone / "other", copy_function=shutil.copyfile)
    for part in ("charts", "steps"):
        (clone / "other" / part).mkdir(exist_ok=True)
        (clone / "other" / part / "helper.py").write_text("x = 1\n")
    books = ("book", "other")
    monkeypatch.setattr(shelf, "several", lambda _: [Book.read(clone / each) for each in books])
    return clone / "other"


@pytest.mark.parametrize("linked", [False, True], ids=["named", "linked"])
@pytest.mark.parametrize("part", ["charts", "steps"])
def test_what_lies_in_the_folder_of_another_book_is_of_this_one_too(
    clone: Path, other: Path, part: str, *, linked: bool
) -> None:
    if linked:
        (clone / "book" / part).mkdir(exist_ok=True)
        (clone / "book" / part / "more").symlink_to(Path("../..", "other", part))
    else:
        named = f"folders: {{{part}: ../other/{part}}}\nlayout:\n"
        change(clone, "book/book.yaml", "layout:\n", named)
        if part == "steps":
            shutil.rmtree(clone / "book" / part)
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "two books")
    (other / "source.lock").write_text("{}")
    assert found(clone) == {}
    (other / part / "helper.py").write_text("x = 2\n")
    assert set(found(clone).values()) == {f"other/{part}/helper.py has changed"}


def test_what_a_book_takes_from_a_folder_that_counts_for_none_counts_for_it(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "ROOT", clone)
    (clone / "docs/charts").mkdir(parents=True)
    (clone / "docs/charts/README.md").write_text("x")
    change(clone, "book/book.yaml", "layout:\n", "folders: {charts: ../docs/charts}\nlayout:\n")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "charts among the pages")
    (clone / "docs/index.md").write_text("y")
    assert found(clone) == {}
    (clone / "docs/charts/README.md").write_text("y")
    assert set(found(clone).values()) == {"docs/charts/README.md has changed"}


@pytest.mark.parametrize(
    ("acts", "goes"),
    [
        ("import sandbox.waiting\nsandbox.waiting.POLL_S = 9", False),
        ("import os\nos.environ['NO_PROXY'] = '*'", True),
        ("print('loaded')", False),
        ("for name in ('a', 'b'):\n    globals()[name] = name", False),
        ("import os\nx = os.putenv('NO_PROXY', '*')", True),
        ("x = [print(each) for each in ('a',)]", False),
        ("class X:\n    print('loaded')", False),
        ("def x(y=print('loaded')): ...", False),
        ("import atexit\n@atexit.register\ndef x() -> None: ...", False),
    ],
)
def test_what_a_module_does_when_it_is_imported_touches_all(
    clone: Path, acts: str, goes: bool
) -> None:
    plain = (clone / FORK).read_text()
    if goes:
        (clone / FORK).write_text(f"{plain}\n\n{acts}\n")
        git(clone, "commit", "--quiet", "-am", "acts")
    (clone / FORK).write_text(plain if goes else f"{plain}\n\n{acts}\n")
    assert set(found(clone).values()) == {f"{FORK} has changed"}


@pytest.mark.parametrize(
    "defines",
    [
        "import re\nX = re.compile(f'{1}'.strip())",
        "from dataclasses import dataclass\n@dataclass\nclass X:\n    y: int = 1",
        "def x() -> None:\n    print('called')\n\ny = lambda: print('called')",
    ],
)
def test_what_a_module_defines_for_itself_touches_its_own(clone: Path, defines: str) -> None:
    before = (clone / FORK).read_text()
    (clone / FORK).write_text(f"{before}\n\n{defines}\n")
    assert f"{FORK} has changed" not in found(clone).values()


@pytest.mark.parametrize(
    ("name", "takes"),
    [
        ("silence.py", "import book_steps\n\nof_fork = book_steps.fork\n"),
        ("silence.py", 'import importlib\n\nfork = importlib.import_module("book_steps.fork")\n'),
        ("further/__init__.py", "from book_steps.fork import engineer\n"),
        ("further/deeper/taken.py", "from ...fork import engineer\n"),
    ],
)
def test_a_module_that_is_taken_in_another_way_touches_all(
    clone: Path, name: str, takes: str
) -> None:
    other = clone / "book/steps" / name
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_text((other.read_text() if other.exists() else "") + f"\n{takes}")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "taken")
    change(clone, FORK, "def ", "def renamed_")
    assert set(found(clone).values()) == {f"{FORK} has changed"}


@pytest.mark.parametrize("part", ["charts", "steps"])
@pytest.mark.parametrize("where", [".gitignore", ".git/info/exclude"])
def test_what_git_is_told_to_ignore_runs_all_the_same(clone: Path, part: str, where: str) -> None:
    (clone / where).write_text("own.*\n__pycache__/\n")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "--allow-empty", "-m", "ignored")
    (clone / "book/steps/__pycache__").mkdir()
    (clone / "book/steps/__pycache__/fork.pyc").write_text("x")
    (clone / "own.txt").write_text("x")
    assert found(clone) == {}
    name = f"book/{part}/own.py"
    (clone / name).write_text("x = 1\n")
    assert set(found(clone).values()) == {f"{name} has changed"}
    (clone / "plain").mkdir()
    (clone / "plain/own.py").write_text("x = 1\n")
    (clone / name).unlink()
    (clone / "book" / part / "more").symlink_to("../../plain")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "a link")
    assert set(found(clone).values()) == {"plain/own.py has changed"}


@pytest.mark.parametrize(
    ("part", "inside"),
    [
        ("edition", True),
        ("edition/alerts.md", False),
        ("features", True),
        ("steps", True),
        ("charts/podinfo-4", False),
    ],
)
def test_a_link_out_of_the_commit_takes_all(
    clone: Path, tmp_path: Path, part: str, inside: bool
) -> None:
    there = (clone if inside else tmp_path) / "there"
    shutil.move(clone / "book" / part, there)
    (clone / "book" / part).symlink_to(there)  # from the root: no commit has a place for that
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "a link")
    why = f"book/{part} leads out of the commit, and what was there is not known"
    assert set(found(clone).values()) == {why}
    assert len(found(clone)) > 20
    (clone / "book" / part).unlink()
    shutil.move(there, clone / "there")
    (clone / "book" / part).symlink_to("../" * len(Path(part).parts) + "there")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "a link within")
    assert found(clone) == {}
