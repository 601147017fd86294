"""What a block answered: all of its commands, not the last one alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sandbox.events import CommandRan

_NOBODY = ("Bad file descriptor", "/dev/tty", "not a terminal", "not a tty")
"""What programs say that look for somebody at the terminal."""


@dataclass(frozen=True)
class Ran:
    """The commands of a block that were typed, in order: up to the first that failed."""

    commands: tuple[CommandRan, ...]
    untyped: str = ""
    """The next one, where one failed and was not the block's last."""

    @property
    def last(self) -> CommandRan:
        """The last one that was typed: the one that failed, where one did."""
        return self.commands[-1]

    @property
    def exit_code(self) -> int | None:
        """How the last one ended."""
        return self.last.exit_code

    @property
    def ended_well(self) -> bool:
        """True where every command ended with 0."""
        return self.exit_code == 0

    @property
    def line(self) -> str:
        """The commands that were typed."""
        return "\n".join(each.line for each in self.commands)

    @property
    def stdout(self) -> str:
        """The standard output of all commands."""
        return "".join(each.stdout for each in self.commands)

    @property
    def output(self) -> str:
        """What all commands printed, on both streams, in the order in which it came."""
        return "".join(each.output for each in self.commands)

    def is_about(self, *names: str) -> None:
        """Raises AssertionError where no command has a name in it that its sentence gave it."""
        for name in names:
            named = re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", self.line)
            assert named, f"`{self.line}` is not about {name}: the block has no place for it"

    @property
    def failure(self) -> str:
        """How the last command ended, with what it said."""
        last = self.last
        said = last.output.strip() or "it printed nothing"
        hint = ""
        if last.exit_code and any(words in said for words in _NOBODY):
            hint = "\n(nobody sits at this terminal: a command that asks for input gets none)"
        return f"`{last.line}` ended with {last.exit_code}: {said}{hint}"
