"""The sentences of a paragraph, as the tokens that they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from guide import instruction


@dataclass
class ProseSentence:
    """One sentence and where it begins."""

    line: int
    """How many lines of the paragraph stand before it."""
    tokens: list[Token] = field(default_factory=list)
    says_something: bool = False

    def add(self, text: str, line: int) -> None:
        """A piece of text; the first one tells where the sentence begins."""
        if text.strip() and not self.says_something:
            self.line, self.says_something = line, True
        if text:
            self.tokens.append(Token("text", "", 0, content=text))


def sentences(tokens: Sequence[Token]) -> Iterator[ProseSentence]:
    """Cut a paragraph behind every full stop, question mark and exclamation mark."""
    line = 0
    current = ProseSentence(0)
    for token in tokens:
        is_break = token.type in ("softbreak", "hardbreak")
        line += is_break
        if is_break and not current.says_something:
            continue  # white space between two sentences
        if token.type != "text":
            current.line = current.line if current.says_something else line
            current.tokens.append(token)
            current.says_something |= token.type in ("code_inline", "image")
            continue
        start = 0
        for end in instruction.ends_in(token.content):
            current.add(token.content[start:end], line)
            yield current
            start, current = end, ProseSentence(line)
        current.add(token.content[start:], line)
    yield current
