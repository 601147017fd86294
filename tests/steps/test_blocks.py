"""Blocks of several commands: typed in one terminal, judged by all that they say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typist import typist

from guide.errors import GuideError
from sandbox import events
from sandbox.errors import NotReady
from sandbox.waiting import be_impatient
from steps import again, commands
from steps.engineer import Engineer, OtherOutput

pytestmark = pytest.mark.integration

Typist = Callable[..., Engineer]


@pytest.fixture
def typing(tmp_path: Path) -> Iterator[Typist]:
    made: list[Engineer] = []

    def begin(language: str = "bash", **blocks: str) -> Engineer:
        made.append(typist(tmp_path, blocks, language))
        return made[-1]

    yield begin
    for each in made:
        each.terminal.close()


@pytest.fixture
def told() -> Iterator[list[events.Event]]:
    seen: list[events.Event] = []
    with events.subscribe(seen.append):
        yield seen


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("export N=a\nN2=b\necho \"$N$N2\"\n", "ab\n"),
        ("mkdir d\ncd d\npwd | sed 's#.*/##'\n", "d\n"),
        ("echo a \\\n  b\n# c\n\necho <name>\n", "a b\nfilled\n"),
        ("cat <<EOF\n<name>: 1\nEOF\n", "filled: 1\n"),
        ("echo '{\"a\":\n1}'\n", '{"a":\n1}\n'),
        ("echo wo\\\nrd\n", "word\n"),
        ("# C:\\x\\\necho a\n", "a\n"),
        ("for i in 1 2; do\n  echo $i >&2\ndone\necho 3\n", "1\n2\n3\n"),
    ],
)  # fmt: skip
def test_a_block_is_typed_into_one_terminal(typing: Typist, text: str, output: str) -> None:
    assert typing(block=text).do("block").output == output


def test_what_a_block_sets_is_there_for_the_next(typing: Typist) -> None:
    engineer = typing(
        first="export N=a\nset -o pipefail\ncd /\n", then="echo $N; pwd\nfalse | cat\n"
    )
    engineer.do("first")
    done = engineer.run("then")
    assert done.output == "a\n/\n"
    assert done.last.exit_code == 1


def test_a_block_ends_with_the_first_command_that_fails(typing: Typist) -> None:
    done = typing(block="echo a\nfalse\necho b\n").run("block")
    assert [(each.line, each.exit_code) for each in done.commands] == [("echo a", 0), ("false", 1)]
    assert not done.ended_well


def test_a_backslash_before_a_comment_continues_into_it(typing: Typist) -> None:
    """`echo a \\` and a comment: bash takes `c` for a command of its own."""
    done = typing(block="echo a \\\n  # b \\\n  no-such-c\n").run("block")
    assert done.last.exit_code == 127


def test_json_that_bash_breaks_is_not_mended(typing: Typist) -> None:
    done = typing(block="echo '{\"a\": \\\n1}'\n").do("block")
    assert done.output == '{"a": \\\n1}\n'


def test_every_command_knows_its_block_and_its_lines(
    typing: Typist, told: list[events.Event]
) -> None:
    typing(block="echo <name> \\\n  b\ntrue\n").do("block")
    ran = [each for each in told if isinstance(each, events.CommandRan)]
    assert [(each.block, each.line) for each in ran] == [
        ("block", "echo filled \\\n  b"),
        ("block", "true"),
    ]


def test_commits_are_evidence_also_of_a_command_that_is_stopped(
    typing: Typist, told: list[events.Event]
) -> None:
    engineer = typing(block="git commit --quiet --allow-empty -m one; echo said; sleep 987\n")
    be_impatient(3)
    try:
        with pytest.raises(
            NotReady, match="sleep 987`; last seen: still running, its last line: sa"
        ):
            engineer.run("block")
    finally:
        be_impatient(float("inf"))
    [ran] = [each for each in told if isinstance(each, events.CommandRan)]
    assert (ran.exit_code, ran.output) == (None, "said\n")
    assert [each.message for each in told if isinstance(each, events.CommitMade)] == ["one"]


def test_who_asks_for_input_is_told_that_nobody_is_there(typing: Typist) -> None:
    with pytest.raises(
        AssertionError, match=r"`read x` ended with 1: .*\n.nobody sits at this term"
    ):
        typing(block="read x\n").do("block")


FIRST = "echo Error: no\necho fine\n"
COMMENT = "echo Error: no\n# a comment\n"


@pytest.mark.parametrize(
    "text", ["echo apps\n", "echo apps\necho more\n", "printf 'NAME\\na\\nb\\n'\n"]
)
def test_a_list_of_one_has_a_header_and_one_row(typing: Typist, text: str) -> None:
    engineer = typing(good="printf 'NAME A\\napps 1\\n'\n", block=text)
    commands.lists_only(engineer, "good", "apps")
    with pytest.raises(AssertionError):
        commands.lists_only(engineer, "block", "apps")


@pytest.mark.parametrize("text", [FIRST, COMMENT])
def test_says_nothing_of_looks_at_every_command(typing: Typist, text: str) -> None:
    engineer = typing(block=text)
    with pytest.raises(AssertionError, match="says 'Error'"):
        commands.says_nothing_of(engineer, "block", "Error")
    commands.says_nothing_of(engineer, "block", "Warning")


def test_says_nothing_of_finds_a_longer_name(typing: Typist) -> None:
    engineer = typing(block="echo shop-podinfo-7d9f\n")
    with pytest.raises(AssertionError, match="says 'shop-podinfo'"):
        commands.says_nothing_of(engineer, "block", "shop-podinfo")


@pytest.mark.parametrize(
    ("text", "why"),
    [("true\ntrue\n", "prints nothing at all"), ("echo a\nfalse\n", "`false` ended with 1")],
)
def test_says_nothing_of_is_red_where_nothing_was_said(typing: Typist, text: str, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        commands.says_nothing_of(typing(block=text), "block", "Error")


@pytest.mark.parametrize("text", [FIRST, COMMENT])
def test_tells_of_looks_at_every_command(typing: Typist, text: str) -> None:
    engineer = typing(block=text)
    commands.tells_of(engineer, "block", "Error: no")
    commands.tells_of_these(engineer, "block", [["words"], ["Error"], ["no"]])
    with pytest.raises(AssertionError, match="does not say 'Warning'"):
        commands.tells_of(engineer, "block", "Warning")


def test_a_part_of_a_longer_number_is_told_apart_from_what_is_not_said(typing: Typist) -> None:
    """Above an output with v4.2.4 a mere "does not say v4.2" is taken for a fault of the tool."""
    engineer = typing(block="echo v4.2.4\n", fails="false v4.2.4\n")
    told = "v4.2.4` does not say 'v4.2', only inside a longer name or number:\nv4.2.4"
    with pytest.raises(AssertionError, match=re.escape(told)):
        commands.tells_of(engineer, "block", "v4.2")
    with pytest.raises(AssertionError, match=r"`false v4\.2\.4` does not say 'v4\.2':"):
        commands.fails_with(engineer, "fails", "v4.2")
    with pytest.raises(AssertionError) as caught:
        commands.tells_of_these(engineer, "block", [["words"], ["v4.2"], ["v4.2.4"], ["none"]])
    assert str(caught.value).startswith(
        "`echo v4.2.4` does not say 'v4.2', only inside a longer name or number, "
        "does not say 'none':\nv4.2.4"
    )


def test_fails_with_means_the_command_that_failed(typing: Typist) -> None:
    engineer = typing(
        block="echo denied\necho wrong >&2; false\n",
        well="echo wrong\n",
        first="false\necho wrong\n",
    )
    commands.fails_with(engineer, "block", "wrong")
    with pytest.raises(AssertionError, match="does not say 'denied'"):
        commands.fails_with(engineer, "block", "denied")
    with pytest.raises(AssertionError, match="`echo wrong` ended well, an error was expected"):
        commands.fails_with(engineer, "well", "wrong")
    with pytest.raises(AssertionError, match="`false` does not say 'wrong'"):
        commands.fails_with(engineer, "first", "wrong")


def test_fails_with_is_red_where_a_command_stands_behind_the_one_that_failed(
    typing: Typist,
) -> None:
    engineer = typing(block="echo wrong >&2; false\necho more\n", comment="bad\n# a comment\n")
    with pytest.raises(AssertionError, match=r"nobody has typed what stands behind .*: echo more"):
        commands.fails_with(engineer, "block", "wrong")
    commands.fails_with(engineer, "comment", "bad")


def test_lists_only_looks_at_every_command(typing: Typist) -> None:
    engineer = typing(
        one="printf 'NAME\\na 1\\n'\n", more="printf 'NAME\\na 1\\n'\necho b 2\n", none="true\n"
    )
    commands.lists_only(engineer, "one", "a")
    for block in ("more", "none"):
        with pytest.raises(AssertionError):
            commands.lists_only(engineer, block, "a")


@pytest.mark.parametrize("where", ["", " >&2"])
def test_what_is_noted_is_what_every_command_prints(typing: Typist, where: str) -> None:
    engineer = typing(block=f"cat a{where}\ntrue\n")
    (engineer.sandbox.desk.clone / "a").write_text("1\n")
    commands.note_output(engineer, "block")
    commands.prints_what_was_noted(engineer, "block")
    with pytest.raises(AssertionError, match="as before"):
        again.prints_something_else(engineer, "block")
    (engineer.sandbox.desk.clone / "a").write_text("2\n")
    again.prints_something_else(engineer, "block")
    with pytest.raises(AssertionError, match="what was noted is"):
        commands.prints_what_was_noted(engineer, "block")


def test_manifests_of_every_command_are_seen(typing: Typist) -> None:
    shown = "echo '{kind: %s, metadata: {name: x}}'\n"
    engineer = typing(block=shown % "A" + "echo ---\n" + shown % "B")
    commands.prints_object(engineer, "block", "A", "x")
    with pytest.raises(AssertionError, match="prints A x"):
        commands.prints_no_object(engineer, "block", "A", "x")


def test_the_output_that_a_page_shows_is_compared(typing: Typist) -> None:
    engineer = typing(
        "console",
        same="$ echo 'a   5m12s'\na  3s\n$ cd /\n$ pwd\n/\n",
        other="$ echo a\na\n$ echo a >&2; echo b\na\nc\n",
    )
    assert engineer.do("same").output == "a   5m12s\n/\n"
    with pytest.raises(OtherOutput, match="`echo a >&2; echo b` answers something else") as caught:
        engineer.do("other")
    assert (caught.value.expected, caught.value.actual) == ("\na\nc", "\na\nb")


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_a_block_without_a_command_is_refused_before_a_run(typing: Typist, text: str) -> None:
    with pytest.raises(GuideError, match='block "block" holds no command'):
        typing(block=text)
