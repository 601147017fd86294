"""The source lock: id, hash and fate of every unit of a source guide, none of its sentences.

One JSON value a line: the head first, then the units in the order of the guide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from guide.errors import GuideError, near
from guide.fate import Fate
from guide.slug import Names, slug

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
    source: str = ""
    """The name of the source guide that it is in."""
    line: int = 0
    """The line in the lock file, counted from 1; 0 for a unit that is not in the file yet."""


@dataclass(frozen=True)
class SourceLock:
    """Every unit of a book's source guides as it was last accepted."""

    file: str
    guide: str
    """The name of the guide's file, for people; of the first where there are several."""
    units: tuple[LockedUnit, ...]
    others: tuple[str, ...] = ()
    """The names of further guides that the book has."""

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
        units, sources = [], [str(head.get("guide", ""))]
        for number, line in filled[1:]:
            value = _object(number, line, path)
            if "lock" in value:  # what follows is of the next guide
                sources.append(str(value.get("guide", "")))
            else:
                units.append(replace(_unit(number, value, path), source=sources[-1]))
        seen: set[str] = set()
        for unit in units:
            if unit.id in seen:
                raise GuideError(f'"{unit.id}" is locked twice', file=path, line=unit.line)
            seen.add(unit.id)
        return cls(str(path), sources[0], tuple(units), tuple(sources[1:]))

    @cached_property
    def by_id(self) -> Mapping[str, LockedUnit]:
        """The units by their id."""
        return {unit.id: unit for unit in self.units}

    @property
    def sources(self) -> list[str]:
        """The names of the guides, in the order of the file."""
        return [self.guide, *self.others]

    def part(self, name: str) -> SourceLock:
        """What is locked of one guide; of the only one where there are not several.

        Raises GuideError with the nearest name where several are there and none is called so.
        """
        if len(self.sources) == 1:
            return self
        if name not in self.sources:
            cure = near(name, self.sources)
            raise GuideError(f'locks no guide "{name}"', file=self.file, cure=cure)
        units = tuple(unit for unit in self.units if unit.source == name)
        return SourceLock(self.file, name, units)

    def with_part(self, part: SourceLock) -> SourceLock:
        """The lock with one guide as `part` has it; an id that another guide has gets its name."""
        if self.sources in ([""], [part.guide]):
            return replace(part, units=tuple(replace(u, source=part.guide) for u in part.units))
        sources = [*self.sources, *([part.guide] if part.guide not in self.sources else [])]
        taken = {unit.id for unit in self.units if unit.source != part.guide}
        stem = slug(part.guide.rsplit(".", 1)[0])
        free = Names({*taken, *(unit.id for unit in part.units)})
        names = {u.id: free.free(f"{stem}/{u.id}") if u.id in taken else u.id for u in part.units}
        ours = [
            replace(u, id=names[u.id], under=names.get(u.under, u.under), source=part.guide)
            for u in part.units
        ]
        units = [
            unit
            for name in sources
            for unit in (ours if name == part.guide else self.units)
            if unit.source == name
        ]
        return SourceLock(self.file, sources[0], tuple(units), tuple(sources[1:]))

    def text(self) -> str:
        """The lock as it is written to its file."""
        return "".join(self._text(name) for name in self.sources)

    def _text(self, name: str) -> str:
        several = len(self.sources) > 1
        lines: list[dict[str, Any]] = [{"lock": VERSION, "guide": name}]
        for unit in self.units:
            if several and unit.source != name:
                continue
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


def _unit(number: int, value: dict[str, Any], path: Path) -> LockedUnit:
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
