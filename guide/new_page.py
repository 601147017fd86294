"""A chapter of a team's own Markdown as a page of an edition: steps, blocks with ids and paths."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import PurePosixPath

from markdown_it.token import Token

from guide import attributes
from guide.block import SHELL_LANGUAGES, is_inside
from guide.commands import PROMPTED
from guide.document import Document
from guide.errors import GuideError
from guide.fence import Fence
from guide.placeholder import PLACEHOLDER
from guide.slug import Names, slug

TODO = "TODO: "
"""What a reason begins with that somebody has to replace."""
_STEP = re.compile(r"^Step \d+\s*[:.–-]?\s*")
_FILE = r"[\w.{}<>-]+(?:/[\w.{}<>-]+)*\.(?:ya?ml|json|toml|sh|md|txt|env|conf)"
_IN_COMMENT = re.compile(rf"^\s*(?:#|//)\s*(?:[Ff]ile(?:name)?:\s*)?(?P<path>{_FILE})\s*$")
_BEFORE = re.compile(rf"[`*\"](?P<path>{_FILE})[`*\"]")
_TITLE = re.compile(r"\b(?:title|file|path)=[\"']?(?P<path>[^\"'\s}]+)")
_COMMAND = re.compile(r"^\$ |^(?:flux|kubectl|git|helm|kustomize|cd|export|curl|ls|cat|mkdir) ")
_COMMITS = re.compile(r"\bgit add (?:-A|--all|\.)\s.*\bgit commit\b.*\bgit push\b", re.DOTALL)
_LONGEST_TITLE = 70


@dataclass
class NewPage:
    """A page while it is laid out; `text` is the whole of it at the end."""

    stem: str
    title: str
    ids: Names
    """The ids that blocks of the book have."""
    parts: list[str] = field(default_factory=list)
    steps: int = 0
    used: list[tuple[str, bool]] = field(default_factory=list)
    """The blocks that its scenario uses: id, and whether it is typed."""
    paths: list[str] = field(default_factory=list)
    shell: list[str] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)
    """The blocks that commit whatever has been written before, and push it."""
    placeholders: set[str] = field(default_factory=set)
    _marks: list[tuple[int, int]] = field(default_factory=list)
    """Of each step: which part its heading is, and how many blocks were used before it."""
    _in_step: int = 0
    """The level of the heading of the step at hand, 0 outside."""
    _level: int = 1
    _lists_are_steps: bool = False
    _said: str = ""
    """The paragraph before the part at hand: it may name a file."""

    def take(self, document: Document, first: int, end: int, shift: int) -> None:
        """Take the lines from `first` to `end` of a guide, its headings `shift` levels higher."""
        tokens = list(_top(document, first, end))
        self._lists_are_steps = not any(is_step(document, token) for token in tokens)
        has_steps = not self._lists_are_steps or any(t.type == "ordered_list_open" for t in tokens)
        for token in tokens:
            try:
                self._part(document, token, shift, has_steps)
            except GuideError as problem:  # of an item's text, which has no file of its own
                assert token.map
                problem.file, problem.line = document.file, token.map[0] + max(problem.line, 1)
                raise

    def text(self) -> str:
        """The page as it is written to its file."""
        excuse = "" if self.used or self.steps else f' data-excused="{TODO}what does it claim?"'
        parts = list(self.parts)
        for number in set(range(1, self.steps + 1)) - set(self.shown_steps):
            at = self._marks[number - 1][0]
            said = f' data-excused="{TODO}how is it shown?" }}'
            parts[at] = parts[at].removesuffix(" }") + said
        # A chapter is no step of itself.
        title = attributes.title_of(_STEP.sub("", self.title)) or self.stem
        return "\n\n".join([f"# {title} {{ #{self.stem}{excuse} }}", *parts]) + "\n"

    @property
    def shown_steps(self) -> list[int]:
        """The steps that a scenario can show: a block of theirs is written or typed."""
        counts = [*(before for _, before in self._marks), len(self.used)]
        return [n for n, (before, after) in enumerate(pairwise(counts), 1) if after > before]

    def _part(self, document: Document, token: Token, shift: int, has_steps: bool) -> None:
        assert token.map
        lines = document.lines[token.map[0] : token.map[1]]
        if token.type == "heading_open":
            self._heading(_inline(document.tokens, token), int(token.tag[1:]) - shift)
        elif token.type == "fence":
            self._block(token, has_steps)
        elif token.type == "ordered_list_open" and self._lists_are_steps:
            for item in _items(document, token):
                self._step(item)
            self._in_step = 0
        elif token.type in ("ordered_list_open", "bullet_list_open") and _has_fence(
            document, token
        ):
            for item in _items(document, token):
                self._inner(item, has_steps)
        else:
            self.parts.append("\n".join(lines).strip("\n"))
        if token.type == "paragraph_open":
            self._said = "\n".join(lines)
        elif token.type in ("heading_open", "fence"):
            self._said = ""

    def _heading(self, title: str, level: int) -> None:
        title = attributes.title_of(title)
        if self._in_step and level <= self._in_step:
            self._in_step = 0
        self._level = max(level, 2)
        mark = ""
        if _STEP.match(title):
            self._begin_step()
            self._in_step = self._level
            title = f"Step {self.steps}: {_STEP.sub('', title)}"
            mark = f" {{ #step-{self.steps} }}"
        self.parts.append(f"{'#' * self._level} {title}{mark}")

    def _begin_step(self) -> None:
        self.steps += 1
        self._marks.append((len(self.parts), len(self.used)))

    def _step(self, text: str) -> None:
        """An item of a numbered list becomes a step of the page."""
        first, _, rest = text.partition("\n\n")
        said = " ".join(first.split())
        if "\n```" in f"\n{first}" or "\n~~~" in f"\n{first}":
            said, rest = "", text
        title = re.split(r"(?<=[.:!]) ", said, maxsplit=1)[0].rstrip(".:")
        self._begin_step()
        self._in_step = min(self._level + 1, 6)
        short = textwrap.shorten(title, _LONGEST_TITLE, placeholder=" ...") or "Go on"
        head = f"{'#' * self._in_step} Step {self.steps}: {attributes.title_of(short)}"
        self.parts.append(f"{head} {{ #step-{self.steps} }}")
        body = rest if said.rstrip(".:") == short else text
        self._said = first
        self._inner(body, has_steps=True)

    def _inner(self, text: str, has_steps: bool) -> None:
        """The text of a list item, whose blocks have to stand at the left edge."""
        if not text.strip():
            return
        document = Document.of(text.encode(), "")
        before, self._lists_are_steps = self._lists_are_steps, False
        for token in _top(document, 0, len(document.lines)):
            self._part(document, token, 0, has_steps)
        self._lists_are_steps = before

    def _block(self, token: Token, has_steps: bool) -> None:
        info = token.info.strip()
        try:
            given = attributes.of_fence(info, "", 0)
        except GuideError:  # braces of another tool, such as the lines that it highlights
            given = {"class": Fence.of(info).language}
        language = (given.get("class", "").split() or [_guess(token.content)])[0]
        language = language if re.fullmatch(r"[\w-]+", language) else "text"
        typed = language in SHELL_LANGUAGES
        if typed and token.content.startswith("$ "):
            language = "console" if language not in PROMPTED else language
        named = _TITLE.search(info)
        path = "" if typed else self._path(token.content, named["path"] if named else "")
        name = (
            given.get("id")
            or (path and slug(" ".join(PurePosixPath(path).with_suffix("").parts[-2:])))
            or slug(_first_words(token.content, typed))
        )
        identifier = self.ids.free(name or f"{self.stem}-block")
        unused = ""
        if has_steps and not self._in_step:
            unused = "outside the numbered steps, which scenario uses it?"
        elif not typed and not path:
            unused = "where does the file go? write title=, or say that it is output"
        marks = f".{language} #{identifier}" + (f' title="{path}"' if path else "")
        if unused:
            marks += f' data-unused="{TODO}{unused}"'
        else:
            self.used.append((identifier, typed))
            self.placeholders |= set(PLACEHOLDER.findall(token.content))
            self.paths += [path] if path else []
            self.shell += [token.content] if typed else []
            self.commits += [identifier] if typed and _COMMITS.search(token.content) else []
        fence = token.markup
        self.parts.append(f"{fence} {{ {marks} }}\n{token.content}{fence}")

    def _path(self, text: str, title: str) -> str:
        """Where the file goes: the fence says it, its first line, or what stands before it."""
        first = _IN_COMMENT.match(text.split("\n", 1)[0])
        named = [first["path"]] if first else []
        named += [found["path"] for found in reversed(list(_BEFORE.finditer(self._said)))]
        named = [title, *named] if title else named
        return next((path for path in named if is_inside(path)), "")


def is_step(document: Document, token: Token) -> bool:
    """Whether a part of a guide is a heading `Step n`."""
    return token.type == "heading_open" and bool(_STEP.match(_inline(document.tokens, token)))


def _top(document: Document, first: int, end: int) -> Iterator[Token]:
    for token in document.tokens:
        outer = token.level == 0 and token.map and token.nesting >= 0
        if outer and token.type != "front_matter" and first <= token.map[0] < end:  # type: ignore[index]
            yield token


def _inline(tokens: tuple[Token, ...], heading: Token) -> str:
    index = next(n for n, token in enumerate(tokens) if token is heading)
    return tokens[index + 1].content


def _inside(document: Document, token: Token) -> Iterator[Token]:
    index = next(n for n, other in enumerate(document.tokens) if other is token)
    for other in document.tokens[index + 1 :]:
        if other.level == token.level and other.nesting < 0:
            return
        yield other


def _has_fence(document: Document, token: Token) -> bool:
    return any(other.type == "fence" for other in _inside(document, token))


def _items(document: Document, token: Token) -> Iterator[str]:
    """The text of each item of a list, without its mark and its indentation."""
    for item in _inside(document, token):
        if item.type == "list_item_open" and item.level == token.level + 1 and item.map:
            first, *lines = map(_without_tabs, document.lines[item.map[0] : item.map[1]])
            mark = re.match(r"\s*(?:\d+[.)]|[-*+])", first)
            assert mark
            gap = len(first[mark.end() :]) - len(first[mark.end() :].lstrip())
            # Text begins within four columns; what is further in is code, a column behind the mark.
            width = mark.end() + (gap if 1 <= gap <= 4 and first[mark.end() :].strip() else 1)
            rest = [line[width:] if not line[:width].strip() else line for line in lines]
            yield "\n".join([first[width:], *rest]).strip("\n")


def _without_tabs(line: str) -> str:
    """A line in whose indentation, and behind whose mark, blanks stand for tabs."""
    head = re.match(r"\s*(?:(?:\d+[.)]|[-*+])\s+)?", line)
    assert head
    return head[0].expandtabs(4) + line[head.end() :]


def _guess(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    if _COMMAND.match(first):
        return "console" if first.startswith("$ ") else "bash"
    if re.match(r"^(?:#.*|---|[\w.-]+:(?: .*)?)$", first):
        return "yaml"
    return "text"


def _first_words(text: str, typed: bool) -> str:
    lines = [line.removeprefix("$ ") for line in text.split("\n")]
    first = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    words = [word for word in first.split() if not word.startswith(("-", "<", '"', "'"))]
    return " ".join(words[: 4 if typed else 2])
