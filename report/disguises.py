"""Disguises: the forms in which a secret may stand in a text, and where they do.

As it is; base64, at each of its three alignments and so also inside a longer text, of both
alphabets, wrapped, encoded twice, and of UTF-16; base32, in the same way; hex, and dumps by
number and by letter; with percent signs, escapes, quotes, entities or colours, also in part;
wrapped over lines; and cut off at the edges of a text that is written in pieces.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote_plus

from report.reading import Compact, Span, readings

_SPACE = b" \t\r\n\v\f"
_SAME = bytes(range(256))
_STANDARD = bytes.maketrans(b"-_", b"+/")
_LOWER = bytes(range(256)).lower()
_DEPTH = 2
"""Encodings that are undone one inside the other: JSON in JSON, or a percent sign in JSON."""

_SHORTEST_CORE = 6
"""Characters of base64 that stand for nothing but the secret; fewer are in every other word."""
_LONG = 12
"""Characters of a form that is looked for across lines, twice encoded, and in pieces."""
_PIECE = 8
"""Characters of a secret that are masked at the edge of a text."""
_SHORTEST_CORE32 = 8
"""The same of base32, whose letters are fewer."""
_WIDE = ("utf-16-le", "utf-16-be")
_GAP = re.compile(rb"[ \t\r\n\v\f]+")
_BASE64 = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=")


def _cores(secret: bytes) -> Iterator[tuple[bytes, bool, bool]]:
    """Base64 of a secret at each alignment, without what its neighbours decide.

    And whether a character before it, and one after it, holds a part of the secret.
    """
    for before in range(3):
        bits = 8 * (before + len(secret))
        encoded = base64.b64encode(b"\0" * before + secret)
        core = encoded[-(-8 * before // 6) : bits // 6]
        if len(core) >= _SHORTEST_CORE:
            yield core, before > 0, bits % 6 > 0
    if len(secret) == 4:  # too short for that: at least where it is all that is encoded
        yield base64.b64encode(secret), False, False
        yield base64.b64encode(secret + b"\n"), False, False


def _cores32(secret: bytes) -> Iterator[bytes]:
    """Base32 of a secret at each alignment, without what its neighbours decide."""
    for before in range(5):
        encoded = base64.b32encode(b"\0" * before + secret)
        core = encoded[-(-8 * before // 5) : 8 * (before + len(secret)) // 5]
        if len(core) >= _SHORTEST_CORE32:
            yield core


class Disguises:
    """The forms of some secrets."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._plain: list[bytes] = []
        self._bytes: list[bytes] = []
        self._wrapped: list[bytes] = []
        self._hex: list[bytes] = []
        self._base64: dict[bytes, tuple[bool, bool]] = {}
        self._base32: list[bytes] = []
        for secret in sorted(set(secrets)):
            self._add(secret)
        edges = [form for form in (*self._plain, *self._base64) if len(form) >= _LONG]
        self._edges = [form.translate(_STANDARD) for form in edges]

    def _add(self, secret: str) -> None:
        data = secret.encode("utf-8", "surrogatepass")
        self._plain.append(data)
        if " " in secret:
            self._plain.append(quote_plus(secret, errors="replace").encode())
        try:
            narrow = secret.encode("latin-1")
        except UnicodeEncodeError:
            narrow = data
        if narrow != data:
            self._bytes.append(narrow)
        if len(data) >= _LONG and not _GAP.search(data):
            self._wrapped.append(data)
        self._hex.append(data.hex().encode())
        for core, before, after in _cores(data):
            self._base64[core] = (before, after)
            if len(core) >= _LONG:
                for again, start, end in _cores(core):
                    self._base64[again] = (start, end)
        for code in _WIDE:
            for core, before, after in _cores(secret.encode(code, "surrogatepass")):
                self._base64[core] = (before, after)
        self._base32 += [core.lower() for core in _cores32(data)]

    def are_in(self, text: str) -> bool:
        """Whether some form stands in the text, whole."""
        data = text.encode("utf-8", "surrogatepass")
        if any(form in data for form in self._plain):
            return True
        return next(self._spans(data, _DEPTH), None) is not None

    def hide(self, text: str, mark: str) -> str:
        """The text with every form replaced."""
        data = text.encode("utf-8", "surrogatepass")
        # By far the most stand as they are: these go first, at no cost for the way back.
        shown = _without(data, [span for form in self._plain for span in _all(data, form)], mark)
        shown = _without(shown, [*self._spans(shown, _DEPTH), *self._pieces(shown)], mark)
        return text if shown is data else shown.decode("utf-8", "surrogatepass")

    def _spans(self, data: bytes, depth: int) -> Iterator[Span]:
        for form in () if depth == _DEPTH else (*self._plain, *self._bytes):
            yield from _all(data, form)
        letters = Compact(data, _STANDARD, _SPACE)
        for core, (before, after) in self._base64.items():
            for start, end in _all(letters.data, core):
                found = letters.back((start, end))
                if _wrapped(data, found):
                    yield _padded(data, found, before=before, after=after)
        for found in self._across(data, Compact(data, _LOWER, _SPACE), self._base32):
            yield _padded(data, found, before=True, after=True)
        lines = Compact(data, _SAME, _SPACE)
        yield from self._across(data, lines, self._wrapped)
        digits = Compact(data, _LOWER, _SPACE + b":")
        for form in self._hex:
            for span in _all(digits.data, form):
                yield digits.back(span)
        if depth:
            for reading in readings(data):
                for span in self._spans(reading.data, depth - 1):
                    yield reading.back(span)

    @staticmethod
    def _across(data: bytes, lines: Compact, forms: Iterable[bytes]) -> Iterator[Span]:
        for form in forms:
            for span in _all(lines.data, form):
                found = lines.back(span)
                if _wrapped(data, found):
                    yield found

    def _pieces(self, data: bytes) -> Iterator[Span]:
        """The beginning of a secret at the end of a text, and its end at the beginning."""
        tail, head = data[-_PIECE:].translate(_STANDARD), data[:_PIECE].translate(_STANDARD)
        if len(data) < _PIECE:
            return
        for known in self._edges:
            for at, _ in _all(known, tail):
                size = at + _PIECE
                if size < len(known) and data[-size:].translate(_STANDARD) == known[:size]:
                    yield len(data) - size, len(data)
            for at, _ in _all(known, head):
                size = len(known) - at
                if at and data[:size].translate(_STANDARD) == known[at:]:
                    yield 0, size


def _all(data: bytes, form: bytes) -> Iterator[Span]:
    at = data.find(form)
    while at >= 0:
        yield at, at + len(form)
        at = data.find(form, at + 1)


def _wrapped(data: bytes, span: Span) -> bool:
    """Whether what was left out between two parts of a form ends a line each time."""
    return all(b"\n" in gap or b"\r" in gap for gap in _GAP.findall(data[slice(*span)]))


def _padded(data: bytes, span: Span, *, before: bool, after: bool) -> Span:
    """With the characters beside it that hold a part of it, and the padding behind it."""
    start, end = span
    if before and start and data[start - 1] in _BASE64:
        start -= 1
    if after and end < len(data) and data[end] in _BASE64:
        end += 1
    while data[end : end + 1] == b"=":
        end += 1
    return start, end


def _without(data: bytes, spans: Iterable[Span], mark: str) -> bytes:
    pieces: list[bytes] = []
    at = 0
    for start, end in _united(data, spans):
        pieces += [data[at:start], mark.encode()]
        at = end
    return b"".join([*pieces, data[at:]]) if pieces else data


def _united(data: bytes, spans: Iterable[Span]) -> list[Span]:
    """The spans in order without overlaps, no character cut in two."""
    found: list[Span] = []
    for start, end in sorted(spans):
        while data[start] & 0xC0 == 0x80:
            start -= 1
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end += 1
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
