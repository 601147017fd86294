"""The operators for commands: wrong words and flags, commands left out or in the wrong order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from guide.block import Block
from guide.command_promise_faults import COMMAND_PROMISE_FAULTS
from guide.commands import commands_of
from guide.mutant import TASTE, Edit, Operator, lines_of
from guide.typed_line import typed_lines

CONTINUED = "\\"
"""At the end of a line: the command goes on in the next one."""


def wrong_flag(block: Block) -> Iterator[Edit]:
    """A flag that the program does not know."""
    for line in typed_lines(block):
        text = line.text
        for found in re.finditer(r"(?<=\s)(--[a-z][\w-]*[a-z]|-[a-zA-Z])(?=[\s=]|$)", text):
            flag = found[1]
            wrong = f"{flag}x" if flag.startswith("--") else "-9"
            yield line.replaced(text[: found.start()] + wrong + text[found.end() :])


def wrong_word(block: Block) -> Iterator[Edit]:
    """A subcommand or an argument with a letter too many."""
    for line in typed_lines(block):
        text = line.text
        for found in re.finditer(r"(?<=\s)[a-z][\w/.-]*[a-z](?=\s|$)", text):
            if not text.lstrip().startswith(("git commit", "echo", "printf")):
                yield line.replaced(text[: found.end()] + "x" + text[found.end() :])


def _whole(block: Block) -> list[tuple[int, int]]:
    """Each command with its lines and its output: first line, line behind the last."""
    return [(command.first, command.until) for command in commands_of(block)]


def dropped_command(block: Block) -> Iterator[Edit]:
    """One of several commands is left out."""
    lines, commands = lines_of(block), _whole(block)
    if len(commands) > 1:
        for first, end in commands:
            yield Edit(first, end - first, (), f"`{lines[first].strip()}` is left out")


def dropped_flag(block: Block) -> Iterator[Edit]:
    """A command that goes over several lines without one of its flags."""
    lines = lines_of(block)
    for command in commands_of(block):
        first, end = command.first, command.end
        for index in range(first + 1, end):
            flag = re.match(r"^\s+--([a-z-]+)=", lines[index])
            if not flag or flag[1] in TASTE:
                continue
            what = f"`{lines[index].rstrip(CONTINUED).strip()}` is left out"
            if index + 1 < end:
                yield Edit(index, 1, (), what)
            else:  # the line before is the command's last one now
                yield Edit(index - 1, 2, (lines[index - 1].rstrip(CONTINUED).rstrip(),), what)


def swapped_commands(block: Block) -> Iterator[Edit]:
    """Two commands in the wrong order."""
    lines = lines_of(block)
    for (first, end), (after, last) in pairwise(_whole(block)):
        if after == end:
            what = f"`{lines[after].strip()}` comes before `{lines[first].strip()}`"
            yield Edit(first, last - first, (*lines[after:last], *lines[first:end]), what)


COMMAND_FAULTS: Mapping[str, Operator] = {
    "wrong-flag": wrong_flag,
    "wrong-word": wrong_word,
    "dropped-command": dropped_command,
    "dropped-flag": dropped_flag,
    "swapped-commands": swapped_commands,
    **COMMAND_PROMISE_FAULTS,
}
