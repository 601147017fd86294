"""Content hashes: equal where only the wording's dress changed, different where a fact did."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from markdown_it.token import Token

from guide import facts, manifest, markup, shell
from guide.errors import GuideError
from guide.fence import COMMAND_LANGUAGES

words = facts.words


def digest(*parts: str) -> str:
    """The sha256 of the parts, as hexadecimal text."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def inline(tokens: Sequence[Token]) -> list[Token]:
    """Inline tokens with `<code>a</code>` as if it stood between backticks, without comments."""
    found: list[Token] = []
    tags: list[int] = []
    for token in tokens:
        name = markup.name_of(token.content) if token.type == "html_inline" else ""
        if name in markup.VERBATIM:
            tags.append(len(found))
        elif name[:1] == "/" and name[1:] in markup.VERBATIM and tags:
            start = tags.pop()
            text = "".join(part.content for part in found[start:])
            found[start:] = [Token("code_inline", "code", 0, content=text)]
        elif not (token.type == "html_inline" and markup.is_dress(token.content)):
            found.append(token)
        elif name == "br":
            found.append(Token("text", "", 0, content=" "))
    return found


def prose(tokens: Sequence[Token]) -> str:
    """The facts of inline Markdown, without what dresses them and without link targets.

    Inline code stays exactly as it is: it holds paths, flags and names.
    """
    parts: list[str] = []
    said: list[str] = []
    for token in inline(tokens):
        if token.type == "code_inline":
            parts.append(f" `{' '.join(token.content.split())}` ")
        elif token.type == "image":
            parts.append(facts.words(token.content))
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif token.type == "html_inline":  # no element: a placeholder such as <name>
            parts.append(token.content)
        elif token.type == "text":
            text = markup.without_comments(token.content)
            parts.append(facts.spaced(text))
            said.append(text)
    text = " ".join("".join(parts).split())
    return text if any(map(str.isalnum, text)) else text or facts.answers("".join(said))


def html_words(text: str) -> str:
    """The words between the tags of a piece of HTML, and its blocks; comments are none."""
    found = (
        piece.text if piece.is_block else facts.words(piece.text)
        for piece in markup.pieces(markup.without_comments(text))
    )
    return " ".join(filter(None, found))


def block_text(text: str, language: str, file: str = "", line: int = 1) -> str:
    """The facts of a block: no comments of YAML or a shell, no blank lines, no trailing space.

    GuideError where a manifest is nested too deep; `file` and `line` are the place of the text.
    """
    if language in manifest.MANIFEST_LANGUAGES:
        try:
            return manifest.facts(text, line)
        except GuideError as problem:
            problem.file = file
            raise
    if language in COMMAND_LANGUAGES:
        return shell.facts(text, language)
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip())
