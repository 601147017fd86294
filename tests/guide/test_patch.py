"""The patch: what git makes of it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Edit = Callable[[str, str, str], None]
Run = Callable[..., int]


def git(folder: Path, *arguments: str, text: str | None = None) -> None:
    subprocess.run(
        ["git", *arguments], cwd=folder, input=text and text.encode(), check=True, timeout=60,
        capture_output=True,
    )  # fmt: skip


@pytest.fixture
def patched(
    run: Run, second: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[[], tuple[str, bytes]]:
    """Print the patch, apply it with git, and return it with what became of the guide."""

    def command() -> tuple[str, bytes]:
        assert run("patch", str(second / "guide.md")) == 0
        diff = capsys.readouterr().out
        git(second, "apply", text=diff)
        return diff, (second / "guide.md").read_bytes()

    return command


def test_the_patch_applies_and_leaves_no_erratum_open(
    patched: Callable[[], tuple[str, bytes]],
    run: Run,
    second: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    diff, guide = patched()
    assert diff.startswith("--- a/guide.md\n+++ b/guide.md\n@@ ")
    assert b"\ncase: false\n" in guide
    assert run("audit", str(second / "guide.md"), "--accept") == 0
    assert "0 errata open" in capsys.readouterr().out
    assert run("patch", str(second / "guide.md")) == 0
    assert capsys.readouterr().out == ""


def test_the_path_in_the_patch_is_the_one_in_the_repository(
    run: Run, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(second.parent, "init", "-q")
    assert run("patch", str(second / "guide.md")) == 0
    diff = capsys.readouterr().out
    assert diff.startswith("--- a/second/guide.md\n")
    git(second.parent, "apply", text=diff)
    assert b"\ncase: false\n" in (second / "guide.md").read_bytes()


def test_line_breaks_of_windows_and_a_missing_last_one_survive(
    patched: Callable[[], tuple[str, bytes]], second: Path
) -> None:
    path = second / "guide.md"
    before = path.read_bytes().rstrip(b"\n").replace(b"\n", b"\r\n")
    path.write_bytes(before)
    _, after = patched()
    assert after == before.replace(b"case: no", b"case: false")


def test_a_byte_order_mark_survives(patched: Callable[[], tuple[str, bytes]], second: Path) -> None:
    path = second / "guide.md"
    before = b"\xef\xbb\xbf" + path.read_bytes()
    path.write_bytes(before)
    assert patched()[1] == before.replace(b"case: no", b"case: false")


def test_the_first_line_is_corrected_where_it_says_so_behind_a_byte_order_mark(
    patched: Callable[[], tuple[str, bytes]], second: Path, edit: Edit
) -> None:
    path = second / "guide.md"
    text = path.read_text(encoding="utf-8").split("---\n", 2)[2].lstrip("\n")
    path.write_text("\ufeff" + text, encoding="utf-8")
    edit("errata/settings-case.yaml", "unit: settings/block-1", "unit: keeping-word-list")
    edit("errata/settings-case.yaml", 'old: "case: no"', 'old: "word list"')
    edit("errata/settings-case.yaml", 'new: "case: false"', 'new: "list of words"')
    assert patched()[1].startswith("\ufeff# Keeping a list of words\n".encode())


def test_a_name_with_a_blank_ends_with_a_tab_as_git_writes_it(
    run: Run, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (second / "guide.md").rename(second / "the guide.md")
    assert run("patch", str(second / "the guide.md")) == 0
    diff = capsys.readouterr().out
    assert diff.startswith("--- a/the guide.md\t\n+++ b/the guide.md\t\n@@ ")
    git(second, "apply", text=diff)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("old: 'limit: 100'\n    new: 'limit: 5'\n    line_end: true", "limit: 5\ncase: no\n"),
        (
            "old: 'case:'\n    new: |\n      deep:\n        er: 1\n      case:\n    unless: deep",
            "limit: 100   # words\ndeep:\n  er: 1\ncase: no\n",
        ),
    ],
)
def test_lines_are_inserted_and_cut_where_the_fact_stands(
    patched: Callable[[], tuple[str, bytes]], edit: Edit, change: str, expected: str
) -> None:
    edit("errata/settings-case.yaml", 'old: "case: no"\n    new: "case: false"', change)
    assert expected.encode() in patched()[1]


def test_a_sentence_is_put_behind_the_own_text_of_a_unit(
    patched: Callable[[], tuple[str, bytes]], edit: Edit
) -> None:
    edit("errata/settings-case.yaml", "unit: settings/block-1", "unit: making-list/step-3")
    edit(
        "errata/settings-case.yaml",
        'old: "case: no"\n    new: "case: false"',
        "new: Twice.\n    unless: Twice",
    )
    assert b"3. Check the list: Twice.\n   - it has" in patched()[1]


def test_two_changes_of_the_same_text_are_refused(
    run: Run, second: Path, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    other = (second / "errata/settings-case.yaml").read_text(encoding="utf-8")
    (second / "errata/other.yaml").write_text(
        other.replace("number: 1", "number: 2").replace('"case: no"', '"e: n"'), encoding="utf-8"
    )
    assert run("patch", str(second / "guide.md")) == 2
    assert "guide.md:35: two errata change the same text" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("number: 1", "number: one", "is no erratum: its number is none"),
        ("claim: ", "clam: ", "is no erratum: it knows nothing of clam"),
        ("happens: A reader of YAML 1.2 takes it for a text.\n", "", "is no erratum: no 'happens'"),
        (
            'new: "case: false"',
            'new: "case: no more"',
            "a change that keeps the old text needs `un",
        ),
        ("units: [", "units: [[", "is no YAML: "),
    ],
)
def test_an_erratum_that_is_wrong_is_refused(
    run: Run,
    second: Path,
    edit: Edit,
    capsys: pytest.CaptureFixture[str],
    old: str,
    new: str,
    problem: str,
) -> None:
    edit("errata/settings-case.yaml", old, new)
    assert run("patch", str(second / "guide.md")) == 2
    shown = capsys.readouterr().err
    assert "settings-case.yaml:" in shown
    assert problem in shown
    assert shown.count("\n") == 1


@pytest.mark.parametrize("command", [["audit"], ["audit", "--accept"], ["patch"]])
@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            'old: "case: no"',
            'old: "case: nein"',
            'a change finds nothing in unit "settings/block-1": case: nein. Cure: write `old` as',
        ),
        (
            "unit: settings/block-1",
            "unit: setings/block-1",
            'the lock has no unit "setings/block-1". Cure: did you mean settings/block-1',
        ),
    ],
)
def test_an_erratum_that_would_be_left_out_is_not_taken_for_fixed(
    run: Run,
    second: Path,
    edit: Edit,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    old: str,
    new: str,
    problem: str,
) -> None:
    edit("errata/settings-case.yaml", old, new)
    locked = (second / "source.lock").read_text(encoding="utf-8")
    assert run(command[0], str(second / "guide.md"), *command[1:]) == 2
    said = capsys.readouterr()
    assert f"settings-case.yaml:1: {problem}" in said.err
    assert said.out == ""
    assert (second / "source.lock").read_text(encoding="utf-8") == locked


def test_check_tells_of_a_change_in_a_unit_that_nobody_has(
    run: Run, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("errata/settings-case.yaml", "unit: settings/block-1", "unit: setings/block-1")
    assert run("check") == 2
    assert 'the lock has no unit "setings/block-1"' in capsys.readouterr().err


def test_what_the_team_has_corrected_in_words_of_its_own_is_fixed(
    run: Run, second: Path, edit: Edit, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("guide.md", "case: no", "case: off")
    for _ in range(2):
        assert run("audit", str(second / "guide.md"), "--accept") == 0
        assert "erratum 1 is fixed" in capsys.readouterr().out
    assert run("patch", str(second / "guide.md")) == 0


def test_errata_numbers_are_given_once(
    run: Run, second: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (second / "errata/settings-case.yaml").read_text(encoding="utf-8")
    (second / "errata/twin.yaml").write_text(text, encoding="utf-8")
    assert run("patch", str(second / "guide.md")) == 2
    assert "number 1 is taken by" in capsys.readouterr().err
