"""A chapter of the edition with its last proof beside every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

import guide
from guide.unit import Unit
from report.history import PastRun
from report.pages import charts, past
from report.pages.book import Book, Proof
from report.pages.bundle import links
from report.pages.evidence import Beside, Evidence
from report.pages.facts import Fact, counts, facts
from report.pages.outputs import Outputs
from report.pages.states import MEANING, State, badge
from report.pages.tables import both
from report.pages.text import anchor, line, plural, seconds, when
from report.pages.weave import note, weave
from report.results import Run

UP = "../"
_PROOF_OF = {State.ERRATUM: {State.PROVEN}}
STRIP_RUNS = 30


@dataclass(frozen=True)
class Chapter:
    """Writes the page of one chapter."""

    book: Book
    page: guide.Page
    outputs: Outputs

    def markdown(self) -> str:
        """The whole page."""
        return weave(self.page, self._panel(), self._verdict, self._evidence, note)

    def _panel(self) -> str:
        scenarios = self.book.scenarios_on(self.page.stem)
        feature = f"{self.book.features_at}/{self.page.stem.replace('-', '_')}.feature"
        state = counts(self.book.counts(self.page.stem))
        if not scenarios:
            return f'<div class="pb-panel">{state}<p>No scenario proves this chapter yet.</p></div>'
        shown = facts(
            [
                Fact(results.run, sum(row.duration_s for row in rows), len(rows))
                for results in self.book.results
                if (rows := [row for one in scenarios for row in results.of(one.id)])
            ],
            UP,
            self.book.up,
        )
        which = f"{self.book.of.setting} " if self.book.of and self.book.of.setting else ""
        command = f"make e2e {which}FEATURE={self.page.stem.replace('-', '_')}"
        strip = self._strip(scenarios)
        return (
            f'<div class="pb-panel" data-search-exclude id="proof">{state}{shown}{strip}'
            f"<p>Feature: <code>{line(feature)}</code> · run it again: <code>{line(command)}</code>"
            f' · <a href="{UP}{self.book.up}how-proof-works.html">what proven means</a></p></div>'
        )

    def _strip(self, scenarios: Sequence[guide.Scenario]) -> str:
        ids = {scenario.id for scenario in scenarios}
        shown = self.book.shown
        cells = [
            charts.Cell(
                run.provider,
                status,
                f"{status.replace('_', ' ')}, {run.provider}, {run.finished[:16]}",
                past.href(run.id, UP) if run.id in shown else "",
            )
            for run in self.book.history[-STRIP_RUNS:]
            if (status := past.status_of(run, ids))
        ]
        return charts.strips(cells)

    def _verdict(self, unit: Unit) -> str:
        state = self.book.state(unit)
        scenarios = self.book.scenarios_of(unit.id)
        if unit.children and not scenarios and not unit.excused:
            return ""
        href = f"#proof-{anchor(unit.id)}" if scenarios else ""
        words = _label(state, [self.book.scenario_state(s, unit.id) for s in scenarios])
        said = badge(state, words, href) + self._since(unit, state)
        return f'<p class="pb-verdict" data-search-exclude>{said}</p>'

    def _since(self, unit: Unit, state: State) -> str:
        if state is State.EXCUSED:
            return f"<span>{line(unit.excused)}</span>"
        scenarios = self.book.scenarios_of(unit.id)
        if not scenarios:
            return "<span>no scenario claims this yet</span>"
        proofs = [proof for scenario in scenarios for proof in self.book.proofs(scenario, unit.id)]
        if not proofs:
            return "<span>no result in the runs shown</span>"
        if state in (State.STALE, State.SKIPPED, State.NOT_RUN):
            found = (self.book.reason(scenario, state, unit.id) for scenario in scenarios)
            return f"<span>{line(next(filter(None, found), MEANING[state]))}</span>"
        decisive = [p for p in proofs if p.state in _PROOF_OF.get(state, {state})] or proofs
        first = decisive[0].results
        providers = dict.fromkeys(p.results.run.provider for p in decisive)
        with_ = f" with {', '.join(map(line, providers))}"
        took = seconds(sum(p.scenario.duration_s for p in decisive if p.results is first))
        return (
            f"<span>{when(first.run.finished)}</span>"
            f"<span>{plural(len(scenarios), 'scenario')}{with_}</span><span>{took}</span>"
            f"{self._versions(decisive)}{self._green_since(decisive)}"
        )

    def _versions(self, proofs: Sequence[Proof]) -> str:
        runs = [proof.results.run for proof in proofs]
        said = [
            f"{name} {' and '.join(map(line, known))}"
            for name in ("flux", "kubernetes")
            if (known := list(dict.fromkeys(filter(None, (r.versions.get(name) for r in runs)))))
        ]
        return f"<span>{', '.join(said)}</span>" if said else ""

    def _green_since(self, proofs: Sequence[Proof]) -> str:
        """Since when all of them are green with the provider that has shown it the longest."""
        since: dict[str, str] = {}
        for proof in proofs:
            run = proof.results.run
            begun = self.book.green_since.get((run.provider, proof.scenario.id), run.finished)
            since[run.provider] = max(since.get(run.provider, ""), begun)
        provider, begun = min(since.items(), key=lambda item: item[1])
        if any(begun == proof.results.run.finished for proof in proofs):
            return ""
        return f"<span>green since {when(begun)} with {line(provider)}</span>"

    def _evidence(self, unit: Unit) -> str:
        parts = [
            self._scenario(scenario, proof, unit)
            for scenario in self.book.scenarios_of(unit.id)
            for proof in self._proofs(scenario, unit)
        ]
        if not parts:
            return ""
        return (
            f'<section class="pb-proof" data-search-exclude id="proof-{anchor(unit.id)}" '
            f'aria-label="Evidence: {line(unit.text)}"><p class="pb-title">Evidence</p>'
            f"{''.join(parts)}</section>"
        )

    def _proofs(self, scenario: guide.Scenario, unit: Unit) -> Sequence[Proof | None]:
        return self.book.proofs(scenario, unit.id) or [None]

    def _scenario(self, scenario: guide.Scenario, proof: Proof | None, unit: Unit) -> str:
        if proof is None:
            return (
                f'<p class="pb-wait">{badge(State.NOT_RUN)} {line(scenario.name)} '
                f"<code>{line(scenario.id)}</code>: no result in the runs shown</p>"
            )
        evidence = Evidence(proof.results.run, self.outputs, UP, self.book.folder(proof.results))
        home = self.book.home_of(scenario)
        provider = anchor(proof.results.run.provider)
        ident = f"s-{anchor(proof.scenario.id)}-{provider}"
        note = self._note(scenario, proof)
        if home == unit.id:
            return evidence.scenario(proof.scenario, ident, note=note, stale=proof.stale)
        page = home.split("/", 1)[0]
        href = ("" if page == self.page.stem else f"{page}.html") + f"#{ident}"
        where = self.book.edition.units[home].text
        note += (
            f'<p class="pb-wait">Everything it did is at <a href="{href}">{line(where)}</a>.</p>'
        )
        short = f"u-{anchor(unit.id)}-{ident}"
        return evidence.scenario(
            proof.scenario,
            short,
            beside=Beside.of(unit.id, self.book.edition),
            note=note,
            stale=proof.stale,
        )

    def _note(self, scenario: guide.Scenario, proof: Proof) -> str:
        parts = []
        if proof.stale and proof.scenario.status == "passed":
            parts.append(f'<p class="pb-warn">{badge(State.STALE)} {line(proof.stale)}</p>')
        if scenario.erratum:
            says = (
                "shows that the source guide fails here"
                if scenario.is_as_written
                else ("shows that the correction holds")
            )
            parts.append(
                f'<p class="pb-wait">{badge(State.ERRATUM)} This scenario {says}: '
                f'<a href="{UP}errata.html#{anchor(scenario.erratum)}">'
                f"{line(scenario.erratum)}</a>.</p>"
            )
        if proof.scenario.status == "failed":
            parts.append(failure(self.book, scenario, proof, self.outputs, UP))
        return "".join(parts)


def failure(book: Book, scenario: guide.Scenario, proof: Proof, outputs: Outputs, up: str) -> str:
    """The facts beside a failure: where in the guide, the bundle, the last green run, changes."""
    rows = []
    broken = next((step for step in proof.scenario.steps if step.status == "failed"), None)
    units = [book.edition.units[u] for u in scenario.units if u in book.edition.units]
    places = [
        f'<a href="{up}guide/{unit.id.split("/")[0]}.html#{unit.id.split("/", 1)[1]}">'
        f"<code>{line(book.edition_at)}/{line(unit.id.split('/')[0])}.md:{unit.line}</code></a>"
        for unit in units
    ]
    if broken:
        rows.append(("expected", f"<b>{line(broken.keyword)}</b> {line(broken.text)}"))
        rows.append(("actual", line(proof.scenario.error.strip().split("\n")[0] or "no message")))
    rows.append(("in the guide", ", ".join(places) or "no unit of the edition"))
    rows.append(("in the feature", f"<code>{line(proof.scenario.feature)}:{scenario.line}</code>"))
    bundle = proof.scenario.bundle
    if bundle:
        where = f"{anchor(proof.results.run.id)}/{anchor(proof.scenario.id)}-bundle"
        files = links(book.folder(proof.results) / bundle, where, outputs, up)
        rows.append(("failure bundle", f"<code>build/{line(bundle)}</code>{files}"))
    rows.append(("last green", last_green(book, proof, up)))
    return both(rows)


def last_green(book: Book, proof: Proof, up: str) -> str:
    """The last run with the same provider in which a scenario passed, and what changed since."""
    ident, run = proof.scenario.id, proof.results.run
    green = _green_before(book.history, ident, run)
    if green is None:
        return f"never in the stored runs with {line(run.provider)}"
    turn = next(
        (r for r in book.regressions if r.scenario == ident and r.provider == run.provider), None
    )
    what = "; ".join(
        f"{line(c.what)} {line(short(c.before))} → {line(short(c.after))}"
        for c in (turn.changed if turn else ())
    )
    name = line(green.id)
    if green.id in book.shown:
        name = f'<a href="{past.href(green.id, up)}">{name}</a>'
    return f"{name}, {when(green.finished)}. Changed since: {what or 'nothing that is recorded'}"


def _green_before(history: Sequence[PastRun], ident: str, run: Run) -> PastRun | None:
    earlier = takewhile(lambda one: one.id != run.id, history)
    for one in reversed(list(earlier)):
        outcome = one.scenarios.get(ident)
        green = outcome is not None and outcome.status == "passed"
        if one.provider == run.provider and green:
            return one
    return None


def short(value: str) -> str:
    """A hash cut to ten digits; anything else as it is."""
    return value[:10] if len(value) >= 32 and value.isalnum() else value or "none"


def _label(state: State, states: Sequence[State]) -> str:
    """The words of a unit's badge: how many of its scenarios are in the state that decided."""
    if len(states) < 2 or state in (State.PROVEN, State.ERRATUM):
        return str(state)
    return f"{state}: {sum(one is state for one in states)} of {len(states)}"
