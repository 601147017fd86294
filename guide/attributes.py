"""What stands in braces behind a heading or a fence: id, classes, key="value"."""

from __future__ import annotations

import re

from mdit_py_plugins.attrs.parse import ParseError, parse

from guide import facts
from guide.errors import GuideError

# A brace behind a backslash is one of the title's own.
_AT_END = re.compile(r"\s*(?<!\\)\{:?(?P<inner>[^{}]*)\}\s*$")


def of_fence(info: str, file: str, line: int) -> dict[str, str]:
    """The attributes of a fence's info string; a plain word counts as the language's class."""
    info = info.strip()
    if info.startswith("{"):
        return _parse(info, file, line)
    language, _, rest = info.partition(" ")
    attributes = {"class": language.lower()} if language else {}
    if rest.strip().startswith("{"):
        more = _parse(rest.strip(), file, line)
        more["class"] = " ".join(filter(None, (language.lower(), more.get("class", ""))))
        attributes |= more
    return attributes


def of_heading(title: str, file: str, line: int) -> tuple[str, dict[str, str]]:
    """A heading's title without its braces, and what the braces say."""
    found = _AT_END.search(title)
    if not found:
        return title.strip(), {}
    return title[: found.start()].strip(), _parse(f"{{{found['inner']}}}", file, line)


def title_of(title: str) -> str:
    """A heading of any guide without its anchor and classes, its other braces as its own text."""
    parts = facts.without_anchor(title).strip().split("`")
    parts[::2] = (re.sub(r"(?<!\\)\{", r"\\{", part) for part in parts[::2])
    return "`".join(parts)


def _parse(text: str, file: str, line: int) -> dict[str, str]:
    try:
        _, attributes = parse(text)
    except ParseError as error:
        cure = 'write { .yaml #block-id title="path/of/file.yaml" }'
        raise GuideError(
            f"the braces cannot be read: {text}", file=file, line=line, cure=cure
        ) from error
    return {key: str(value) for key, value in attributes.items()}
