"""The coverage page: units without proof, excuses, and both directions unit to scenario."""

from __future__ import annotations

from guide.fate import Fate
from guide.unit import Unit
from report.pages import errata
from report.pages.book import Book
from report.pages.facts import counts
from report.pages.states import MEANING, State, badge, worst
from report.pages.tables import table
from report.pages.text import anchor, line, plural


def markdown(book: Book) -> str:
    """The whole page."""
    units = book.counted()
    open_ = [
        unit
        for unit in units
        if book.state(unit)
        in (State.UNPROVEN, State.NOT_RUN, State.SKIPPED, State.STALE, State.FAILED)
    ]
    excused = [unit for unit in units if book.state(unit) is State.EXCUSED]
    return (
        "\n\n".join(
            (
                "# Coverage",
                f"{plural(len(units), 'unit')}, {plural(len(book.features.scenarios), 'scenario')}."
                " A unit is proven, an erratum, or excused with a reason; the others come first.",
                counts(book.counts()),
                "## Without proof { #open }",
                _open(book, open_),
                "## Excused { #excused }",
                _excused(book, excused),
                "## Blocks that are not run { #unused }",
                _unused(book),
                *_source(book),
                "## Units and their scenarios { #units }",
                _tools("units", "Filter units", [str(s) for s in State]),
                _units(book, units),
                "## Scenarios and their units { #scenarios }",
                _tools("scenarios", "Filter scenarios", [str(s) for s in State]),
                _scenarios(book),
            )
        )
        + "\n"
    )


def _unit(book: Book, unit: Unit) -> str:
    page, name = unit.id.split("/", 1)
    return (
        f'<a href="guide/{page}.html#{name}">{line(unit.text)}</a><br><code>{line(unit.id)}</code>'
    )


def _linked(book: Book, unit: str) -> str:
    page, _, name = unit.partition("/")
    code = f"<code>{line(unit)}</code>"
    if unit not in book.edition.units:
        return f"{code} is on no page"
    return f'<a href="guide/{page}.html#{name}">{code}</a>'


def _open(book: Book, units: list[Unit]) -> str:
    if not units:
        return "None: every unit is proven, an erratum, or excused."
    rows = "".join(
        f"<tr><td>{badge(book.state(u))}</td><td>{_unit(book, u)}</td><td>{_why(book, u)}</td></tr>"
        for u in units
    )
    return table(("state", "unit", "why"), rows, "units without proof")


def _why(book: Book, unit: Unit) -> str:
    state = book.state(unit)
    found = (book.reason(scenario, state, unit.id) for scenario in book.scenarios_of(unit.id))
    return line(next(filter(None, found), MEANING[state]))


def _excused(book: Book, units: list[Unit]) -> str:
    if not units:
        return "None."
    rows = "".join(f"<tr><td>{_unit(book, u)}</td><td>{line(u.excused)}</td></tr>" for u in units)
    return table(("unit", "reason"), rows, "excused units")


def _unused(book: Book) -> str:
    blocks = [block for block in book.edition.blocks.values() if block.unused]
    if not blocks:
        return "None."
    rows = "".join(
        f'<tr><td><a href="guide/{b.unit.split("/")[0]}.html#{b.id}"><code>{line(b.id)}</code></a>'
        f"</td><td>{line(b.unused)}</td></tr>"
        for b in blocks
    )
    return table(("block", "reason"), rows, "blocks that are not run")


def _source(book: Book) -> list[str]:
    """The units of the source guide with their fates, from the lock; none of its sentences."""
    if book.lock is None:
        return []
    rows = []
    for unit in book.lock.units:
        state, said = _fate(book, unit.fate)
        rows.append(
            f'<tr data-state="{state}"><td>{badge(state)}</td><td><code>{line(unit.id)}</code></td>'
            f"<td>{line(unit.kind)}</td><td>{said}</td></tr>"
        )
    guides = ", ".join(book.lock.sources)
    return [
        "## The source guide { #source }",
        f"What became of each unit of <code>{line(guides)}</code>, by its id in the "
        "source lock. An erratum is listed with its [proofs](errata.md).",
        _tools("source", "Filter units of the source guide", [str(s) for s in State]),
        table(("state", "unit", "kind", "fate"), "".join(rows), "source guide", ident="source"),
    ]


def _fate(book: Book, fate: Fate) -> tuple[State, str]:
    if fate.excused:
        return State.EXCUSED, line(fate.excused)
    states, said = [], []
    for ident in fate.proven:
        scenario = book.features.scenarios.get(ident)
        states.append(book.scenario_state(scenario) if scenario else State.UNPROVEN)
        said.append(f"<code>{line(ident)}</code>")
    for name in fate.errata:
        known = book.errata.get(name)
        states.append(errata.state(book, known) if known else State.UNPROVEN)
        said.append(f'<a href="errata.html#{anchor(name)}">{line(name)}</a>')
    return worst(states), "<br>".join(said) or "open"


def _units(book: Book, units: list[Unit]) -> str:
    rows = []
    for unit in units:
        state = book.state(unit)
        scenarios = "<br>".join(
            f"{line(s.name)} <code>{line(s.id)}</code>" for s in book.scenarios_of(unit.id)
        )
        rows.append(
            f'<tr data-state="{state}"><td>{badge(state)}</td><td>{_unit(book, unit)}</td>'
            f"<td>{scenarios or line(unit.excused) or 'none'}</td></tr>"
        )
    heads = ("state", "unit", "scenarios")
    return table(heads, "".join(rows), "units and their scenarios", ident="units")


def _scenarios(book: Book) -> str:
    rows = []
    for scenario in book.features.scenarios.values():
        state = book.scenario_state(scenario)
        home = book.home_of(scenario)
        units = "<br>".join(_linked(book, unit) for unit in scenario.units)
        proofs = book.proofs(scenario)
        ran = [p.results.run.provider for p in proofs if p.scenario.status in ("passed", "failed")]
        with_ = ", ".join(dict.fromkeys(ran)) or book.reason(scenario, state)
        name = line(scenario.name)
        if home and proofs:
            ident = f"s-{anchor(proofs[0].scenario.id)}-{anchor(proofs[0].results.run.provider)}"
            name = f'<a href="guide/{home.split("/")[0]}.html#{ident}">{name}</a>'
        rows.append(
            f'<tr data-state="{state}"><td>{badge(state)}</td><td>{name}<br>'
            f"<code>{line(scenario.id)}</code></td><td>{units}</td><td>{line(with_)}</td></tr>"
        )
    heads = ("state", "scenario", "units", "run with")
    return table(heads, "".join(rows), "scenarios and their units", ident="scenarios")


def _tools(ident: str, label: str, states: list[str]) -> str:
    options = "".join(f"<option>{state}</option>" for state in states)
    return (
        f'<div class="pb-tools" data-for="table-{ident}"><label>{label} '
        f'<input type="search" placeholder="words"></label><label>State '
        f'<select><option value="">all</option>{options}</select></label><output></output></div>'
    )
