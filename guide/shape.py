"""Sample output held against real output: what differs each time is compared by its shape.

Durations and ages, times, hashes and addresses of a table or a sentence differ from run to run.
They have to be there, of the same kind, in the same place. So many blanks between columns are as
good as one, and a line `...` in the sample stands for any number of lines. A line of YAML with one
value is what somebody has asked for, and has to be the same but for a time; so are a mask, a port
that a service is known by, and the digest of an image.
"""

from __future__ import annotations

import re

# The letters of which Kubernetes makes the random ends of names.
_RANDOM = "bcdfghjklmnpqrstvwxz2456789"
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"\d{2}:\d{2}:\d{2}(?:\.\d+)?"
_HASH = r"\b(?:sha\d+:)?"
_OF_IMAGE = re.compile(r"(?<!\S)(?!oci:)\S*/\S+@sha256:[0-9a-f]+")
_DIGITS = re.compile(rf"{_HASH}[0-9]{{7,64}}\b")
"""One hash in many has no letter. In a sample it is a number, and has to be the same one."""
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_PORT = r"(?::(?:3\d|[4-6]\d)\d{3}\b)?"
"""A port that is given out anew each time; a lower one is somebody's own."""
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("<time>", re.compile(rf"\b{_DATE}(?:[T ]{_TIME}(?: ?(?:Z|[+-]\d\d:?\d\d))?)?\b|\b{_TIME}\b")),
    ("-<random>", re.compile(rf"-[{_RANDOM}]{{8,10}}-[{_RANDOM}]{{5}}\b")),
    ("<hash>", re.compile(rf"{_HASH}(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{{7,64}}\b")),
    (
        "<address>",
        re.compile(
            rf"(?<![\w.@-])(?<!version )(?!0\.0\.0\.0\b){_OCTET}(?:\.{_OCTET}){{3}}(?![\w/-]|\.\d)"
            rf"{_PORT}"
            rf"|\[?(?<![\w:])(?:[0-9a-f]{{0,4}}:){{2,7}}[0-9a-f]{{1,4}}\b(?!/\d)\]?{_PORT}"
            r"|(?<=\blocalhost:)(?:3\d|[4-6]\d)\d{3}\b"
        ),
    ),
    (
        "<duration>",
        re.compile(r"(?<![\w.-])(?:\d+(?:\.\d+)?(?:ns|[uµμ]s|ms|s|m|h|d|y))+(?![\w-]|\.\d)"),
    ),
)
_ANY = "..."
_KEY = r"""\s*(?:- )*["']?{}["']?:"""
"""A key of YAML or JSON, of this name."""
_OF_YAML = re.compile(_KEY.format(r"[\w./-]+") + r""" (?:"[^"]*"|'[^']*'|[^\s"']\S*),?(?: +#.*)?""")
"""A key with one value; in JSON a comma may follow."""
_ID = re.compile(rf"""({_KEY.format("(?:uid|resourceVersion)")} )["']?[\w-]+["']?,?$""")
"""A key whose value nobody can know; the next ones have values of a shape that is known."""
_GIVEN = re.compile(
    _KEY.format(r"(?:(?:cluster|pod|host)IPs?|revision|last\w+Revision|elapsed|age)")
)


def fits(sample: str, real: str) -> bool:
    """Whether the real output has the shape of the sample, line by line."""
    pattern = ""
    for line in _lines(sample):
        pattern += r"(?:[^\n]*\n)*?" if line == _ANY else re.escape(line) + "\n"
    shapes = "".join(f"{line}\n" for line in _lines(real))
    return any(re.fullmatch(pattern, text) for text in (shapes, _loose(shapes)))


def _lines(text: str) -> list[str]:
    return [_shape(line) for line in text.strip("\n").split("\n")] if text.strip() else []


def _loose(shapes: str) -> str:
    """With each number that may be a hash as one, but for what is told literally."""
    return "".join(
        line if _OF_YAML.fullmatch(line.rstrip("\n")) else _DIGITS.sub("<hash>", line)
        for line in shapes.splitlines(keepends=True)
    )


def _shape(line: str) -> str:
    """A line with what differs each time as its shape; how far it is indented stays."""
    line = line.rstrip()
    if known := _ID.match(line):
        return f"{known[1]}<given>"
    if _OF_YAML.fullmatch(line) and not _GIVEN.match(line):
        return _SHAPES[0][1].sub(_SHAPES[0][0], line)
    kept = _OF_IMAGE.findall(line)
    line = _OF_IMAGE.sub("\0", line)
    for name, pattern in _SHAPES:
        line = pattern.sub(name, line)
    for each in kept:
        line = line.replace("\0", each, 1)
    indent = re.match(r"\s*", line)
    return (indent[0] if indent else "") + " ".join(line.split())
