"""A source guide: any Markdown file, taken apart into units."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from markdown_it.token import Token

from guide import content
from guide.block import SHELL_LANGUAGES
from guide.document import Document
from guide.errors import GuideError
from guide.slug import Names, slug
from guide.unit import Unit

# A program and at least one word behind it: `flux get kustomizations -A`, `./run.sh now`. A first
# word that ends with a colon is YAML, one that begins with a dash is an option or a list entry.
_COMMAND = re.compile(r"^(?:\$ )?[a-z.~/][\w./-]*(?<!:)(?: +\S+)+$")


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
        return cls.of(Document.read(path))

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


@dataclass
class _Draft:
    """A unit while its text is being collected."""

    id: str
    kind: str
    line: int
    end_line: int
    parent: _Draft | None
    level: int = 0
    words: list[str] = field(default_factory=list)
    normal: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    only_links: bool = True


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.drafts: list[_Draft] = []
        self.names = Names()
        self.headings: list[_Draft] = []
        self.items: list[_Draft] = []
        self.numbers: list[int | None] = []
        self.in_body = False
        titles = [token for token in document.tokens if token.type == "heading_open"]
        self.one_title = sum(token.tag == "h1" for token in titles) == 1

    def units(self) -> tuple[Unit, ...]:
        tokens = self.document.tokens
        for index, token in enumerate(tokens):
            kind = token.type
            if kind == "heading_open":
                self._heading(token, tokens[index + 1])
            elif kind in ("ordered_list_open", "bullet_list_open"):
                # The number of the next step; nothing for bullets.
                first = int(token.attrs.get("start", 1)) if kind == "ordered_list_open" else None
                self.numbers.append(first)
            elif kind in ("ordered_list_close", "bullet_list_close"):
                self.numbers.pop()
            elif kind == "list_item_open":
                self._list_item(token)
            elif kind in ("tbody_open", "tbody_close"):
                self.in_body = kind == "tbody_open"
            elif kind == "tr_open" and self.in_body:
                self._item("row", token, "")
            elif kind == "list_item_close" or (kind == "tr_close" and self.in_body):
                self.items.pop()
            elif kind in ("fence", "code_block"):
                self._block(token)
            elif kind == "html_block":
                self._html(token)
            elif kind == "inline" and tokens[index - 1].type != "heading_open":
                self._prose(token)
        for heading in self.headings:
            heading.end_line = len(self.document.lines)
        return tuple(self._finished())

    def _heading(self, token: Token, inline: Token) -> None:
        assert token.map
        line, level = token.map[0] + 1, int(token.tag[1:])
        while self.headings and self.headings[-1].level >= level:
            self.headings.pop().end_line = line - 1
        title = "".join(part.content for part in inline.children or ())
        above = self.headings[-1] if self.headings else None
        prefix = "" if above is None or (above.level == 1 and self.one_title) else f"{above.id}/"
        name = self.names.free(prefix + slug(title))
        draft = _Draft(name, "heading", line, line, above, level)
        draft.words.append(" ".join(title.split()))
        draft.normal.append(content.words(title))
        self.headings.append(draft)
        self.drafts.append(draft)

    def _owner(self) -> _Draft:
        """The list item, row or heading that the text at hand belongs to."""
        if self.items:
            return self.items[-1]
        if not self.headings:  # text above the first heading
            draft = _Draft(self.names.free("preamble"), "heading", 1, 1, None, 99)
            draft.normal.append("")
            self.headings.append(draft)
            self.drafts.append(draft)
        return self.headings[-1]

    def _under(self, owner: _Draft, kind: str, number: str, first: int, end: int) -> _Draft:
        owner.counts[kind] = owner.counts.get(kind, 0) + 1
        name = f"{owner.id}/{kind}-{number or owner.counts[kind]}"
        draft = _Draft(self.names.free(name), kind, first, end, owner)
        self.drafts.append(draft)
        return draft

    def _list_item(self, token: Token) -> None:
        number = self.numbers[-1]
        if number is None:
            self._item("bullet", token, "")
        else:
            self._item("step", token, str(number))
            self.numbers[-1] = number + 1

    def _item(self, kind: str, token: Token, number: str) -> None:
        assert token.map
        first, end = token.map
        self.items.append(self._under(self._owner(), kind, number, first + 1, end))

    def _block(self, token: Token) -> None:
        assert token.map
        language = (token.info.strip().lstrip("{. ").split() or [""])[0].lower()
        kind = "command" if language in SHELL_LANGUAGES else "block"
        draft = self._under(self._owner(), kind, "", token.map[0] + 1, token.map[1])
        draft.words.append(token.content)
        text = content.block_text(token.content, language, self.document.file, token.map[0] + 2)
        draft.normal.append(text)

    def _html(self, token: Token) -> None:
        text = content.html_words(token.content)
        if text:
            self._add(self._owner(), text, text)

    def _prose(self, token: Token) -> None:
        parts = list(token.children or ())
        owner = self._owner()
        if owner.only_links:
            owner.only_links = _is_only_links(parts)
        line = token.map[0] + 1 if token.map else owner.line
        for index, part in enumerate(parts):
            if part.type in ("softbreak", "hardbreak"):
                line += 1
            elif part.type == "code_inline" and _COMMAND.match(part.content.strip()):
                draft = self._under(owner, "command", "", line, line)
                draft.words.append(part.content.strip())
                draft.normal.append(" ".join(part.content.split()))
                # Its own unit tells of a change in it; the sentence around stays quiet.
                parts[index] = Token("text", "", 0, content=" command ")
        self._add(owner, token.content, content.prose(parts))

    def _add(self, owner: _Draft, words: str, normal: str) -> None:
        owner.words.append(words)
        owner.normal.append(normal)

    def _finished(self) -> Iterator[Unit]:
        children: dict[str, list[str]] = {}
        kept = []
        for draft in reversed(self.drafts):
            below = children.setdefault(draft.id, [])
            below.reverse()
            # An entry of a table of contents, nothing but links into the page, claims nothing.
            if draft.kind == "bullet" and draft.only_links and draft.words and not below:
                continue
            kept.append(draft)
            if draft.parent:
                children.setdefault(draft.parent.id, []).append(draft.id)
        kept.reverse()
        for draft in kept:
            # A heading without prose of its own only groups what stands under it.
            groups = draft.kind == "heading" and len(draft.normal) < 2
            yield Unit(
                id=draft.id,
                kind="section" if groups else draft.kind,
                text="\n".join(draft.words),
                line=draft.line,
                end_line=draft.end_line,
                content_hash=content.digest(" ".join(filter(None, draft.normal))),
                parent=draft.parent.id if draft.parent else "",
                children=tuple(children[draft.id]),
            )


def _is_only_links(parts: list[Token]) -> bool:
    depth = 0
    linked = False
    for part in parts:
        if part.type == "link_open":
            if not str(part.attrs.get("href", "")).startswith("#"):
                return False
            depth, linked = depth + 1, True
        elif part.type == "link_close":
            depth -= 1
        elif not depth and part.content.strip():
            return False
    return linked
