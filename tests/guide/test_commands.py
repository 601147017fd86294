"""A block is read one complete command at a time, as bash reads it."""

from __future__ import annotations

import subprocess

import pytest

from guide.block import Block
from guide.command_faults import dropped_command, swapped_commands, wrong_flag
from guide.commands import commands_of
from guide.errors import GuideError


def block(text: str, language: str = "bash") -> Block:
    return Block("b", language, "", "", text, "page.md", 7, (), "", "", "")


def split(text: str, language: str = "bash") -> list[str]:
    return [command.text for command in commands_of(block(text, language))]


@pytest.mark.parametrize(
    "whole",
    [
        "flux get all",
        "flux bootstrap gitlab \\\n  --hostname=<gitlab-host> \\\n  --owner=platform",
        "cat > x <<EOF\na: <name>\n\n# no comment\nEOF",
        "cat <<-'EOF' | kubectl apply -f -\n\ta \\\n\tEOF",
        "cat <<A <<B\na\nA\nb\nB",
        "for each in a b; do\n  echo $each\ndone",
        "for each in a b\ndo\n  echo <x>\ndone",
        "greet() {\n  echo hello\n}",
        "if true\nthen\n  echo a\nelse\n  echo b\nfi",
        "case $x in\n  a) echo a ;;\nesac",
        "kubectl get pods |\n  wc -l",
        "true &&\n  false",
        "true ||\n# why\n  false",
        "echo '{\n  \"a\": 1 \\\n}'",
        'echo "a\nb"',
        "echo wo\\\nrd",
        "x=$(\n  date\n)",
        "shopt -s extglob; ls !(a|b)",
        "while true; do # C:\\x\\\n  break\ndone",
        "(\n  cd d\n  ls\n)",
        "[[ a == a &&\n  b == b ]]",
        "echo $((1 +\n 2))",
    ],
)
def test_a_command_over_several_lines_is_one(whole: str) -> None:
    assert split(f"{whole}\n") == [whole]
    assert split(f"# first\n\n{whole}\n\n# then\necho then\n") == [whole, "echo then"]
    assert all(command.finished for command in commands_of(block(whole)))


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("export N=a\necho $N\n", ["export N=a", "echo $N"]),
        ("a; b\nc\n", ["a; b", "c"]),
        ("# C:\\x\\\nfalse\n", ["false"]),
        ("echo a # C:\\x\\\nfalse\n", ["echo a # C:\\x\\", "false"]),
        ("echo a \\\n  # b \\\n  c\n", ["echo a \\\n  # b \\", "  c"]),
        ("echo a\\\\\nfalse\n", ["echo a\\\\", "false"]),
        ("echo )\ntrue\n", ["echo )", "true"]),
        ("git add <name>\ntrue\n", ["git add <name>", "true"]),
        ("echo 'line 1: unexpected EOF while looking for'\ntrue\n",
         ["echo 'line 1: unexpected EOF while looking for'", "true"]),
        ("echo \"$x\" )\ntrue\n", ["echo \"$x\" )", "true"]),
        ("time\ntrue\n", ["time", "true"]),
        ("echo for\ntrue\n", ["echo for", "true"]),
        ("", []),
        ("# only a comment\n\n", []),
    ],
)  # fmt: skip
def test_lines_are_separate_commands_where_bash_says_so(text: str, commands: list[str]) -> None:
    assert split(text) == commands


@pytest.mark.parametrize("text", ["echo 'a\n", "cat <<EOF\na\n", "true &&\n", "a \\\n", "if x\n"])
def test_a_command_without_an_end_is_told(text: str) -> None:
    [command] = commands_of(block(f"true\n{text}"))[1:]
    assert not command.finished
    assert command.text == text.removesuffix("\n")


def test_lines_are_counted_in_the_block() -> None:
    found = commands_of(block("# a\nb \\\n  c\n\nd\n"))
    assert [(each.first, each.end) for each in found] == [(1, 3), (4, 5)]


def test_a_command_is_filled_alone() -> None:
    [_, last] = commands_of(block('git add x\ngit commit -m "<message>"\n'))
    assert last.filled({"message": "two\nlines"}) == 'git commit -m "two\nlines"'


def test_behind_a_prompt_stands_a_command_and_then_its_output() -> None:
    first = "$ echo a \\\n> b\na b\n\n$ # a comment\n"
    text = f"{first}$ cat <<X\n> $ no prompt\n> X\n$ true\n$ ls\nx # y\n"
    found = commands_of(block(text, "console"))
    assert [(each.text, each.output) for each in found] == [
        ("echo a \\\nb", "a b\n\n"),
        ("cat <<X\n$ no prompt\nX", ""),
        ("true", ""),
        ("ls", "x # y\n"),
    ]
    assert (found[0].first, found[0].end, found[0].until) == (0, 2, 4)


def test_a_number_sign_is_a_prompt_where_no_dollar_is() -> None:
    assert split("# ls\na\n", "shell-session") == ["ls"]
    assert split("$ ls\n# ls\n", "console") == ["ls"]


def test_a_terminal_without_a_prompt_is_refused() -> None:
    with pytest.raises(
        GuideError, match=r'page\.md:7: block "b" shows a terminal without a prompt'
    ):
        commands_of(block("ls\n", "console"))


def test_a_fault_takes_whole_commands() -> None:
    text = "cat <<EOF > x\n-a\nEOF\nfor a in b\ndo\n  echo\ndone\ntrue\n"
    left_out = {edit.what: edit.apply(text.splitlines()) for edit in dropped_command(block(text))}
    assert left_out["`cat <<EOF > x` is left out"] == ["for a in b", "do", "  echo", "done", "true"]
    assert left_out["`for a in b` is left out"] == ["cat <<EOF > x", "-a", "EOF", "true"]
    assert len(left_out) == 3


def test_no_fault_is_put_into_output() -> None:
    shown = block("$ ls -a\nuse -b or --long\n", "console")
    assert [edit.first for edit in wrong_flag(shown)] == [0]
    assert not list(swapped_commands(shown))


AWKWARD = """/tmp/Bücher und "mehr"/it's $HOME `x` \\ \\\\"""


@pytest.mark.parametrize(
    "text",
    [
        "printf %s <path>",
        "printf %s --file=<path>",
        'printf %s "<path>"',
        "printf %s '<path>'",
        'printf %s "$(printf %s <path>)"',
        "printf %s \\\n  <path>",
        "cat <<'EOF'\n<path>\nEOF",
        "printf %s <path> # as '<path>' says",
    ],
)
def test_a_value_is_one_word_wherever_it_is_typed(text: str) -> None:
    """A home with a blank in its path cut the paths of the guide's commands in two."""
    [command] = commands_of(block(text))
    typed = command.filled({"path": AWKWARD})
    done = subprocess.run(["bash", "-c", typed], capture_output=True, text=True, check=True)
    assert done.stdout.removesuffix("\n").removeprefix("--file=") == AWKWARD


def test_a_value_that_needs_no_quotes_has_none_and_a_pattern_beside_it_stays_one() -> None:
    [command] = commands_of(block("cp <crds>/*.yaml <other> ssh://git@<host>/a"))
    values = {"crds": "/a b", "host": "[::1]:22"}
    assert command.filled(values) == "cp '/a b'/*.yaml <other> ssh://git@'[::1]:22'/a"
    assert command.filled({"host": "127.0.0.1:22"}).endswith("ssh://git@127.0.0.1:22/a")
