"""The source lock: id, hash and fate of every unit of a source guide, none of its sentences.

One JSON value a line: the head first, then the units in the order of the guide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from guide.errors import GuideError
from guide.fate import Fate

VERSION = 2
"""Hashes are made by rules; with other rules the lock gets another version."""
OLDER = frozenset({1})
"""Versions whose ids and fates can still be read, to be written anew."""
HASH_DIGITS = 16
"""Hexadecimal digits of a content hash that the lock keeps: enough for a million units."""


@dataclass(frozen=True)
class LockedUnit:
    """What the lock knows of one unit."""

    id: str
    kind: str
    under: str
    """The id of the unit that it stands under, '' at the top."""
    hash: str
    sketch: str
    fate: Fate
    at: int = 0
    """How many words of the unit that it stands under come before it."""
    line: int = 0
    """The line in the lock file, counted from 1; 0 for a unit that is not in the file yet."""


@dataclass(frozen=True)
class SourceLock:
    """Every unit of a source guide as it was last accepted."""

    file: str
    guide: str
    """The name of the guide's file, for people."""
    units: tuple[LockedUnit, ...]

    @classmethod
    def read(cls, path: Path, *, renew: bool = False) -> SourceLock:
        """Read a lock; GuideError with the line where it is malformed.

        With `renew` also one of an older version, whose hashes tell nothing any more.
        """
        try:
            lines = path.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            cure = "make one with python -m guide audit FILE --accept"
            raise GuideError("there is no source lock", file=path, cure=cure) from None
        except (OSError, UnicodeDecodeError) as error:
            raise GuideError(f"cannot be read: {error}", file=path) from error
        filled = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
        if not filled:
            raise GuideError("the source lock is empty", file=path, line=1)
        head = _object(*filled[0], path)
        if head.get("lock") in OLDER and not renew:
            what = f"a source lock of version {head['lock']}; hashes are now of version {VERSION}"
            cure = "python -m guide audit FILE --renew, with the text that was last accepted"
            raise GuideError(what, file=path, line=1, cure=cure)
        if head.get("lock") not in OLDER | {VERSION}:
            what = f"not a source lock of version {VERSION}"
            raise GuideError(what, file=path, line=1, cure="take it from Git again")
        units = tuple(_unit(number, line, path) for number, line in filled[1:])
        seen: set[str] = set()
        for unit in units:
            if unit.id in seen:
                raise GuideError(f'"{unit.id}" is locked twice', file=path, line=unit.line)
            seen.add(unit.id)
        return cls(str(path), str(head.get("guide", "")), units)

    @cached_property
    def by_id(self) -> Mapping[str, LockedUnit]:
        """The units by their id."""
        return {unit.id: unit for unit in self.units}

    def text(self) -> str:
        """The lock as it is written to its file."""
        lines: list[dict[str, Any]] = [{"lock": VERSION, "guide": self.guide}]
        for unit in self.units:
            line: dict[str, Any] = {"id": unit.id, "kind": unit.kind, "fate": unit.fate.as_value()}
            if unit.under:
                line["under"] = unit.under
            if unit.at:
                line["at"] = unit.at
            lines.append({**line, "hash": unit.hash, "sketch": unit.sketch})
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        target = path.resolve()
        new = target.with_name(f".{target.name}.new")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(self.text(), encoding="utf-8")
            new.replace(target)
        except OSError as error:
            new.unlink(missing_ok=True)
            raise GuideError(f"cannot be written: {error.strerror}", file=path) from error


def _object(number: int, line: str, path: Path) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except json.JSONDecodeError as error:
        what = f"is no JSON: {error.msg} at column {error.colno}"
        raise GuideError(what, file=path, line=number, cure="one unit a line") from error
    if not isinstance(value, dict):
        raise GuideError("is no JSON object", file=path, line=number, cure="one unit a line")
    return value


def _unit(number: int, line: str, path: Path) -> LockedUnit:
    value = _object(number, line, path)
    texts = {key: value.get(key, "") for key in ("id", "kind", "under", "hash", "sketch")}
    missing = [key for key in ("id", "kind", "hash", "sketch", "fate") if not value.get(key)]
    if missing or not all(isinstance(text, str) for text in texts.values()):
        what = f"a locked unit without {' and '.join(missing) or 'texts'}"
        raise GuideError(what, file=path, line=number, cure="take the line from Git again")
    try:
        fate = Fate.of(value["fate"])
    except ValueError as error:
        raise GuideError(f'"{value["id"]}": {error}', file=path, line=number) from error
    at = value.get("at", 0)
    if not isinstance(at, int) or at < 0:
        raise GuideError(f'"{value["id"]}": at is a number of words', file=path, line=number)
    return LockedUnit(**texts, fate=fate, at=at, line=number)
