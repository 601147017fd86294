"""A Markdown file, checked so that no block of it can get lost on the way to units."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from guide import dialect
from guide.errors import GuideError

SIZE_LIMIT = 2_000_000
"""Bytes, about 50,000 units; a longer file is refused: one of 10 MB would take minutes."""

NESTING_LIMIT = 60
"""Lists and quotes in each other; what lies deeper is dropped by the parser, so it is refused."""

BRACKETS_LIMIT = 500
"""Opening brackets in one paragraph: the parser looks for the end of each as if it were a link."""

_SHORT_NOTE = re.compile(r"\[\^[^\]\s]+\]:\s*[^\s/]+\s*")
# What ends by itself, with or without a blank line: nothing in it is Markdown.
_VERBATIM = re.compile(r"\s*<(?:!--|pre\b|script\b|style\b)", re.IGNORECASE)
# The start of a fence behind any mixture of quote marks, list marks and white space.
FENCE = re.compile(r"^(?:[\s>]|[-*+][ \t]|\d{1,9}[.)][ \t])*(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
INNER_FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,})\s*(?P<info>\S.*)$")


@dataclass(frozen=True)
class Document:
    """The lines and the tokens of one Markdown file."""

    file: str
    """The path as it was given: what error lines show."""
    lines: tuple[str, ...]
    tokens: tuple[Token, ...]

    @classmethod
    def read(cls, path: Path, *, any_dialect: bool = False) -> Document:
        """Read a file; GuideError with the line where it cannot be taken without a loss.

        With `any_dialect` also what Hugo, MDX, MkDocs and their like write around Markdown.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise GuideError(
                f"cannot be read: {error.strerror}", file=path, cure="name a Markdown file"
            ) from error
        return cls.of(data, str(path), any_dialect=any_dialect)

    @classmethod
    def of(cls, data: bytes, file: str, *, any_dialect: bool = False) -> Document:
        """Check and parse the bytes of a Markdown file; `file` is what error lines show."""
        if len(data) > SIZE_LIMIT:
            size = f"{len(data) / 1e6:.1f} MB"
            cure = f"split it: {SIZE_LIMIT // 1_000_000} MB is the most that is read"
            raise GuideError(f"the file has {size}", file=file, line=1, cure=cure)
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            what = f"byte {data[error.start]:#04x} is not UTF-8"
            raise GuideError(what, file=file, line=line, cure="save the file as UTF-8") from error
        text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n") + "\n"
        if not text.strip():
            raise GuideError("the file is empty", file=file, line=1, cure="name a guide with text")
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise GuideError("a NUL character", file=file, line=line, cure="remove it")
        parser = MarkdownIt("commonmark", {"maxNesting": NESTING_LIMIT}).enable("table")
        parser.use(front_matter_plugin)
        parser.block.ruler.at("reference", _reference, {"alt": []})
        parser.core.ruler.after("block", "brackets", partial(_refuse_brackets, file))
        lines = tuple(text.split("\n")[:-1])
        plain = dialect.plain(lines, is_mdx=file.endswith(".mdx")) if any_dialect else lines
        document = cls(file, lines, tuple(parser.parse("\n".join(plain) + "\n")))
        document._refuse_losses(plain)
        return document

    def _refuse_losses(self, plain: Sequence[str]) -> None:
        covered: set[int] = set()
        for token in self.tokens:
            if token.level >= NESTING_LIMIT - 4:
                line = token.map[0] + 1 if token.map else 0
                self._refuse("lists or quotes nested too deep to read", line, "flatten them")
            if not token.map:
                continue
            first, end = token.map
            if token.type == "fence":
                self._refuse_open_fence(token, first, end)
            verbatim = token.type == "html_block" and _VERBATIM.match(token.content)
            if token.type in ("fence", "code_block", "front_matter") or verbatim:
                covered.update(range(first, end))
        for number, text in enumerate(plain):
            found = FENCE.match(text) if number not in covered else None
            if found and not (found["mark"][0] == "`" and "`" in found["info"]):
                self._refuse(
                    "this looks like a fence but Markdown does not take it as one",
                    number + 1,
                    "put a blank line before it and indent it like the text it belongs to",
                )

    def _refuse_open_fence(self, token: Token, first: int, end: int) -> None:
        if token.content.count("\n") != end - first - 2:
            self._refuse("the fence is never closed", first + 1, f"close it with {token.markup}")
        for offset, text in enumerate(token.content.split("\n")):
            inner = INNER_FENCE.match(text)
            if inner and inner["mark"].startswith(token.markup) and "`" not in inner["info"]:
                self._refuse(
                    f"a fence opens at line {first + 2 + offset} inside this one",
                    first + 1,
                    f"close this one before, or give it more than {len(inner['mark'])} marks",
                )

    def _refuse(self, what: str, line: int, cure: str) -> None:
        raise GuideError(what, file=self.file, line=line, cure=cure)


def _reference(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """The target of a link, as Markdown has it; a footnote of one word is a text, and none."""
    text = state.src[state.bMarks[first] + state.tShift[first] : state.eMarks[first]]
    return not _SHORT_NOTE.fullmatch(text) and reference(state, first, end, silent)


def _refuse_brackets(file: str, state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.content.count("[") > BRACKETS_LIMIT:
            what = f"a paragraph with more than {BRACKETS_LIMIT} opening brackets"
            line = token.map[0] + 1 if token.map else 0
            raise GuideError(what, file=file, line=line, cure="split it, or take it into a fence")
