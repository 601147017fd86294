"""Readings: a text as somebody reads it who undoes an encoding, with the way back to the text.

Everything is bytes: an escape may stand for half a character.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate

Span = tuple[int, int]


class Reading:
    """What a text says with its escapes undone. Tokens are the places where the two differ."""

    def __init__(self, data: bytes, pattern: re.Pattern[bytes], undo: _Undo) -> None:
        pieces: list[bytes] = []
        self._tokens: list[tuple[int, int, int, int]] = []  # from, to here; from, to in the text
        at, length = 0, 0
        for found in pattern.finditer(data):
            meant = undo(found)
            pieces += [data[at : found.start()], meant]
            start = length + found.start() - at
            length = start + len(meant)
            self._tokens.append((start, length, found.start(), found.end()))
            at = found.end()
        pieces.append(data[at:])
        self.data = b"".join(pieces)
        self._starts = [token[0] for token in self._tokens]

    def back(self, span: Span) -> Span:
        """Where a span of this reading stands in the text: an escape is taken whole."""
        return self._back(span[0], first=True), self._back(span[1] - 1, first=False)

    def _back(self, position: int, *, first: bool) -> int:
        number = bisect_right(self._starts, position) - 1
        if number < 0:
            return position if first else position + 1
        _, end, source, source_end = self._tokens[number]
        if position < end:
            return source if first else source_end
        there = source_end + position - end
        return there if first else there + 1


_Undo = Callable[[re.Match[bytes]], bytes]
_NAMED = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13, b"e": 27, b"0": 0}
_QUOTED = re.compile(
    rb"'\\''|'\"'\"'"
    rb"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\[0-3][0-7]{2}"
    rb"|\\\r?\n[ \t]*|\\[^\n]"
)
_APOSTROPHE = re.compile(rb"'\\''|'\"'\"'|''")
_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}")
_ENTITY = re.compile(rb"&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,7}|amp|lt|gt|quot|apos);")
_ENTITIES = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_DIFF = re.compile(rb"(?<=\n)[-+]|\A[-+]")
_COLOUR = re.compile(rb"\x1b\[[0-9;]*[mK]")
# A line of `xxd`, and one of `hexdump -C` or `od`: whole, because it says its bytes twice.
_DUMP = re.compile(
    rb"^[0-9a-f]{8}: ((?:(?:[0-9a-f]{2}){1,4} ){1,32}) .*\n?"
    rb"|^[0-9a-f]{6,8} +((?:[0-9a-f]{2} {0,2}){1,32}) *(?:[|>].*)?(?:\n|\Z)",
    re.MULTILINE,
)
# A line of `od -c`, whose letters stand in columns of four, with the offset or without.
_LETTERS = re.compile(
    rb"^(?:[0-7]{7})?((?: {3}[\x20-\x7e]| {2}\\[0abfnrtv]| [0-3][0-7]{2}){2,32}) *(?:\n|\Z)",
    re.MULTILINE,
)
_LETTER = re.compile(rb" {3}(?P<itself>.)| {2}\\(?P<named>.)| (?P<octal>[0-7]{3})")
# Lines of `od -b`, of `od` and of `od -x` or `hexdump`: the last two show words of two bytes, in
# the order of the machine, and what they run on here keeps the lower one first.
_OCTAL = re.compile(rb"^(?:[0-7]{7})?((?: [0-3][0-7]{2}){2,32}) *(?:\n|\Z)", re.MULTILINE)
_OCTAL_WORDS = re.compile(rb"^(?:[0-7]{7})?((?: [01][0-7]{5}){1,16}) *(?:\n|\Z)", re.MULTILINE)
_HEX_WORDS = re.compile(rb"^(?:[0-9a-f]{7})?((?: +[0-9a-f]{4}){1,16}) *(?:\n|\Z)", re.MULTILINE)


def _letters(found: re.Match[bytes]) -> bytes:
    return b"".join(_letter(each) for each in _LETTER.finditer(found[1]))


def _letter(found: re.Match[bytes]) -> bytes:
    if found["octal"]:
        return bytes([int(found["octal"], 8)])
    return found["itself"] or bytes([_NAMED[found["named"]]])


def _numbers(base: int, size: int) -> _Undo:
    """What numbers of `size` bytes in this base mean."""

    def undo(found: re.Match[bytes]) -> bytes:
        numbers = (int(each, base) for each in found[1].split())
        return b"".join(each.to_bytes(size, "little") for each in numbers)

    return undo


def _quoted(found: re.Match[bytes]) -> bytes:
    token = found[0]
    if token[:1] == b"'":
        return b"'"
    letter, rest = token[1:2], token[2:]
    if len(token) == 12:  # the two halves of one character
        high, low = int(token[2:6], 16), int(token[8:12], 16)
        return chr(0x10000 + ((high - 0xD800) << 10) + low - 0xDC00).encode()
    if letter in b"uU" and rest:
        return _character(int(rest, 16), token)
    if letter == b"x" and rest:
        return bytes([int(rest, 16)])
    if len(token) == 4 and letter.isdigit():
        return bytes([int(token[1:], 8)])
    if letter in b"\r\n":
        return b""
    return bytes([_NAMED[letter]]) if letter in _NAMED else letter


def _character(number: int, otherwise: bytes) -> bytes:
    if number > 0x10FFFF:
        return otherwise
    return chr(number).encode("utf-8", "surrogatepass")


def _entity(found: re.Match[bytes]) -> bytes:
    name = found[0][1:-1]
    if not name.startswith(b"#"):
        return _ENTITIES[name]
    number = int(name[2:], 16) if name[1:2] in b"xX" else int(name[1:])
    return _character(number, found[0])


_READINGS: tuple[tuple[tuple[bytes, ...], re.Pattern[bytes], _Undo], ...] = (
    ((b"\\", b"'\"'\"'"), _QUOTED, _quoted),
    ((b"''", b"'\"'\"'"), _APOSTROPHE, lambda _found: b"'"),
    ((b"%",), _PERCENT, lambda found: bytes([int(found[0][1:], 16)])),
    ((b"&",), _ENTITY, _entity),
    ((b"\n+", b"\n-"), _DIFF, lambda _found: b""),
    ((b"\x1b[",), _COLOUR, lambda _found: b""),
    ((b"0000",), _DUMP, lambda found: bytes.fromhex((found[1] or found[2]).decode())),
    ((b"   ", b" \\"), _LETTERS, _letters),
    ((b" ",), _OCTAL, _numbers(8, 1)),
    ((b" ",), _OCTAL_WORDS, _numbers(8, 2)),
    ((b" ",), _HEX_WORDS, _numbers(16, 2)),
)


def readings(data: bytes) -> Iterator[Reading]:
    """The text without its quoting, percent signs, entities, signs of a diff, colours, or dumps.

    Each where the text has it.
    """
    for signs, pattern, undo in _READINGS:
        if any(sign in data for sign in signs):
            reading = Reading(data, pattern, undo)
            if reading.data != data:
                yield reading


_BLOCK = 256


class Compact:
    """A text without some characters, others replaced: made at the speed of `bytes.translate`."""

    def __init__(self, data: bytes, table: bytes, without: bytes) -> None:
        self.data = data.translate(table, without)
        self._source = data
        self._without = without
        self._counts: list[int] = []

    def back(self, span: Span) -> Span:
        """Where a span stands in the text."""
        return self._back(span[0]), self._back(span[1] - 1) + 1

    def _back(self, position: int) -> int:
        if not self._counts:
            blocks = range(0, len(self._source), _BLOCK)
            kept = (len(self._block(at)) for at in blocks)
            self._counts = [0, *accumulate(kept)]
        number = bisect_right(self._counts, position) - 1
        at, left = number * _BLOCK, position - self._counts[number]
        while True:
            if self._source[at] not in self._without:
                if left == 0:
                    return at
                left -= 1
            at += 1

    def _block(self, at: int) -> bytes:
        return self._source[at : at + _BLOCK].translate(None, self._without)
