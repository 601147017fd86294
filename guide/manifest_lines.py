"""The lines of a manifest as the operators of faults see them: fields, list entries, literals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from guide.block import Block
from guide.mutant import Edit, lines_of, replaced

FIELD = re.compile(r"^(?P<head>\s*(?:- )?)(?P<key>[A-Za-z][\w.-]*):(?P<gap> +)(?P<value>\S.*)$")
KEY = re.compile(r"^(?P<head>\s*(?:- )?)(?P<key>[A-Za-z][\w.-]*):(?P<rest>.*)$")
ENTRY = re.compile(r"^(?P<indent>\s*)- \S")
LITERAL = re.compile(r"^(?P<indent>\s*)(?:- )?[\w.-]+: *[|>][-+]?\s*$")


def indent_of(line: str) -> int:
    """How far a line is indented."""
    return len(line) - len(line.lstrip())


def in_literal(lines: list[str]) -> list[bool]:
    """For each line, whether it stands inside a literal such as the patch of a kustomization."""
    inside: list[bool] = []
    depth = -1
    for line in lines:
        if depth >= 0 and line.strip() and indent_of(line) <= depth:
            depth = -1
        inside.append(depth >= 0)
        found = LITERAL.match(line)
        if depth < 0 and found:
            depth = len(found["indent"])
    return inside


def item_end(lines: list[str], first: int) -> int:
    """The line behind a list entry or a field with all that belongs to it."""
    depth = indent_of(lines[first])
    end = first + 1
    while end < len(lines) and (not lines[end].strip() or indent_of(lines[end]) > depth):
        end += 1
    return end


def fields(block: Block, *keys: str, literal: bool = False) -> Iterator[tuple[int, re.Match[str]]]:
    """Lines `key: value` of a manifest; those inside literals only on request."""
    lines = lines_of(block)
    inside = in_literal(lines)
    for index, line in enumerate(lines):
        found = FIELD.match(line)
        if found and found["key"] in keys and (literal or not inside[index]):
            yield index, found


def with_value(found: re.Match[str], index: int, value: str) -> Edit:
    """The field that was found, with another value."""
    new = f"{found['head']}{found['key']}:{found['gap']}{value}"
    return replaced(index, found.string, new)
