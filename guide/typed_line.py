"""The lines of a block that somebody types: those of its commands, without prompts and output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guide.block import Block
from guide.commands import Command, commands_of
from guide.mutant import Edit, lines_of, replaced


@dataclass(frozen=True)
class TypedLine:
    """One line of a command."""

    index: int
    """Its place in the block's text, from 0."""
    prompt: str
    """What the block shows before it."""
    text: str
    """What is typed."""

    def replaced(self, text: str) -> Edit:
        """Something else is typed."""
        return replaced(self.index, f"{self.prompt}{self.text}", f"{self.prompt}{text}")


def typed_lines(block: Block) -> Iterator[TypedLine]:
    """The lines of the block's commands; what is empty or a comment is none."""
    for command in commands_of(block):
        yield from lines_of_command(block, command)


def lines_of_command(block: Block, command: Command) -> Iterator[TypedLine]:
    """The lines of one of the block's commands."""
    shown = lines_of(block)
    for index, text in enumerate(command.text.split("\n"), command.first):
        if text.strip() and not text.lstrip().startswith("#"):
            yield TypedLine(index, shown[index].removesuffix(text), text)
