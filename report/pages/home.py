"""The home page: the state of the whole guide at a glance."""

from __future__ import annotations

from collections import Counter

from report.history import PastRun
from report.known import past, places
from report.known.book import Book
from report.known.green import last_green
from report.known.states import State, settled
from report.pages.charts import Cell
from report.pages.facts import Fact, Facts
from report.pages.render import page
from report.pages.text import plural
from report.results import Run

STRIP_RUNS = 60


def markdown(book: Book) -> str:
    """The whole page."""
    found = book.counts()
    broken_off = _broken_off(book)
    failures = [(scenario, proof, last_green(book, proof)) for scenario, proof in book.failed()]
    return page(
        "home.md",
        book=book,
        found=found,
        total=sum(found.values()),
        head=_head(found, len(failures), bool(broken_off)),
        facts=Facts.of([Fact.of(results) for results in book.results]),
        broken_off=broken_off,
        failures=failures,
        skipped=_skipped(book),
        strip=[_cell(book, run) for run in book.history[-STRIP_RUNS:]],
        setting=book.of.setting if book.of else "",
    )


def _head(found: Counter[State], failed: int, broken_off: bool) -> str:
    total = sum(found.values())
    if failed:
        fails = plural(failed, "scenario fails", "scenarios fail")
        return f"{fails}: the guide does not hold as it stands"
    if broken_off:
        return "The last run did not come to its end"
    if total and settled(found) == total:
        return "Every unit of the guide is proven, corrected or excused"
    good = settled(found) - found[State.EXCUSED]
    return f"{good} of {total} units are proven or corrected"


def _broken_off(book: Book) -> list[tuple[Run, str]]:
    """The newest run of each provider, where it did not come to its end."""
    newest = {results.run.provider: results.run for results in reversed(book.whole)}
    return [(run, how) for run in newest.values() if (how := past.ended(run))]


def _skipped(book: Book) -> Counter[str]:
    """What no provider has run, by the reason."""
    found: Counter[str] = Counter()
    for scenario in book.features.scenarios.values():
        if book.scenario_state(scenario) is State.SKIPPED:
            found[book.reason(scenario, State.SKIPPED)] += 1
    return found


def _cell(book: Book, run: PastRun) -> Cell:
    href = places.href(run.id) if run.id in book.shown else ""
    return Cell(run.provider, past.status(run), f"{run.id}: {past.words(run)}", href)
