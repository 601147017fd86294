"""What the evidence of a unit answered where something failed: what a reader may meet as well."""

from __future__ import annotations

from collections.abc import Iterator

from guide.unit import Unit
from report.evidence import Command
from report.known.beside import Beside
from report.known.book import Book
from report.results import StepResult

LIMIT = 6
"""So many of them stand at a unit: the search index has them all."""

LONGEST = 300
"""Characters of a message; what names the fault stands at its end."""


def messages(book: Book, unit: Unit) -> list[str]:
    """What failed at a unit, as the programs and the cluster said it, each once."""
    found: dict[str, None] = {}
    for scenario in book.scenarios_of(unit.id):
        beside = None if book.home_of(scenario) == unit.id else Beside.of(unit.id, book.edition)
        for proof in book.proofs(scenario, unit.id):
            for step in proof.scenario.steps:
                found |= dict.fromkeys(_of(step, beside))
    return list(found)[:LIMIT]


def _of(step: StepResult, beside: Beside | None) -> Iterator[str]:
    whole = beside is None or beside.owns(step)
    for command in step.commands:
        if whole or (beside and command.block in beside.blocks):
            yield from _said(command)
    for one in step.conditions if whole else ():
        if one.status == "False" and one.message.strip():
            yield one.message.strip()[-LONGEST:]


def _said(command: Command) -> Iterator[str]:
    """The last line of a command that failed."""
    text = (command.stderr or command.output or command.stdout).strip()
    if command.exit_code and text:
        yield text.split("\n")[-1].strip()[-LONGEST:]
