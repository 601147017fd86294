"""One page of the edition: its units and its blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml
from markdown_it.token import Token

from guide import attributes, content
from guide.block import SHELL_LANGUAGES, Block, is_inside
from guide.commands import commands_of
from guide.diff import LANGUAGE, Diff
from guide.document import FENCE, Document
from guide.errors import GuideError
from guide.hunk import Malformed
from guide.manifest import MANIFEST_LANGUAGES, quickly
from guide.unit import Unit

_STEP = re.compile(r"^Step (\d+)\b")
PICTURES = frozenset({"mermaid"})
"""Languages of fences that draw a picture: neither blocks nor in need of an id."""


@dataclass(frozen=True)
class Page:
    """A chapter: `<stem>.md` in the folder of the edition."""

    stem: str
    file: str
    title: str
    units: tuple[Unit, ...]
    blocks: tuple[Block, ...]
    problems: tuple[GuideError, ...]
    """Everything wrong with the page, in the order of its lines."""

    @classmethod
    def read(cls, path: Path) -> Page:
        """Read a page; what is wrong with it is in `problems`, only an unreadable file raises."""
        return _Reader(path.stem, Document.read(path)).page()


@dataclass
class _Section:
    """An anchored heading and what stands under it up to the next one."""

    id: str
    kind: str
    title: str
    line: int
    level: int
    parent: str
    excused: str
    end_line: int = 0
    parts: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self, stem: str, document: Document) -> None:
        self.stem = stem
        self.document = document
        self.title = ""
        self.sections: list[_Section] = []
        self.open: list[_Section] = []
        self.blocks: list[Block] = []
        self.problems: list[GuideError] = []

    def page(self) -> Page:
        tokens = self.document.tokens
        for index, token in enumerate(tokens):
            try:
                if token.type == "heading_open":
                    self._heading(token, tokens[index + 1])
                elif token.type == "fence":
                    self._fence(token)
                elif token.type == "code_block":
                    self._indented(token)
                elif token.type == "html_block":
                    self._part(content.html_words(token.content))
                elif token.type == "inline" and tokens[index - 1].type != "heading_open":
                    self._part(content.prose(token.children or ()))
            except GuideError as problem:
                self.problems.append(problem)
        units = self._units()
        return Page(
            self.stem, self.document.file, self.title, units, tuple(self.blocks),
            tuple(self.problems),
        )  # fmt: skip

    def _problem(self, what: str, line: int, cure: str) -> None:
        self.problems.append(GuideError(what, file=self.document.file, line=line, cure=cure))

    def _part(self, text: str) -> None:
        if self.open:
            self.open[-1].parts.append(text)

    def _heading(self, opening: Token, inline: Token) -> None:
        assert opening.map
        line, level = opening.map[0] + 1, int(opening.tag[1:])
        title, found = attributes.of_heading(inline.content, self.document.file, line)
        if level == 1 and not self.title:
            self.title = title
        while self.open and self.open[-1].level >= level:
            self._end(self.open.pop(), line)
        step = _STEP.match(title)
        anchor = found.get("id", "")
        if step and anchor != f"step-{step[1]}":
            cure = f"end the heading with {{ #step-{step[1]} }}"
            self._problem(f"the heading of step {step[1]} lacks its anchor", line, cure)
            return
        if not anchor:
            self._part(content.words(title))
            return
        if self.open:
            self._end(self.open[-1], line)
        section = _Section(
            id=f"{self.stem}/{anchor}",
            kind="step" if step else "heading",
            title=title,
            line=line,
            level=level,
            parent=self.open[-1].id if self.open else "",
            excused=found.get("data-excused", "").strip(),
        )
        self.sections.append(section)
        self.open.append(section)

    def _end(self, section: _Section, next_line: int) -> None:
        section.end_line = section.end_line or next_line - 1

    def _fence(self, token: Token) -> None:
        assert token.map
        line = token.map[0] + 1
        found = attributes.of_fence(token.info, self.document.file, line)
        language, *classes = found.get("class", "").split() or [""]
        if token.level:
            cure = "take the block out of the list or quote: blocks stand at the left edge"
            self._problem("a block inside a list or a quote", line, cure)
        if language in PICTURES:
            self._part(content.block_text(token.content, language))
            return
        identifier = found.get("id", "")
        if not identifier:
            cure = "write { .yaml #block-id } behind the fence"
            self._problem("a block without an id", line, cure)
            return
        text = content.block_text(token.content, language, self.document.file, line + 1)
        block = Block(
            id=identifier,
            language=language,
            path="" if language in SHELL_LANGUAGES else found.get("title", ""),
            title=found.get("title", ""),
            text=token.content,
            file=self.document.file,
            line=line,
            classes=tuple(classes),
            unused=found.get("data-unused", "").strip(),
            unit=self.open[-1].id if self.open else "",
            content_hash=content.digest(language, text),
            literal=frozenset(map(str.strip, found.get("data-literal", "").split(","))) - {""},
            unchecked=found.get("data-unchecked", "").strip(),
        )
        self.blocks.append(block)
        self._part(block.content_hash)
        if not is_inside(block.path):
            what = f'block "{block.id}" leads out of the monorepo: {block.path}'
            self._problem(what, line, "write the path from the monorepo's root")
        if "data-unused" in found and not block.unused:
            cure = 'say why: data-unused="reason"'
            self._problem(f'block "{block.id}" is unused for no reason', line, cure)
        self._check_yaml(block)
        self._check_diff(block)
        self._check_commands(block)

    def _check_yaml(self, block: Block) -> None:
        if block.language not in MANIFEST_LANGUAGES:
            return
        try:
            # Composed, not constructed: a duplicate key or an unknown tag is for kubectl to judge.
            quickly(lambda loader: list(yaml.compose_all(block.text, Loader=loader)))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = block.line + 1 + (mark.line if mark else 0)
            what = getattr(error, "problem", None) or str(error)
            self._problem(f'block "{block.id}" is no YAML: {what}', line, "correct the manifest")

    def _check_diff(self, block: Block) -> None:
        """A diff names the file that it changes, and is one that can be applied."""
        if block.language != LANGUAGE or block.unused:
            return
        if not block.path:
            cure = 'write its path in the monorepo: title="path/of/file.yaml"'
            self._problem(f'block "{block.id}" changes no file', block.line, cure)
            return
        if block.is_added:
            cure = "take .added away: the diff says where its lines come"
            self._problem(f'block "{block.id}" is a diff', block.line, cure)
        try:
            Diff.read(block.path, block.text)
        except Malformed as problem:
            what = f'block "{block.id}" is no diff: {problem.what}'
            self._problem(what, block.line + 1 + problem.line, problem.cure)

    def _check_commands(self, block: Block) -> None:
        """A block of commands has one at least, and each is as long as bash needs it to be."""
        if not block.is_shell:
            return
        commands = commands_of(block)
        if not commands:
            cure = "write what is to be typed, or take the block out"
            self._problem(f'block "{block.id}" holds no command', block.line, cure)
        elif not commands[-1].finished:
            cure = "close its quotes, its here-document or its loop inside the block"
            line = block.line + 1 + commands[-1].first
            self._problem(f'a command of block "{block.id}" has no end', line, cure)
        for command in commands:
            # A terminal types one command at a time, and keeps `$?` only: this would be 0.
            if "PIPESTATUS" in command.text and "|" not in command.text.replace("||", ""):
                what = f'a command of block "{block.id}" asks for PIPESTATUS of another one'
                cure = "write it behind its pipe, on the same line after a semicolon"
                self._problem(what, block.line + 1 + command.first, cure)

    def _indented(self, token: Token) -> None:
        """The text of an admonition or a tab: prose, and no place for a block."""
        assert token.map
        for number, text in enumerate(token.content.split("\n")):
            if FENCE.match(text):
                cure = "take the block out of the admonition or tab: blocks stand at the left edge"
                self._problem("a fence in indented text", token.map[0] + 1 + number, cure)
                return
        for inner in Document.of(token.content.encode(), self.document.file).tokens:
            if inner.type == "inline":
                self._part(content.prose(inner.children or ()))

    def _units(self) -> tuple[Unit, ...]:
        units = [
            Unit(
                id=section.id,
                kind=section.kind,
                text=section.title,
                line=section.line,
                end_line=section.end_line or len(self.document.lines),
                content_hash=content.digest(
                    " ".join([content.words(section.title), *section.parts])
                ),
                parent=section.parent,
                excused=section.excused,
            )
            for section in self.sections
        ]
        return tuple(
            replace(unit, children=tuple(other.id for other in units if other.parent == unit.id))
            for unit in units
        )
