"""What is a fact and what is dress, in prose and in blocks."""

from __future__ import annotations

import pytest

from tests.guide.foreign import same


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Push with --force now.", "Push with -force now."),
        ("Push with --force now.", "Push with force now."),
        ("It answers with -1 then.", "It answers with 1 then."),
        ("It lies in /a/b.yaml there.", "It lies in a/b.yaml there."),
        ("Start ./a there.", "Start ../a there."),
        ("Start ./a there.", "Start a there."),
        ("Start ../a there.", "Start ../../a there."),
        ("Set GITLAB_TOKEN before.", "Set gitlab_token before."),
        ("Set GITLAB_TOKEN before.", "Set GITLAB TOKEN before."),
        ("Set gitlabToken before.", "Set gitlabtoken before."),
        ("It is v1Beta2 now.", "It is v1beta2 now."),
        ("Write Values.yaml now.", "Write values.yaml now."),
        ("Write .gitignore now.", "Write gitignore now."),
        ("It takes >= 4 of them.", "It takes <= 4 of them."),
        ("It takes 5% of them.", "It takes 5 of them."),
        ("It is in ~/keys there.", "It is in /keys there."),
        ("All *.yaml of it.", "All .yaml of it."),
        ("All gotk-* of it.", "All gotk of it."),
        ("See apps/ there.", "See apps there."),
        ("Ask @team-a for it.", "Ask team-a for it."),
        ("Give <name> to it.", "Give <namespace> to it."),
        ("Give $HOME to it.", "Give HOME to it."),
        ("It runs on Linux.", "It never runs on Linux."),
        ("Use `Name` there.", "Use `name` there."),
        ("Use <code>Name</code> there.", "Use <code>name</code> there."),
        ("| a |\n|---|\n| ✅ |", "| a |\n|---|\n| ❌ |"),
        ("| a |\n|---|\n| b ✅ |", "| a |\n|---|\n| b ❌ |"),
    ],
)
def test_a_fact_in_prose_is_seen(old: str, new: str) -> None:
    assert not same(f"# A\n\n{old}\n", f"# A\n\n{new}\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Push it at once.", "push IT, at once!"),
        ("Push it at once.", "**Push** _it_\nat once."),
        ("Push it at once.", "Push it <!-- a --> at once."),
        ("Push it at once.", "Push <b>it</b> at<br/>once."),
        ("Push it at once.", "Push it at once.[^1]"),
        ("Push it at once.", "Push it[^note] at once."),
        ("Push it at once.", "🚀 Push it at once ✅."),
        ("Push it at once.", ":rocket: Push it at once."),
        ("Push it at once.", "Push it at once {/* a */}."),
        ("Push it at once.", "Push [it](elsewhere.md) at once."),
        ("A well-known name.", "A Well-Known name"),
        ("Don't wait – go.", "Don’t wait — go."),
        ('It is "right" (so far).', "It is “right”, so far."),
        ("Read and/or write.", "Read AND/OR write."),
        ("Use it e.g. here.", "use it E.g. here."),
        ("Write (values.yaml) now.", "Write values.yaml, now."),
        ("Set HelmRelease's name.", "Set HelmRelease’s name."),
        ("a **--force** b", "a --force b"),
    ],
)
def test_dress_in_prose_is_quiet(old: str, new: str) -> None:
    assert same(f"# A\n\n{old}\n", f"# A\n\n{new}\n")


@pytest.mark.parametrize(
    "title", ["B c {#b}", "B c { #b .x }", "B c {: #b}", "🚀 B c", "B *c*", "B c <!-- d -->",
              'B c <a name="b"></a>', "b C", "B c {/* #b */}"],
)  # fmt: skip
def test_the_dress_of_a_heading_is_quiet(title: str) -> None:
    assert same("# A\n\n## B c\n\nx\n", f"# A\n\n## {title}\n\nx\n")


def test_case_of_code_in_a_heading_is_a_fact() -> None:
    assert not same("# A\n\n## The `B`\n\nx\n", "# A\n\n## The `b`\n\nx\n")


def block(language: str, text: str) -> str:
    return f"# A\n\n```{language}\n{text}\n```\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a -b", "# c\na -b"),
        ("a -b", "a -b  # c"),
        ("a -b\nc", "a -b\n\nc"),
        ("a -b --c d", "a -b \\\n  --c d"),
        ("a -b \\\n  --c d", "a \\\n  -b --c \\\n  d"),
        ("a -b", "$ a -b"),
        ("a -b\nc -d", "$ a -b\n$ c -d"),
        ("a | b", "a |\n  b"),
        ("a && b", "a &&\n  b"),
        ("a  -b", "a -b  "),
    ],
)
@pytest.mark.parametrize("language", ["sh", "bash", "console", "azurecli-interactive"])
def test_dress_in_a_shell_block_is_quiet(language: str, old: str, new: str) -> None:
    assert same(block(language, old), block(language, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a 'b # c'", "a 'b '"),
        ('a "b # c"', 'a "b # d"'),
        ("a b#c", "a b"),
        ("a 'b  c'", "a 'b c'"),
        ("a 'b\n\nc'", "a 'b\nc'"),
        ("cat <<E\n# a\nE", "cat <<E\nE"),
        ("cat <<E\na\n\nb\nE", "cat <<E\na\nb\nE"),
        ("cat <<-'E'\n\t# a\n\tE\nb", "cat <<-'E'\n\t# c\n\tE\nb"),
        ("cat <<E\n  a: b\nE", "cat <<E\na: b\nE"),
        ("a \\# b", "a \\# c"),
        ("a\nb", "a b"),
        ("a \\\nb", "a\nb"),
        ("a \\ b", "a b"),
        ("a; b", "a | b"),
        ("a $# b", "a $# c"),
        ("a <<< '#b'", "a <<< '#c'"),
        ("a $((1 << 2)) b\nc", "a $((1 << 2)) b\nd"),
        ("# clusters/a.yaml\na", "# clusters/b.yaml\na"),
    ],
)
def test_a_fact_in_a_shell_block_is_seen(old: str, new: str) -> None:
    assert not same(block("sh", old), block("sh", new))


@pytest.mark.parametrize(
    ("language", "old", "new"),
    [
        ("powershell", "a -b `\n  -c", "a -b -c"),
        ("powershell", "a C:\\x\\", "a C:\\x\\ # d"),
        ("cmd", "REM x\na ^\n  b", "a b"),
    ],
)
def test_other_shells_have_their_own_dress(language: str, old: str, new: str) -> None:
    assert same(block(language, old), block(language, new))


@pytest.mark.parametrize(
    ("old", "new", "quiet"),
    [
        ("a: b", "# c\na: b", True),
        ("a: b\nc: d", "a: b\n\nc: d # e", True),
        ("a: b\nc: d", "a: b\n\n# x\n\nc: d", True),
        ("a: |\n  # b\n  c\nd: e", "a: |\n  c\nd: e", False),
        ("a: |\n  b: c\nd: e", "a: |\n  # x\n  b: c\n\n# y\nd: e", True),
        ("a: |\n  x\n\n  y", "a: |\n  x\n  y", False),
        ("a: 'b # c'", "a: 'b'", False),
        ("# bases/a.yaml\na: b", "# bases/c.yaml\na: b", False),
        ("# bases/a.yaml\na: b", "a: b", False),
        ("a: b\n---\n# x/c.yaml\nd: e", "a: b\n---\n# x/f.yaml\nd: e", False),
        ("a: b\n# x/c.yaml\nd: e", "a: b\nd: e", True),
        ("# file: a.yaml\na: b", "# file: c.yaml\na: b", False),
        ("# x\n# bases/a.yaml\na: b", "# bases/a.yaml\na: b", True),
        ("# x\n# bases/a.yaml\na: b", "# x\n# bases/c.yaml\na: b", False),
        ("# about a\na: b", "# about b\na: b", True),
    ],
)
def test_comments_of_a_manifest_are_quiet_but_for_its_path(old: str, new: str, quiet: bool) -> None:
    assert same(block("yaml", old), block("yaml", new)) is quiet


def test_a_sentence_that_moves_behind_the_command_it_restricts_is_seen() -> None:
    old = "# A\n\nOnly on staging:\n\n```sh\na -b\n```\n\nThen it is done.\n"
    assert not same(old, "# A\n\n```sh\na -b\n```\n\nOnly on staging:\n\nThen it is done.\n")
    assert same(old, "# A\n\nOnly\non staging:\n\n```sh\na -b\n```\nThen it\nis done.\n")


def test_a_sentence_that_moves_behind_a_list_is_seen() -> None:
    old = "# A\n\n1. Only on staging:\n\n   - a thing\n\n   And so on.\n"
    assert not same(old, "# A\n\n1. - a thing\n\n   Only on staging: And so on.\n")
