"""An erratum: a unit of the source guide that does not hold as written, with its correction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from guide.errors import GuideError, near
from guide.lock import SourceLock

_TEXTS = ("claim", "happens", "correction", "proof", "corrected")


@dataclass(frozen=True)
class Change:
    """One small replacement of a fact in a unit of the source guide.

    `old` becomes `new` wherever it stands in the unit (or only its occurrence `at`, from 1;
    with `line_end` up to the end of the line). Without `old`, `new` is put behind the unit's
    own text. Further lines of `new` get the indentation of the line that `old` stands on.
    """

    unit: str
    """Id of the unit in the source lock."""
    old: str
    new: str
    at: int = 0
    line_end: bool = False
    unless: str = ""
    """A fact whose presence in the unit shows that it has been corrected already."""

    def places(self, lines: Iterable[str]) -> Iterator[tuple[int, int]]:
        """Where the claim stands: (index of the line, column), none once it is corrected."""
        text = list(lines)
        if self.unless and any(self.unless in line for line in text):
            return
        if not self.old:
            yield len(text) - 1, -1
            return
        count = 0
        for index, line in enumerate(text):
            column = line.find(self.old)
            while column >= 0:
                count += 1
                if self.at in (0, count):
                    yield index, column
                column = line.find(self.old, column + len(self.old))

    def is_made(self, lines: Iterable[str]) -> bool:
        """True where a text has what the change brings, or what shows that it needs none."""
        text = list(lines)
        brought = [line.strip() for line in self.new.split("\n")]
        return any(self.unless and self.unless in line for line in text) or all(
            any(piece in line for line in text) for piece in brought
        )


@dataclass(frozen=True)
class Erratum:
    """What the source guide says wrongly, what happens, and what is right."""

    id: str
    number: int
    file: str
    claim: str
    """The claim as facts, in the project's own words."""
    happens: str
    correction: str
    proof: str
    """Id of the scenario that asserts the failure."""
    corrected: str
    """Id of the scenario that proves the correction."""
    units: tuple[str, ...]
    """Ids of the units in the source lock that do not hold."""
    changes: tuple[Change, ...]

    def strays(self, known: Collection[str]) -> Iterator[GuideError]:
        """The units that it is about, or that its changes are in, and that no lock knows."""
        for unit in dict.fromkeys((*self.units, *(change.unit for change in self.changes))):
            if unit not in known:
                what = f'the lock has no unit "{unit}"'
                yield GuideError(what, file=self.file, line=1, cure=near(unit, known))

    @classmethod
    def read(cls, path: Path) -> Erratum:
        """Read one file of the errata folder; GuideError where it is malformed."""
        try:
            value = yaml.safe_load(path.read_text(encoding="utf-8"))
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            raise GuideError(f"is no YAML: {error}", file=path, line=line) from error
        except (OSError, ValueError) as error:  # a date that is none, text that is not UTF-8
            raise GuideError(f"cannot be read: {error}", file=path) from error
        try:
            return _erratum(path, value)
        except (KeyError, TypeError, ValueError) as error:
            cause = f"no {error}" if isinstance(error, KeyError) else str(error)
            cure = "write it like the other errata"
            raise GuideError(f"is no erratum: {cause}", file=path, line=1, cure=cure) from error


class Errata(dict[str, Erratum]):
    """The errata of a folder by their ids, in the order of their numbers."""

    @classmethod
    def read(cls, folder: Path) -> Errata:
        """Read every file of the folder; a folder that is not there has none."""
        found = sorted((Erratum.read(path) for path in folder.glob("*.yaml")), key=_order)
        errata = cls()
        for erratum in found:
            twin = next(
                (other for other in errata.values() if other.number == erratum.number), None
            )
            if twin:
                what = f"number {erratum.number} is taken by {twin.file}"
                raise GuideError(what, file=erratum.file, line=1, cure="give it the next number")
            errata[erratum.id] = erratum
        return errata

    def refuse_strays(self, lock: SourceLock) -> None:
        """GuideError for an erratum that is a unit's fate and names one that the lock has not.

        Nobody would look for what it says is wrong, and it would be taken for fixed.
        """
        given = {name for unit in lock.units for name in unit.fate.errata}
        for name in sorted(given & set(self)):
            for problem in self[name].strays(lock.by_id):
                raise problem


def _order(erratum: Erratum) -> tuple[int, str]:
    return erratum.number, erratum.id


def _erratum(path: Path, value: Any) -> Erratum:
    if not isinstance(value, Mapping):
        raise ValueError("it is no mapping")
    unknown = set(value) - {*_TEXTS, "number", "units", "changes"}
    if unknown:
        raise ValueError(f"it knows nothing of {', '.join(sorted(map(str, unknown)))}")
    texts = {key: _text(value[key], key) for key in _TEXTS}
    units = tuple(_text(unit, "a unit") for unit in value["units"])
    changes = tuple(_change(change) for change in value["changes"])
    if not units or not changes:
        raise ValueError("it names no unit or no change")
    if not isinstance(value["number"], int):
        raise ValueError("its number is none")
    return Erratum(
        id=path.stem,
        number=value["number"],
        file=str(path),
        units=units,
        changes=changes,
        **{key: " ".join(text.split()) for key, text in texts.items()},
    )


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{what} is no text")
    return value


def _change(value: Mapping[str, Any]) -> Change:
    if not isinstance(value, Mapping):
        raise ValueError("a change is a mapping")
    change = Change(
        unit=_text(value["unit"], "the unit of a change"),
        old=str(value.get("old", "")),
        new=_text(value["new"], "the new text of a change").rstrip("\n"),
        at=int(value.get("at", 0)),
        line_end=bool(value.get("line_end", False)),
        unless=str(value.get("unless", "")),
    )
    if "\n" in change.old:
        raise ValueError("the old text of a change is part of one line")
    if not change.unless and (not change.old or change.old in change.new):
        raise ValueError("a change that keeps the old text needs `unless`")
    return change
