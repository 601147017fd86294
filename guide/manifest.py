"""The normal form of a YAML block: its facts without comments, blank lines and trailing space."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import yaml

from guide.errors import GuideError

MANIFEST_LANGUAGES = frozenset({"yaml", "yml"})

LEVELS = 100
"""Collections in each other; a reader of YAML needs seconds for thousands of them."""

LITERALS = 10
"""Manifests written as a literal in each other, each of which is read for itself."""


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The quick reader, where the library was built with it: a megabyte takes a second, not ten."""

_T = TypeVar("_T")


def quickly(read: Callable[[Any], _T]) -> _T:
    """What `read` makes of a text with the quick reader.

    What is no YAML the other one reads again, whose words for it say more and are everywhere the
    same. Raises yaml.YAMLError.
    """
    try:
        return read(LOADER)
    except yaml.YAMLError:
        return read(yaml.SafeLoader)


def facts(text: str, line: int = 1) -> str:
    """A manifest without comments and blank lines; those of a patch in a literal go as well.

    Text that is not YAML keeps its comments. GuideError with the line, counted from `line`, where
    it is nested too deep to be read.
    """
    lines = _without_comments(text, line, 0).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def check_depth(text: str, line: int = 1) -> None:
    """GuideError where a manifest is nested too deep; text that is not YAML passes."""
    try:
        for _ in _tokens(text, line):
            continue
    except yaml.YAMLError:
        return


def _scanned(text: str, line: int) -> Iterator[yaml.Token]:
    try:
        yield from yaml.scan(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        # Later versions of the reader count for themselves, before they tell what they have read.
        if "nesting depth" not in str(error):
            raise
        raise _too_deep(line + (error.problem_mark.line if error.problem_mark else 0)) from None


def _too_deep(line: int) -> GuideError:
    what = f"a manifest with more than {LEVELS} levels"
    return GuideError(what, line=line, cure="write it with fewer levels")


def _tokens(text: str, line: int) -> Iterator[yaml.Token]:
    depth = 0
    for token in _scanned(text, line):
        opens = isinstance(
            token,
            yaml.FlowSequenceStartToken
            | yaml.FlowMappingStartToken
            | yaml.BlockSequenceStartToken
            | yaml.BlockMappingStartToken,
        )
        closes = isinstance(
            token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken | yaml.BlockEndToken
        )
        depth += opens - closes
        if depth > LEVELS:
            raise _too_deep(line + token.start_mark.line)
        yield token


def _without_comments(text: str, line: int, depth: int) -> str:
    try:
        scalars = [token for token in _tokens(text, line) if isinstance(token, yaml.ScalarToken)]
    except yaml.YAMLError:
        return text
    kept: list[str] = []
    position = 0

    def between(end: int) -> str:
        return _drop_comments(text[position:end], position == 0 or text[position - 1] == "\n")

    for token in scalars:
        start, end = token.start_mark.index, token.end_mark.index
        if token.style in ("|", ">"):
            header_end = text.find("\n", start, end) + 1 or end
            kept.append(between(header_end))
            body, place = text[header_end:end], line + token.start_mark.line + 1
            kept.append(_literal(body, token.value, place, depth + 1))
        else:
            kept.append(between(start) + text[start:end])
        position = end
    kept.append(between(len(text)))
    return "".join(kept)


def _literal(body: str, value: str, line: int, depth: int) -> str:
    if depth > LITERALS:
        what = f"a manifest with more than {LITERALS} literals in each other"
        raise GuideError(what, line=line - 1, cure="write it with fewer levels")
    return _without_comments(body, line, depth) if _is_mapping(value, line) else body


def _drop_comments(text: str, at_line_start: bool) -> str:
    """What stands between two values, without its comments and the lines that held nothing else."""
    text = re.sub(r"(?m)(^|(?<=\s))#[^\n]*", "", text)
    if at_line_start:
        text = re.sub(r"^(?:[ \t]*\n)+", "", text)
    return re.sub(r"\n(?:[ \t]*\n)+", "\n", text)


def _is_mapping(text: str, line: int) -> bool:
    check_depth(text, line)
    try:
        return isinstance(yaml.compose(text, Loader=LOADER), yaml.MappingNode)
    except (yaml.YAMLError, RecursionError):
        return False
