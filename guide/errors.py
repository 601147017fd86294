"""What is wrong with a file that the engine was given, on one line with its place and its cure."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

FEW = 8
"""So many names are listed in an error; more would hide what it says."""


class BadInput(Exception):
    """Something given that cannot be taken as it is: where, what, and the cure, on one line."""

    exit_code = 2

    def __init__(self, what: str, *, file: object = "", line: int = 0, cure: str = "") -> None:
        self.what = " ".join(what.split())
        self.file = str(file)
        self.line = line
        self.cure = cure
        super().__init__(self.what)

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        head = f"{place}: {self.what}" if place else self.what
        return f"{head}. Cure: {self.cure}" if self.cure else head


class GuideError(BadInput):
    """A page, a feature, a lock or an erratum that cannot be taken as it is."""


def near(word: str, known: Iterable[str]) -> str:
    """The known words nearest to a wrong one, as the cure of an error."""
    names = sorted(known)
    # A word that is right but for its page or feature is the likelier slip: it goes first.
    tail = word.rsplit("/", 1)[-1]
    same = [name for name in names if name.rsplit("/", 1)[-1] == tail]
    close = same[:3] or get_close_matches(word, names, n=3, cutoff=0.5)
    if close:
        return "did you mean " + " or ".join(close) + "?"
    if not names:
        return "there is none"
    if len(names) <= FEW:
        return f"one of {', '.join(names)}"
    heads = list(dict.fromkeys(name.partition("/")[0] for name in names))
    listed = f"{', '.join(heads[:FEW])}{', ...' if len(heads) > FEW else ''}"
    return f"none of the {len(names)} known ones is like it: {listed}"
