"""Kubernetes Secrets in a text: whatever `kubectl get secret -o yaml` or `-o json` prints as data.

A value under a name of no meaning (`env: R0lU...`) has no shape of its own; the object tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_KIND = re.compile(
    r"^(?P<margin>[ \t+-]{0,100})kind:[ \t]*[\"']?Secret[\"']?[ \t\r]*$", re.MULTILINE
)
_BORDER = re.compile(r"[ \t+-]?---(?:\s|$)")
_DATA = re.compile(r"(?:data|stringData):[ \t\r]*$")
_ENTRY = re.compile(r"(?P<key>[\"']?[\w.\-]+[\"']?:[ \t]+)(?P<value>\S.*)$")
_NO_VALUE = ("<", "$", "ENC[", "{}", "null", "~", '""', "''")
"""How a value begins that tells nothing: a placeholder, one that is encrypted, none."""

_QUOTE = r"\\{0,7}\""
_JSON_KIND = re.compile(rf"{_QUOTE}kind{_QUOTE}\s{{0,9}}:\s{{0,9}}{_QUOTE}(\w{{1,63}}){_QUOTE}")
_JSON_DATA = re.compile(
    rf"{_QUOTE}(?:data|stringData){_QUOTE}\s{{0,9}}:\s{{0,9}}\{{(?P<entries>[^{{}}]*)\}}"
)
_JSON_VALUE = re.compile(rf"(:\s{{0,9}}{_QUOTE})((?:(?!{_QUOTE})[^\n])+)({_QUOTE})")


def mask(text: str, mark: str) -> str:
    """The text with the data of every Secret in it replaced; keys stay."""
    if "Secret" not in text:
        return text
    if "kind" in text and "ata" in text:
        text = _json(text, mark)
        if _KIND.search(text):
            text = _yaml(text, mark)
    return text


def _json(text: str, mark: str) -> str:
    kinds = [(found.start(), found[1]) for found in _JSON_KIND.finditer(text)]
    if not any(name == "Secret" for _, name in kinds):
        return text

    def entries(found: re.Match[str]) -> str:
        before = [name for at, name in kinds if at < found.start()][-1:]
        after = [name for at, name in kinds if at > found.start()][:1]
        # The printer puts data before kind, people put it behind.
        if "Secret" not in (*before, *after):
            return found[0]
        return _JSON_VALUE.sub(lambda one: _value(one, mark), found[0])

    return _JSON_DATA.sub(entries, text)


def _value(found: re.Match[str], mark: str) -> str:
    return found[0] if found[2].startswith(_NO_VALUE) else f"{found[1]}{mark}{found[3]}"


def _yaml(text: str, mark: str) -> str:
    lines = text.split("\n")
    for number, line in enumerate(lines):
        kind = _KIND.match(line)
        if kind:
            margin = len(kind["margin"])
            for at in _of_object(lines, number, margin):
                if _DATA.match(lines[at][margin:]):
                    _mask_below(lines, at, margin, mark)
    return "\n".join(lines)


def _of_object(lines: list[str], number: int, margin: int) -> Iterator[int]:
    """The lines at the margin of the object that line `number` is of, that line left out."""
    for way in (-1, 1):
        at = number
        while 0 <= at < len(lines):
            line = lines[at]
            begins = line[:margin].rstrip().endswith("-") and margin > 0
            if at != number:
                if _BORDER.match(line) or (way == 1 and begins):
                    break
                if line.strip() and _indent(line) < margin:
                    break
                yield at
            if way == -1 and begins:  # "- apiVersion: ..." is the object's first line
                break
            at += way


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \t+-")) if line.strip("-+ \t") else 0


def _mask_below(lines: list[str], at: int, margin: int, mark: str) -> None:
    """Mask the entries below `data:`, those of several lines too."""
    block = 0
    for number in range(at + 1, len(lines)):
        line = lines[number]
        indent = _indent(line)
        if not line.strip():
            continue
        if indent <= margin or _BORDER.match(line):
            return
        if block and indent > block:
            lines[number] = line[:indent] + mark
            continue
        block = 0
        entry = _ENTRY.match(line[indent:])
        if entry is None or entry["value"].startswith(_NO_VALUE):
            continue
        if entry["value"][0] in "|>":
            block = indent
        else:
            lines[number] = line[:indent] + entry["key"] + mark
            block = indent  # a plain or quoted value may go on below
