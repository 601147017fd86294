"""The errata page: claim, proof, correction, proof of the correction, and the patch."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import guide
from guide.erratum import Change, Erratum
from report.known.book import Book
from report.known.states import State, worst
from report.pages import diffs
from report.pages.render import page

PATCH = "data/errata.patch"


def markdown(book: Book) -> str:
    """The whole page."""
    return page(
        "errata.md",
        book=book,
        patch=PATCH,
        changed=diffs.changed(book.patch),
        state=state,
        symptom=symptom,
        lines=lines,
        shown=sum(state(book, one) is State.ERRATUM for one in book.errata.values()),
    )


def state(book: Book, erratum: Erratum) -> State:
    """The worst of the erratum's two scenarios."""
    states = []
    for ident in (erratum.proof, erratum.corrected):
        scenario = book.features.scenarios.get(ident)
        states.append(book.scenario_state(scenario) if scenario else State.UNPROVEN)
    return worst(states)


def symptom(book: Book, scenario: guide.Scenario) -> str:
    """The last lines that a command of the proof answered with; '' where there is none."""
    proofs = book.proofs(scenario) if scenario.is_as_written else []
    for step in reversed(proofs[0].scenario.steps if proofs else ()):
        for command in reversed(step.commands):
            said = (command.stderr or command.stdout).strip()
            if command.exit_code and said:
                return "\n".join(said.split("\n")[-4:])[-800:]
    return ""


def lines(change: Change) -> Sequence[tuple[str, str]]:
    """The lines that a change takes away and those that it puts there."""
    old = [change.old] if change.old else []
    diff = difflib.unified_diff(old, change.new.split("\n"), lineterm="", n=0)
    return diffs.told("\n".join(t for t in diff if not t.startswith(("---", "+++", "@@"))))
