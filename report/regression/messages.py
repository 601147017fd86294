"""Messages: what a webhook is told, once for each failure and once for its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from report.masking import mask
from report.regression import told
from report.regression.finding import CellReport, Kind

FAILURE = "new failure"
RECOVERY = "recovery"
GONE = "gone"
"""The end of a failing scenario, which is no recovery."""
_RED = (Kind.NEW_FAILURE, Kind.STILL_FAILING)


@dataclass(frozen=True)
class Message:
    """Something to tell of a cell; all texts are masked."""

    id: str
    """The same for the same message: who gets it twice can tell."""
    kind: str
    cell: str
    run: str
    at: str
    """When the run ended."""
    title: str
    lines: tuple[str, ...]
    scenarios: tuple[str, ...]

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Message:
        """A message from its JSON."""
        lists = {name: tuple(map(str, data[name])) for name in ("lines", "scenarios")}
        texts = {name: str(data[name]) for name in ("id", "kind", "cell", "run", "at", "title")}
        given: Mapping[str, Any] = {**texts, **lists}
        return cls(**given)


Open = dict[str, str]
"""The failing scenarios of a cell that were told of, and the run in which each began."""


def messages(cell: CellReport, known: Open) -> tuple[list[Message], Open]:
    """What to tell of a cell of whose failures these are known, and what is known then.

    A pass at a later attempt ends no failure, nor does a run that says nothing of it, nor a
    quarantine. What no feature has any more is gone, which is told as that.
    """
    open_ = {cell.former.get(name, name): since for name, since in known.items()}
    new = [event for event in _events(cell, _RED) if event.scenario not in open_]
    gone = [name for name in open_ if name not in cell.run.scenarios]
    over = [name for name in open_ if name not in gone and _over(cell, name)]
    found = []
    if new:
        failing = {event.scenario for event in new}
        lines = [
            line
            for kind in _RED
            for finding in cell.of(kind)
            if failing & set(finding.scenarios)
            for line in told.paragraph(finding)
        ]
        found.append(_message(FAILURE, cell, [event.scenario for event in new], lines))
    for kind, ended, how in (
        (RECOVERY, over, "passed"),
        (GONE, gone, "no feature has it any more"),
    ):
        if ended:
            lines = [f"{name}: {how}; failed since run {open_[name]}" for name in ended]
            found.append(_message(kind, cell, ended, lines))
    left = {name: since for name, since in open_.items() if name not in (*over, *gone)}
    began = {event.scenario: event.since.id if event.since else "" for event in new}
    return found, {**left, **began}


def _events(cell: CellReport, kinds: tuple[Kind, ...]) -> Iterator[Any]:
    for kind in kinds:
        for finding in cell.of(kind):
            yield from finding.events


def _over(cell: CellReport, name: str) -> bool:
    return cell.run.scenarios[name].outcome == "passed"


def _message(kind: str, cell: CellReport, names: list[str], lines: list[str]) -> Message:
    run = cell.run
    what = names[0] if len(names) == 1 else f"{len(names)} scenarios"
    digest = sha256("\0".join((kind, cell.cell, run.id, *names)).encode()).hexdigest()
    return Message(
        id=digest[:16],
        kind=kind,
        cell=mask(cell.cell),
        run=run.id,
        at=run.finished,
        title=mask(f"{kind.capitalize()} in {cell.cell}: {what}"),
        lines=tuple(map(mask, lines)),
        scenarios=tuple(names),
    )
