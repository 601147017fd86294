"""Scenarios that several workers of one run share: each takes the next one that nobody has taken.

A scenario is taken by making a file of its name in a folder that all workers know: the file system
lets only one of them. The longest come first, by what past runs took, so that nobody begins a long
one when the others are done.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from urllib.parse import quote

from report.errors import ReportError
from report.history import History

FOLDER = "taken"
_LOOKED_AT = 10
"""How many of the newest runs say how long a scenario takes."""


@dataclass
class Shared:
    """What is left to take, in the order in which it is taken."""

    folder: Path
    worker: str
    left: list[str] = field(default_factory=list)
    """Ids of scenarios."""

    def take(self) -> str:
        """The next scenario, which is this worker's from now on; "" where there is none left."""
        self.folder.mkdir(parents=True, exist_ok=True)
        while self.left:
            name = self.left.pop(0)
            try:
                made = os.open(
                    self.folder / quote(name, safe=""), os.O_CREAT | os.O_EXCL | os.O_WRONLY
                )
            except FileExistsError:
                continue
            with os.fdopen(made, "w") as file:
                file.write(self.worker)
            return name
        return ""


def longest_first(names: Sequence[str], took: Mapping[str, float]) -> list[str]:
    """Those that nobody knows come before all others: they may be the longest."""
    return sorted(names, key=lambda name: -took.get(name, float("inf")))


def known(folder: Path) -> dict[str, float]:
    """Seconds that scenarios took in the newest runs of a history, where they passed."""
    try:
        runs = History.read(folder).runs[-_LOOKED_AT:]
    except ReportError:
        return {}  # whoever records this run says what is wrong; an order is no matter of truth
    found: dict[str, list[float]] = {}
    for run in runs:
        for name, scenario in run.scenarios.items():
            if scenario.status == "passed":
                found.setdefault(name, []).append(scenario.duration_s)
    return {name: median(seconds) for name, seconds in found.items()}
