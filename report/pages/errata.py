"""The errata page: claim, proof, correction, proof of the correction, and the patch."""

from __future__ import annotations

import difflib

from guide.erratum import Change, Erratum
from report.pages import diffs
from report.pages.book import Book
from report.pages.states import State, badge, worst
from report.pages.tables import both, table
from report.pages.text import anchor, html, line, plural
from report.pages.text import markdown as inert

PATCH = "data/errata.patch"


def markdown(book: Book) -> str:
    """The whole page."""
    parts = ["# Errata"]
    if not book.errata:
        return "# Errata\n\nNone: nothing in the source guide is known to be wrong.\n"
    parts.append(
        f"{plural(len(book.errata), 'place')} where the source guide doesn't hold as written. Each "
        "was run as written and failed, then corrected and run again."
    )
    parts.append(_download(book))
    parts.append(_overview(book))
    parts += [_erratum(book, erratum) for erratum in book.errata.values()]
    return "\n\n".join(parts) + "\n"


def _download(book: Book) -> str:
    how = "<code>make patch GUIDE=path/to/guide.md</code>"
    if book.patch:
        return (
            f'<p><a href="{PATCH}" download>Download the whole patch</a> ({_changed(book.patch)}); '
            f"<code>git apply errata.patch</code> takes it. {how} prints it for your copy.</p>"
        )
    return f"<p>The whole patch is made for a copy of the guide: {how} prints it.</p>"


def _changed(patch: str) -> str:
    plus = sum(t.startswith("+") and not t.startswith("+++") for t in patch.split("\n"))
    minus = sum(t.startswith("-") and not t.startswith("---") for t in patch.split("\n"))
    return f"+{plus} −{minus} lines"


def state(book: Book, erratum: Erratum) -> State:
    """The worst of the erratum's two scenarios."""
    states = []
    for ident in (erratum.proof, erratum.corrected):
        scenario = book.features.scenarios.get(ident)
        states.append(book.scenario_state(scenario) if scenario else State.UNPROVEN)
    return worst(states)


def _overview(book: Book) -> str:
    rows = "".join(
        f'<tr><td class="pb-n">{e.number}</td><td><a href="#{anchor(e.id)}">{line(e.claim)}</a>'
        f"</td><td>{badge(state(book, e))}</td></tr>"
        for e in book.errata.values()
    )
    return table(("no.", "the source guide says", "state"), rows, "errata")


def _erratum(book: Book, erratum: Erratum) -> str:
    name = erratum.id.replace("-", " ")
    title = f"## {erratum.number}. {inert(name[:1].upper() + name[1:])} {{ #{anchor(erratum.id)} }}"
    rows = (
        ("the guide says", line(erratum.claim)),
        ("what happens", line(erratum.happens)),
        ("proof", _proof(book, erratum.proof)),
        ("correction", line(erratum.correction)),
        ("proof of the correction", _proof(book, erratum.corrected)),
        ("units", ", ".join(f"<code>{line(unit)}</code>" for unit in erratum.units)),
    )
    changes = "".join(_change(change) for change in erratum.changes)
    return (
        f'{title}\n\n<p class="pb-verdict">{badge(state(book, erratum))}</p>\n'
        f"{both(rows)}\n"
        f'<details class="pb-io" data-search-exclude open><summary>'
        f'<span class="pb-kind">correction</span> '
        f"{plural(len(erratum.changes), 'change')}</summary>{changes}</details>"
    )


def _proof(book: Book, ident: str) -> str:
    scenario = book.features.scenarios.get(ident)
    if scenario is None:
        return f"{badge(State.UNPROVEN)} no scenario is called <code>{line(ident)}</code>"
    state = book.scenario_state(scenario)
    word = "passed" if state is State.ERRATUM else ""
    proofs = book.proofs(scenario)
    home = book.home_of(scenario)
    name = line(scenario.name)
    if proofs and home:
        where = f"s-{anchor(proofs[0].scenario.id)}-{anchor(proofs[0].results.run.provider)}"
        name = f'<a href="guide/{home.split("/")[0]}.html#{where}">{name}</a>'
    if state is State.SKIPPED:
        name += f" <span>{line(book.reason(scenario, state))}</span>"
    said = _symptom(proofs[0].scenario.steps) if proofs and scenario.is_as_written else ""
    return f"{badge(State.PROVEN if word else state, word)} {name}{said}"


def _symptom(steps: tuple[object, ...]) -> str:
    """The last lines that a command of the proof answered with: the symptom itself."""
    for step in reversed(steps):
        for command in reversed(getattr(step, "commands", ())):
            said = (command.stderr or command.stdout).strip()
            if command.exit_code and said:
                tail = "\n".join(said.split("\n")[-4:])
                return (
                    '<pre class="pb-out" tabindex="0" role="group" aria-label="symptom"><code>'
                    f"{html(tail[-800:])}</code></pre>"
                )
    return ""


def _change(change: Change) -> str:
    old = [change.old] if change.old else []
    diff = [
        text
        for text in difflib.unified_diff(old, change.new.split("\n"), lineterm="", n=0)
        if not text.startswith(("---", "+++", "@@"))
    ]
    where = f'<p class="pb-cwd">in <code>{line(change.unit)}</code></p>'
    return where + diffs.coloured("\n".join(diff))
