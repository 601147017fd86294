"""A source guide: any Markdown file, taken apart into units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it.token import Token

from guide import content, dialect, facts, instruction, markup, session
from guide.document import Document
from guide.draft import Draft, Drafts
from guide.errors import GuideError
from guide.fence import Fence, paths_in
from guide.prose import sentences
from guide.slug import slug
from guide.typed import is_inline_command
from guide.unit import Unit


@dataclass(frozen=True)
class SourceGuide:
    """The units of a Markdown file, in the order of the text, by their natural ids.

    A natural id is made of the headings above, the kind and the place among its like. Which id
    a unit keeps when the text changes is the source lock's business.
    """

    file: str
    units: tuple[Unit, ...]

    @classmethod
    def read(cls, path: Path) -> SourceGuide:
        """Read a guide; GuideError with the line where a block would be lost."""
        return cls.of(Document.read(path, any_dialect=True))

    @classmethod
    def of(cls, document: Document) -> SourceGuide:
        """Take a checked document apart."""
        units = _Reader(document).units()
        if not units:
            raise GuideError("no unit in it", file=document.file, line=1, cure="name a guide")
        return cls(document.file, units)

    @cached_property
    def by_id(self) -> Mapping[str, Unit]:
        """The units by their natural id."""
        return {unit.id: unit for unit in self.units}


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.drafts = Drafts()
        self.headings: list[Draft] = []
        self.items: list[Draft] = []
        self.lists: list[_List] = []
        self.list_count = 0
        self.in_body = False
        titles = [token for token in document.tokens if token.type == "heading_open"]
        self.one_title = sum(token.tag == "h1" for token in titles) == 1
        self.has_steps = _has_steps(document.tokens)

    def units(self) -> tuple[Unit, ...]:
        tokens = self.document.tokens
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "heading_open":
                self._heading(token, tokens[index + 1])
            elif kind in ("ordered_list_open", "bullet_list_open"):
                self.list_count += 1
                first = int(token.attrs.get("start", 1)) if kind == "ordered_list_open" else None
                self.lists.append(_List(self.list_count, first))
            elif kind in ("ordered_list_close", "bullet_list_close"):
                self.lists.pop()
            elif kind == "list_item_open":
                self._list_item(token)
            elif kind in ("tbody_open", "tbody_close"):
                self.in_body = kind == "tbody_open"
            elif kind == "tr_open" and self.in_body:
                self._item("row", token, "")
            elif kind == "list_item_close" or (kind == "tr_close" and self.in_body):
                self.items.pop()
            elif kind in ("fence", "code_block") and token.map:
                is_fence = kind == "fence"
                first, end = token.map[0] + 1, token.map[1]
                self._block(token.content, Fence.of(token.info), first, end, first + is_fence)
            elif kind == "html_block" and token.map:
                self._html(token.content, token.map[0] + 1)
            elif kind == "inline" and tokens[index - 1].type != "heading_open":
                below = tokens[index + 2].type if index + 2 < len(tokens) else ""
                self._prose(token, leads=below in ("fence", "code_block"))
        for heading in self.headings:
            heading.end_line = len(self.document.lines)
        return tuple(self.drafts.units())

    def _heading(self, token: Token, inline: Token) -> None:
        assert token.map
        line, level = token.map[0] + 1, int(token.tag[1:])
        while self.headings and self.headings[-1].level >= level:
            self.headings.pop().end_line = line - 1
        parts = content.inline(inline.children or ())
        if parts and parts[-1].type == "text":
            parts[-1].content = facts.without_anchor(parts[-1].content)
        title = markup.without_comments("".join(part.content for part in parts))
        above = self.headings[-1] if self.headings else None
        prefix = "" if above is None or (above.level == 1 and self.one_title) else f"{above.id}/"
        draft = self.drafts.heading(prefix + slug(title), line, above, level)
        draft.words.append(" ".join(title.split()))
        draft.facts.append(content.prose(parts))
        self.headings.append(draft)
        self._commands(draft, parts, line)

    def _owner(self) -> Draft:
        """The list item, row or heading that the text at hand belongs to."""
        if self.items:
            return self.items[-1]
        if not self.headings:  # text above the first heading
            draft = self.drafts.heading("preamble", 1, None, 99)
            draft.facts.append("")
            self.headings.append(draft)
        return self.headings[-1]

    def _list_item(self, token: Token) -> None:
        number = self.lists[-1].next
        if number is None:
            self._item("bullet", token, "")
        else:
            self._item("step", token, str(number))
            self.lists[-1].next = number + 1
            self.items[-1].list_number = self.lists[-1].number

    def _item(self, kind: str, token: Token, number: str) -> None:
        assert token.map
        first, end = token.map
        self.items.append(self.drafts.under(self._owner(), kind, first + 1, end, number))

    def _block(self, text: str, fence: Fence, first: int, end: int, text_line: int) -> None:
        kind = fence.kind(text)
        draft = self.drafts.under(self._owner(), kind, first, end)
        paths = dict.fromkeys([*filter(None, [fence.path]), *paths_in(text)])
        for path in paths:
            draft.facts.append(f"path {path}")
        if kind == "block":
            file = self.document.file
            draft.add(text, content.block_text(text, fence.language, file, text_line))
            return
        typed, answer = session.split(text, is_session=fence.is_session)
        draft.add(typed, content.block_text(typed, fence.shell))
        if answer.strip():
            before = text[: text.find(answer.strip().split("\n")[0])]
            start = text_line + before.count("\n")
            output = self.drafts.under(draft, "output", start, max(start, end - 1))
            output.add(answer, content.block_text(answer, ""))

    def _html(self, text: str, line: int) -> None:
        if text.lstrip().startswith(dialect.TITLE):
            title = text.strip().removeprefix(dialect.TITLE).removesuffix("-->")
            self._owner().add(title, facts.words(title))
            return
        for piece in markup.pieces(markup.without_comments(text)):
            first = line + piece.line
            if piece.is_block:
                end = first + piece.text.rstrip().count("\n") + 1
                self._block(piece.text, Fence.of(piece.language), first, end, first)
            else:
                self._owner().add(piece.text, facts.words(piece.text))

    def _prose(self, token: Token, *, leads: bool) -> None:
        parts = content.inline(token.children or ())
        owner = self._owner()
        if owner.only_links:
            owner.only_links = _is_only_links(parts)
        line = token.map[0] + 1 if token.map else owner.line
        if self.has_steps or self.items:
            self._say(owner, parts, line)
            return
        found = [sentence for sentence in sentences(parts) if sentence.says_something]
        for sentence in found:
            first = line + sentence.line
            said = content.prose([part for part in sentence.tokens if part.type != "image"])
            if instruction.is_instruction(said, leads=leads and sentence is found[-1]):
                end = first + sum(part.type in _BREAKS for part in sentence.tokens)
                told = self.drafts.under(owner, "instruction", first, end)
                self._say(told, sentence.tokens, first)
            else:
                self._say(owner, sentence.tokens, first)

    def _say(self, owner: Draft, parts: list[Token], line: int) -> None:
        """Add a text to its unit; each command in it is a unit of its own."""
        kept = self._commands(owner, parts, line)
        words = "".join(" " if part.type in _BREAKS else part.content for part in parts)
        owner.add(words.strip(), content.prose(kept))

    def _commands(self, owner: Draft, parts: list[Token], line: int) -> list[Token]:
        """Make each command in a text a unit; the parts of the text without them."""
        before = ""
        kept: list[Token] = []
        for part in parts:
            line += part.type in _BREAKS
            if part.type == "code_inline" and is_inline_command(part.content, before):
                draft = self.drafts.under(owner, "command", line, line)
                text = " ".join(part.content.split()).removeprefix("$ ")
                draft.add(text, text)
                # Its own unit tells of a change in it; the sentence around stays quiet.
                kept.append(Token("text", "", 0, content=" command "))
            else:
                kept.append(part)
            before = (before + (" " if part.type in _BREAKS else part.content))[-40:]
        return kept


_BREAKS = ("softbreak", "hardbreak")


@dataclass
class _List:
    """A list that is open."""

    number: int
    """Which one of the page, from 1."""
    next: int | None
    """The number of the next step; None for bullets."""


def _has_steps(tokens: Sequence[Token]) -> bool:
    """True for a page with a numbered list that is more than a table of contents."""
    depth = 0
    for token in tokens:
        depth += (token.type == "ordered_list_open") - (token.type == "ordered_list_close")
        if depth and token.type == "inline" and not _is_only_links(token.children or ()):
            return True
    return False


def _is_only_links(parts: Sequence[Token]) -> bool:
    depth = 0
    linked = False
    for part in parts:
        if part.type == "link_open":
            depth, linked = depth + 1, True
        elif part.type == "link_close":
            depth -= 1
        elif part.type == "image":
            linked = True
        elif not depth and any(map(str.isalnum, part.content)):
            return False
    return linked
