"""The coverage page: units without proof, excuses, and both directions unit to scenario."""

from __future__ import annotations

from collections.abc import Sequence

import guide
from guide.fate import Fate
from guide.unit import Unit
from report.known.book import Book
from report.known.states import MEANING, State, worst
from report.pages import errata
from report.pages.render import page


def markdown(book: Book) -> str:
    """The whole page."""
    units = [(book.state(unit), unit) for unit in book.counted()]
    return page(
        "coverage.md",
        book=book,
        units=units,
        open=[(state, unit, _why(book, unit)) for state, unit in units if not state.is_settled],
        excused=[unit for state, unit in units if state is State.EXCUSED],
        unused=[block for block in book.edition.blocks.values() if block.unused],
        fates=[(_fate(book, unit.fate), unit) for unit in book.lock.units] if book.lock else [],
        scenarios=[(one, _with(book, one)) for one in book.features.scenarios.values()],
    )


def _why(book: Book, unit: Unit) -> str:
    state = book.state(unit)
    found = (book.reason(scenario, state, unit.id) for scenario in book.scenarios_of(unit.id))
    return next(filter(None, found), MEANING[state])


def _fate(book: Book, fate: Fate) -> State:
    """The worst of what became of a unit of the source guide."""
    if fate.excused:
        return State.EXCUSED
    scenarios: Sequence[guide.Scenario | None]
    scenarios = [book.features.scenarios.get(ident) for ident in fate.proven]
    known = [book.errata.get(name) for name in fate.errata]
    return worst(
        [
            *(book.scenario_state(one) if one else State.UNPROVEN for one in scenarios),
            *(errata.state(book, one) if one else State.UNPROVEN for one in known),
        ]
    )


def _with(book: Book, scenario: guide.Scenario) -> str:
    """The providers that ran a scenario, or why none did."""
    proofs = book.proofs(scenario)
    ran = [p.results.run.provider for p in proofs if p.scenario.status in ("passed", "failed")]
    return ", ".join(dict.fromkeys(ran)) or book.reason(scenario, book.scenario_state(scenario))
