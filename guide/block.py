"""A fenced block of the edition: a manifest, a change or commands, taken from the page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from guide import placeholder
from guide.diff import LANGUAGE, Diff
from guide.errors import GuideError

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
    literal: frozenset[str] = frozenset()
    """Words in angle brackets that stand as they are (data-literal)."""
    unchecked: str = ""
    """Why its commands do not look who answers (data-unchecked), or ''."""

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
    def is_diff(self) -> bool:
        """True where the block shows what changes in a file that is there."""
        return self.language == LANGUAGE and bool(self.path)

    @property
    def is_added(self) -> bool:
        """True where its documents come at the end of a file that is there."""
        return "added" in self.classes

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The <kebab-case> words of the text, each once, in order."""
        found = dict.fromkeys(placeholder.PLACEHOLDER.findall(self.text))
        return tuple(word for word in found if word not in self.literal | placeholder.PRINTED)

    def unfilled(self, filled: Collection[str]) -> list[GuideError]:
        """The placeholders of text and title that are in none of `filled`, each with its place."""
        found = placeholder.unfilled(self.text, {*filled, *self.literal})
        problems = [
            GuideError(
                f'nothing fills <{word}> of block "{self.id}"',
                file=self.file,
                line=self.line + 1 + line,
                cure=placeholder.cure(word, filled),
            )
            for line, word in found
        ]
        for word in sorted(self.literal):
            if f"<{word}>" not in self.text:
                what = f'block "{self.id}" has no <{word}> that data-literal could be about'
                cure = "correct the word, or take it away"
                problems.append(GuideError(what, file=self.file, line=self.line, cure=cure))
        for _, word in placeholder.unfilled(self.path, self.literal):
            what = f'the path of block "{self.id}" has a placeholder, <{word}>'
            cure = "write the path of the file as it is in the monorepo"
            problems.append(GuideError(what, file=self.file, line=self.line, cure=cure))
        return problems

    def filled(self, values: Mapping[str, str]) -> str:
        """The text with its placeholders filled; GuideError where `values` lacks one."""
        for problem in self.unfilled(values):
            raise problem
        return placeholder.fill(self.text, self.takes(values))

    def after(self, before: str, values: Mapping[str, str] | None = None) -> str:
        """The file once the block is written, of what it held before ('' where it was not there).

        The placeholders stay as they are where there are no values. DoesNotApply for a diff whose
        lines are not there.
        """
        text = self.text if values is None else self.filled(values)
        if self.is_diff:
            return Diff.read(self.path, text).apply(before)
        return f"{before}---\n{text}" if self.is_added else text

    def takes(self, values: Mapping[str, str]) -> dict[str, str]:
        """The values without those of words that stand as they are."""
        return {name: text for name, text in values.items() if name not in self.literal}


def is_inside(path: str) -> bool:
    """Whether a path stays in the monorepo that it is written from."""
    return not PurePosixPath(path).is_absolute() and ".." not in PurePosixPath(path).parts
