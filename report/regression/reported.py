"""Which run of each cell was reported last: what the next report holds its runs against.

A run that was recorded and of which no report was made (a night that was interrupted, a report that
was refused) is new to whoever reads the next one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from report.errors import ReportError
from report.files import replace
from report.history import PastRun

NAME = "reported.json"
SCHEMA = 1


@dataclass(frozen=True)
class Cell:
    """A report on a cell."""

    run: str
    """The id of the run that it was about."""
    against: str
    """That of the run which it was held against; '' where it was the first."""


@dataclass(frozen=True)
class Reported:
    """The last report on each cell; none is known of one that is not here."""

    cells: Mapping[str, Cell] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Reported:
        """That of a history; ReportError where it cannot be read."""
        path = folder / NAME
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data["schema"] != SCHEMA:
                raise ValueError(f"it is of schema {data['schema']}")
            cells = data["cells"].items()
            return cls({name: Cell(str(one["run"]), str(one["against"])) for name, one in cells})
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            cure = "remove it: runs are held against the ones before them then"
            raise ReportError(f"cannot be read: {error}", file=path, cure=cure) from error

    def before(self, runs: Sequence[PastRun]) -> int:
        """The place of the run that the last of these of a cell is held against; -1: of none.

        The one reported before it, also where the report is made again; else the one before it.
        """
        known, last = self.cells.get(runs[-1].cell), len(runs) - 1
        if known is not None:
            name = known.against if known.run == runs[-1].id else known.run
            if not name:
                return -1
            for place in range(last - 1, -1, -1):
                if runs[place].id == name:
                    return place
        return last - 1

    def write(self, folder: Path, made: Mapping[str, Cell]) -> None:
        """Note further reports. ReportError where that cannot be."""
        cells = {name: vars(one) for name, one in sorted({**self.cells, **made}.items())}
        data = {"schema": SCHEMA, "cells": cells}
        path = folder / NAME
        try:
            replace(path, json.dumps(data, indent=1).encode() + b"\n")
        except OSError as error:
            what = f"cannot be written: {error.strerror}"
            cure = "make it writable; the next report does not know of this one"
            raise ReportError(what, file=path, cure=cure) from error
