"""A fenced block of the edition: a manifest or the commands that a run takes from the page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

PLACEHOLDER = re.compile(r"<([a-z][a-z0-9]*(?:-[a-z0-9]+)*)>")
SHELL_LANGUAGES = frozenset({"bash", "sh", "shell", "zsh", "console", "shell-session"})


@dataclass(frozen=True)
class Block:
    """What stands between two fences, and what the page says about it."""

    id: str
    language: str
    path: str
    """Where the file lies in the repository (the title of a block that is no command), or ''."""
    title: str
    text: str
    """The exact text, with its last line break."""
    file: str
    line: int
    """The line of the opening fence, counted from 1; the text begins on the next one."""
    classes: tuple[str, ...]
    unused: str
    """Why the block is deliberately not run (data-unused), or ''."""
    unit: str
    """The id of the unit that it stands under, '' above the first anchor."""
    content_hash: str

    @property
    def as_written(self) -> bool:
        """True where the block shows what the source guide writes wrongly."""
        return "as-written" in self.classes

    @property
    def variant(self) -> bool:
        """True where the block is another way to do the step: it runs where it is named."""
        return "variant" in self.classes

    @property
    def is_followed(self) -> bool:
        """True where whoever follows the step writes or runs the block."""
        return not (self.unused or self.as_written or self.variant)

    @property
    def is_shell(self) -> bool:
        """True where the block holds commands."""
        return self.language in SHELL_LANGUAGES

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The <kebab-case> words of the text, each once, in order."""
        return tuple(dict.fromkeys(PLACEHOLDER.findall(self.text)))

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with the placeholders that `values` names; other angle brackets stay."""
        return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), self.text)


def is_inside(path: str) -> bool:
    """Whether a path stays in the monorepo that it is written from."""
    return not PurePosixPath(path).is_absolute() and ".." not in PurePosixPath(path).parts
