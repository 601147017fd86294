"""A diff of a page: read with its place, applied as git does it, refused with what is there."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from guide.diff import Diff, DoesNotApply
from guide.hunk import Malformed, lines_in

FILE = "name: one\nports:\n  - 80\n  - 443\nowner: a\n"
CHANGE = "@@ -2,3 +2,4 @@\n ports:\n-  - 80\n+  - 8080\n+  - 8081\n   - 443\n"


def test_the_lines_change_and_no_others() -> None:
    after = Diff.read("a.yaml", CHANGE).apply(FILE)
    assert after == "name: one\nports:\n  - 8080\n  - 8081\n  - 443\nowner: a\n"


@pytest.mark.parametrize(
    "names",
    [
        "--- a/a.yaml\n+++ b/a.yaml\n",
        "diff --git a/a.yaml b/a.yaml\nindex 1..2 100644\n--- a.yaml\t1\n+++ a.yaml\n",
    ],
)
def test_the_names_of_the_file_may_stand_above(names: str) -> None:
    assert Diff.read("a.yaml", names + CHANGE).apply(FILE) == Diff.read("a.yaml", CHANGE).apply(
        FILE
    )


def test_what_a_page_shows_is_what_git_applies(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    file = tmp_path / "team" / "a.yaml"
    file.write_text(FILE)
    shown = Diff.read("team/a.yaml", CHANGE)
    env = {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent), "PATH": os.environ["PATH"]}
    subprocess.run(
        ["git", "apply", "-"], input=shown.named.encode(), cwd=tmp_path, env=env, check=True
    )
    assert file.read_text() == shown.apply(FILE)


def test_lines_that_have_moved_are_found() -> None:
    assert "  - 8080\n" in Diff.read("a.yaml", CHANGE).apply("# more\n\n" + FILE)


def test_a_file_is_not_what_it_changes() -> None:
    with pytest.raises(DoesNotApply, match=r"does not apply to a\.yaml") as refused:
        Diff.read("a.yaml", CHANGE).apply(FILE.replace("80", "81"))
    assert refused.value.instead == "ports:\n  - 81\n  - 443"
    assert refused.value.hunk.old == ("ports:", "  - 80", "  - 443")


def test_of_several_hunks_it_is_the_one_that_does_not_fit() -> None:
    more = "@@ -1,2 +1,2 @@\n-name: one\n+name: two\n ports:\n"
    more += "@@ -4,2 +4,2 @@\n   - 443\n-owner: b\n+owner: c\n"
    with pytest.raises(DoesNotApply) as refused:
        Diff.read("a.yaml", more).apply(FILE)
    assert refused.value.hunk.old == ("  - 443", "owner: b")
    assert refused.value.instead == "  - 443\nowner: a"


def test_nothing_is_guessed() -> None:
    """Context that differs by a space, an end that is none, and lines that stand twice."""
    change = Diff.read("a.yaml", CHANGE)
    with pytest.raises(DoesNotApply):
        change.apply(FILE.replace("  - 443", "   - 443"))
    with pytest.raises(DoesNotApply):
        change.apply("")
    at_the_end = Diff.read("a.yaml", "@@ -3 +3,2 @@\n   - 80\n+  - 81\n")
    with pytest.raises(DoesNotApply, match="not at the end"):
        at_the_end.apply(FILE)
    twice = "a: 1\nb: 1\nc: 1\n"
    moved = Diff.read("a.yaml", "@@ -2,3 +2,3 @@\n a: 1\n-b: 1\n+b: 2\n c: 1\n")
    assert moved.apply("x: 0\n" + twice + twice) == "x: 0\na: 1\nb: 2\nc: 1\n" + twice
    with pytest.raises(DoesNotApply, match=r"more than once in a\.yaml, at 1, 4"):
        moved.apply(twice + twice)


def test_the_users_git_has_no_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config"
    config.write_text("[apply]\n\tignoreWhitespace = change\n\twhitespace = error\n")
    # A folder for temporary files within a repository: git would pass over what lies outside.
    subprocess.run(["git", "init", "-q", str(tmp_path / "r")], check=True)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "r"))
    change = Diff.read("a.yaml", CHANGE.replace("8080", "8080 "))
    assert "  - 8080 \n" in change.apply(FILE)
    with pytest.raises(DoesNotApply):
        change.apply(FILE.replace("  - 443", "   - 443"))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("name: one\n", 0, "`name: one` belongs to no hunk"),
        ("--- a/a.yaml\n+++ b/a.yaml\n", 2, "no hunk"),
        ("--- a/b.yaml\n+++ b/b.yaml\n" + CHANGE, 0, "about b.yaml, and the title says a.yaml"),
        (CHANGE + "+owner: b\n", 6, "belongs to no hunk: the one above has as many lines"),
        (CHANGE.replace("-2,3", "-2,4"), 0, "lacks 1 old and 0 new lines"),
        (CHANGE.replace("+2,4", "+2,3"), 5, "is more than the @@ says"),
        (CHANGE.replace("-  - 80", "owner: a"), 0, "lacks 2 old and 3 new"),
        ("@@ -1,2 +1,2 @@\n name: one\n ports:\n", 0, "changes nothing"),
        ("@@ -1 +1 @@\n-a\n+b\n@@ 3 @@\n-c\n+d\n", 3, "belongs to no hunk"),
        ("", 0, "no hunk"),
    ],
)
def test_what_is_no_diff_has_its_place(text: str, line: int, what: str) -> None:
    with pytest.raises(Malformed) as refused:
        Diff.read("a.yaml", text)
    assert (refused.value.line, what in str(refused.value)) == (line, True), str(refused.value)


def test_a_diff_between_two_texts_makes_the_one_of_the_other() -> None:
    after = FILE.replace("80", "81").replace("owner", "team")
    text = Diff.between("a.yaml", FILE, after)
    assert Diff.read("a.yaml", text).apply(FILE) == after
    assert Diff.between("a.yaml", FILE, FILE) == ""


def test_what_is_no_end_of_a_line_to_git_is_none_here() -> None:
    before = "a: one\u2028two\x0cthree\x85four\nb: 1\nc: 1\n"
    after = before.replace("b: 1", "b: 2")
    text = Diff.between("a.yaml", before, after)
    change = Diff.read("a.yaml", text)
    assert text == "@@ -1,3 +1,3 @@\n a: one\u2028two\x0cthree\x85four\n-b: 1\n+b: 2\n c: 1\n"
    assert change.apply(before) == after
    [hunk] = change.hunks
    assert hunk.places(lines_in(before)) == [1]
