"""A page per run: everything of one run that is stored, and the command that reproduces it."""

from __future__ import annotations

from collections import Counter

from report.history import PastRun
from report.known.book import Book
from report.known.past import base_id, ended
from report.known.states import OUTCOMES, rank
from report.pages.evidence import RunEvidence
from report.pages.facts import Fact, Facts
from report.pages.outputs import Outputs
from report.pages.render import page
from report.results import Results, ScenarioResult

UP = "../"
EVIDENCE = "evidence"
"""The words of the link to the page with the evidence of an older run."""

Files = list[tuple[str, str]]
"""Words and href of what can be downloaded."""


def full(book: Book, results: Results, outputs: Outputs, files: Files) -> str:
    """The page of a run whose results are at hand."""
    evidence = RunEvidence(results.run, outputs, UP, book.folder(results))
    ghosts = book.ghosts(results)
    chapters: dict[str, list[ScenarioResult]] = {}
    for one in results.scenarios:
        if one not in ghosts and not one.left_out:
            chapters.setdefault(one.feature, []).append(one)
    return page(
        "run.md",
        **_head(book, Fact.of(results), [one.outcome for one in results.scenarios], files),
        settings=results.run.settings,
        api_versions=[each for each in results.run.api_versions if each.passes],
        evidence=evidence,
        chapters=[(_title(book, feature), found) for feature, found in chapters.items()],
        ghosts=ghosts,
        unselected=[one for one in results.scenarios if one.left_out],
    )


def _title(book: Book, feature: str) -> str:
    known = book.features.files.get(feature.removesuffix(".feature").rsplit("/", 1)[-1])
    return known.name if known else feature


def _head(book: Book, fact: Fact, statuses: list[str], files: Files) -> dict[str, object]:
    found = Counter(statuses)
    return {
        "run": fact.run,
        "up": UP,
        "site": book.up,
        "facts": Facts.of([fact]),
        "counts": [(status, found[status]) for status in OUTCOMES if found[status]],
        "files": files,
        "ended": ended(fact.run),
    }


def stored(book: Book, run: PastRun, files: Files, said: str) -> str:
    """The page of an older run: its line in the history, and links to everything else.

    EVIDENCE is among the files if it was kept; `said` is the problem where it could not be read.
    """
    rows = sorted(run.scenarios.items(), key=lambda item: (rank(item[1].outcome), item[0]))
    return page(
        "run-stored.md",
        **_head(book, Fact.of_past(run), [one.outcome for one in run.scenarios.values()], files),
        evidence=next((href for words, href in files if words == EVIDENCE), ""),
        said=said,
        settings={},
        api_versions=[],
        rows=[(ident, book.features.scenarios.get(base_id(ident)), one) for ident, one in rows],
    )
