"""A terminal as a page shows it: what was typed behind the prompts, and what was answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from guide import shell
from guide.typed import PROGRAMS

_PLAIN = r"\$|❯|➜|PS(?: [^>\n]{0,80})?>"
_WITH_PLACE = (
    r"%|(?:\([\w.-]+\) ?)?\[?[\w.-]+@[\w.-]+[: ]?[\w./~-]*\]? ?[$#%]|(?:~|/)[\w./~-]* ?[$#%]"
    r"|[A-Za-z]:\\[^>\n]{0,80}>"
)
_PROMPT = re.compile(rf"[ \t]*(?:{_PLAIN})(?:[ \t]+|$)")
_ANY_PROMPT = re.compile(rf"[ \t]*(?:{_PLAIN}|{_WITH_PLACE})(?:[ \t]+|$)")
# The prompt of root looks as a comment does: it is one where a line that nothing else is in front
# of begins with it and a program, and then everywhere in the block.
_ROOT_PROMPT = re.compile(r"[ \t]*#(?:[ \t]+|$)")
_TYPED_BY_ROOT = re.compile(
    rf"[ \t]*#[ \t]+(?:\w+=\S*[ \t]+)*(?:{'|'.join(sorted(PROGRAMS))}|\.?/[\w./-]+)(?:[ \t]|$)"
)
_SECOND_PROMPT = re.compile(r"[ \t]*>[ \t]")


def split(text: str, *, is_session: bool) -> tuple[str, str]:
    """The commands of a block and its output; a block without a prompt is all commands.

    In a language that shows sessions every usual prompt is known, elsewhere only the plain ones:
    there a `#` begins a comment, also before a command.
    """
    lines = text.split("\n")
    prompt = _ANY_PROMPT if is_session else _PROMPT
    if is_session and not any(map(prompt.match, lines)) and any(map(_TYPED_BY_ROOT.match, lines)):
        prompt = _ROOT_PROMPT
    said = (line for line in lines if prompt.match(line) or not _is_comment(line))
    first = next((line for line in said if line.strip()), "")
    if not prompt.match(first):
        return text, ""
    typed: list[str] = []
    answered: list[str] = []
    numbers = iter(range(len(lines)))
    for number in numbers:
        found = prompt.match(lines[number])
        if found:
            command = list(_command(lines, number, found.end()))
            typed += command
            for _ in command[1:]:
                next(numbers)
        elif not (_is_comment(lines[number]) and _leads_to(prompt, lines, number)):
            answered.append(lines[number])
    return "\n".join(typed) + "\n", "\n".join(answered)


def _command(lines: Sequence[str], number: int, start: int) -> Iterator[str]:
    """The lines of one command: the first without its prompt, then what continues it."""
    line = lines[number][start:]
    quote = ""
    ends: str = ""
    while True:
        yield line
        if not ends:
            quote = shell.quote_after(line, quote)
            ends = "" if quote else shell.heredoc_of(line)
        elif line.strip() == ends:
            ends = ""
            return
        number += 1
        if number >= len(lines) or not (quote or ends or line.endswith(("\\", "`"))):
            return
        line = lines[number]
        second = _SECOND_PROMPT.match(line)
        line = line[second.end() :] if second else line


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _leads_to(prompt: re.Pattern[str], lines: Sequence[str], number: int) -> bool:
    """True for a comment directly above a prompt, maybe with more comments between."""
    for line in lines[number + 1 : number + 20]:
        if prompt.match(line):
            return True
        if line.strip() and not _is_comment(line):
            return False
    return False
