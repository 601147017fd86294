"""The complete commands of a block, in order: the one way in which blocks are split.

What is complete is bash's own judgement: a line at a time, until bash asks for no more. Plain
words need no asking. Nothing is run (`bash -n`).
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from guide.block import Block
from guide.errors import GuideError
from guide.placeholder import PLACEHOLDER

PROMPTED = frozenset({"console", "shell-session"})
"""Languages of blocks that show a terminal: commands behind prompts, and their output."""
_PLAIN = re.compile(r"""(?:[\w ./:=@%+,-]|"[^"\\$`\n]*"|'[^'\n]*')*""", re.ASCII)
# With one of these at its beginning a line of plain words may go on in the next one.
_OPENING = frozenset({"case", "coproc", "for", "function", "if", "select", "until", "while"})
_UNFINISHED = re.compile(
    # Up to the message there is no backquote: behind one bash repeats the text itself.
    r"^[^\n`]*?: (?:syntax error: unexpected end of file|unexpected EOF while looking for"
    r"|unexpected token `EOF'|warning: here-document)",
    re.MULTILINE,
)
_ODD = re.compile(r"(?<!\\)(?:\\\\)*\\$")
"""A line that ends in a backslash which is not itself escaped."""


@dataclass(frozen=True)
class Command:
    """One complete command as a reader would type it, over as many lines as it takes."""

    text: str
    """Its lines as written, without prompts and without the last line break."""
    first: int
    """Its first line in the block's text, from 0."""
    end: int
    """The line behind its last one."""
    finished: bool = True
    """False where bash would still wait for more at the end of the block."""
    output: str | None = None
    """What the block shows as its output; None where blocks of this language show none."""
    until: int = 0
    """The line behind its output."""

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with the placeholders that `values` names, each quoted as its place needs.

        A value is one word, as a reader would type it: `-f <key-file>` takes a path with a blank.
        """
        places = PLACEHOLDER.finditer(self.text)
        typed = [_quoted(self.text, place, values.get(place[1])) for place in places]
        return PLACEHOLDER.sub(lambda _: typed.pop(0), self.text)


def commands_of(block: Block) -> tuple[Command, ...]:
    """The commands of a block; lines that are empty or a comment between them are none.

    Raises GuideError where a block that shows a terminal has no prompt.
    """
    lines = block.text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if block.language in PROMPTED:
        return _prompted(block, lines)
    found: list[Command] = []
    index = 0
    while index < len(lines):
        if not lines[index].strip() or lines[index].lstrip().startswith("#"):
            index += 1
            continue
        end, finished = _end(lines, index)
        found.append(Command("\n".join(lines[index:end]), index, end, finished, until=end))
        index = end
    return tuple(found)


def _prompted(block: Block, lines: list[str]) -> tuple[Command, ...]:
    # `# ` is the prompt of root, and the beginning of a comment: a prompt only where no `$ ` is.
    dollar = any(re.match(r"\$(?: |$)", line) for line in lines)
    prompt = "$ " if dollar else "# "
    if any(lines) and not any(f"{line} ".startswith(prompt) for line in lines):
        raise GuideError(
            f'block "{block.id}" shows a terminal without a prompt',
            file=block.file,
            line=block.line,
            cure="begin each command with `$ `, or call the block bash",
        )
    starts = [n for n, line in enumerate(lines) if f"{line} ".startswith(prompt)]
    found: list[Command] = []
    behind = 0
    for start, following in zip(starts, [*starts[1:], len(lines)], strict=True):
        if start < behind or not lines[start][2:].strip():
            continue
        own = [lines[start][2:], *(re.sub(r"^> ?", "", line) for line in lines[start + 1 :])]
        size, finished = _end(own, 0)
        if own[0].lstrip().startswith("#"):
            continue
        behind = start + size
        output = "".join(f"{line}\n" for line in lines[behind:following])
        found.append(
            Command("\n".join(own[:size]), start, behind, finished, output, max(behind, following))
        )
    return tuple(found)


def _quoted(text: str, place: re.Match[str], value: str | None) -> str:
    """What is typed in the place of a placeholder."""
    if value is None:
        return place[0]
    if shlex.quote(value) == value:
        return value
    # A quote that changes nothing there stands in a comment, a here-document or the other quotes.
    single, double = (_accepted(_with(text, place, quote)) for quote in "'\"")
    if single and double:
        return value
    if single:
        return re.sub(r'([\\"$`])', r"\\\1", value)
    if double:
        return value.replace("'", """'"'"'""")
    return shlex.quote(value)


def _with(text: str, place: re.Match[str], put: str) -> str:
    before, behind = text[: place.start()], text[place.end() :]
    return PLACEHOLDER.sub("x", before) + put + PLACEHOLDER.sub("x", behind)


def _end(lines: Sequence[str], first: int) -> tuple[int, bool]:
    """The line behind the command that begins at `first`, and whether bash finds it complete."""
    for end in range(first + 1, len(lines) + 1):
        # A reader has filled the placeholders: unfilled ones would be redirections.
        if _complete(PLACEHOLDER.sub(r"_\1_", "\n".join(lines[first:end]))):
            return end, True
    return len(lines), False


@lru_cache(maxsize=4096)
def _complete(text: str) -> bool:
    last = text.rsplit("\n", 1)[-1]
    goes_on = _ODD.search(last) is not None
    if goes_on and "#" not in last:
        return False
    joined = text.replace("\\\n", "")
    if _PLAIN.fullmatch(joined) and (joined.split() or [""])[0] not in _OPENING:
        return True
    if not _accepted(text):
        return False
    # A backslash at the end of a comment continues nothing; elsewhere a quote in its place opens.
    return not goes_on or _accepted(text[:-1] + "'")


def _accepted(text: str) -> bool:
    """Whether bash needs no more lines; what it refuses for good is complete too."""
    asked = subprocess.run(
        ["bash", "--norc", "-n", "-O", "extglob"],
        input=f"{text}\n",
        env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    return not _UNFINISHED.search(asked.stderr)
