"""Sample output held against real output: what differs each time is compared by its shape.

Durations and ages, times, hashes and addresses differ from run to run. They have to be there, of
the same kind, in the same place. So many blanks between columns are as good as one, and a line
`...` in the sample stands for any number of lines.
"""

from __future__ import annotations

import re

# The letters of which Kubernetes makes the random ends of names.
_RANDOM = "bcdfghjklmnpqrstvwxz2456789"
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"\d{2}:\d{2}:\d{2}(?:\.\d+)?"
_HASH = r"\b(?:sha\d+:)?"
_DIGITS = re.compile(rf"{_HASH}[0-9]{{7,64}}\b")
"""One hash in many has no letter. In a sample it is a number, and has to be the same one."""
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("<time>", re.compile(rf"\b{_DATE}(?:[T ]{_TIME}(?: ?(?:Z|[+-]\d\d:?\d\d))?)?\b|\b{_TIME}\b")),
    ("-<random>", re.compile(rf"-[{_RANDOM}]{{8,10}}-[{_RANDOM}]{{5}}\b")),
    ("<hash>", re.compile(rf"{_HASH}(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{{7,64}}\b")),
    (
        "<address>",
        re.compile(
            r"\b\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d{1,5})?\b"
            r"|\[?(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}\b\]?(?::\d{1,5})?"
            r"|(?<=\blocalhost:)\d{1,5}\b"
        ),
    ),
    (
        "<duration>",
        re.compile(r"(?<![\w.-])(?:\d+(?:\.\d+)?(?:ns|[uµμ]s|ms|s|m|h|d|y))+(?![\w-]|\.\d)"),
    ),
)
_ANY = "..."


def fits(sample: str, real: str) -> bool:
    """Whether the real output has the shape of the sample, line by line."""
    pattern = ""
    for line in _lines(sample):
        pattern += r"(?:[^\n]*\n)*?" if line == _ANY else re.escape(line) + "\n"
    shapes = "".join(f"{line}\n" for line in _lines(real))
    return any(re.fullmatch(pattern, text) for text in (shapes, _DIGITS.sub("<hash>", shapes)))


def _lines(text: str) -> list[str]:
    return [_shape(line) for line in text.strip("\n").split("\n")] if text.strip() else []


def _shape(line: str) -> str:
    for name, pattern in _SHAPES:
        line = pattern.sub(name, line)
    return " ".join(line.split())
