"""Small pieces that several pages show: the facts of a run, the counts of states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from report.history import PastRun
from report.pages.states import WORST_FIRST, State, badge
from report.pages.tables import table
from report.pages.text import anchor, line, plural, seconds, when
from report.results import Results, Run

_PLURAL: Mapping[State, tuple[str, str]] = {State.ERRATUM: ("erratum", "errata")}

OPEN_RUNS = 4
"""Of more runs than this, those that count for the fewest scenarios are folded."""


@dataclass(frozen=True)
class Fact:
    """A run as a page speaks of it."""

    run: Run | PastRun
    took: float
    """Seconds: of the run, or of its scenarios on the page."""
    scenarios: int
    """How many results of this run count here."""

    @classmethod
    def of(cls, results: Results) -> Fact:
        """A run with what it has to say: a scenario that it did not run is not counted."""
        ran = sum(one.status != "not_run" for one in results.scenarios)
        return cls(results.run, results.run.duration_s, ran)

    @classmethod
    def of_past(cls, run: PastRun) -> Fact:
        """The same of a stored run."""
        ran = sum(one.status != "not_run" for one in run.scenarios.values())
        return cls(run, run.duration_s, ran)


def facts(found: Sequence[Fact], up: str, site: str = "") -> str:
    """Provider, time, versions and simulated parts of runs, one row each.

    `up` is the way to the home page of the book, `site` from there to that of the site.
    """
    most = sorted(found, key=lambda fact: -fact.scenarios)[:OPEN_RUNS]
    shown = _table([fact for fact in found if fact in most], up, site)
    rest = [fact for fact in found if fact not in most]
    if not rest:
        return shown
    count = sum(fact.scenarios for fact in rest)
    return (
        f'{shown}<details class="pb-io"><summary>{plural(len(rest), "more run")} with the last '
        f"result of {plural(count, 'scenario')}</summary>{_table(rest, up, site)}</details>"
    )


def _table(found: Sequence[Fact], up: str, site: str) -> str:
    rows = "".join(_row(fact, up, site) for fact in found)
    heads = ("provider", "evidence of", "versions", "scenarios", "took", "run")
    return table(heads, rows, "runs shown", css="pb-facts")


def _row(fact: Fact, up: str, site: str) -> str:
    run = fact.run
    versions = " · ".join(f"{line(n)} {line(v)}" for n, v in run.versions.items() if v)
    simulated = ""
    if run.simulated:
        words = ", ".join(line(part) for part in run.simulated)
        simulated = f'<br><a href="{up}{site}how-proof-works.html#simulated">{words} simulated</a>'
    code = f"<br>code <code>{line(run.commit[:10])}</code>" if run.commit else ""
    return (
        f"<tr><td><b>{line(run.provider or 'no sandbox')}</b>{simulated}</td>"
        f"<td>{when(run.finished).replace('<time', '<time data-age')}</td><td>{versions}</td>"
        f'<td class="pb-n">{fact.scenarios}</td><td>{seconds(fact.took)}</td>'
        f'<td><a href="{up}runs/{anchor(run.id)}.html">{line(run.id)}</a>{code}</td></tr>'
    )


def counts(found: Counter[State]) -> str:
    """A badge for each state that occurs, with its number; the worst first."""
    shown = [badge(s, plural(found[s], *_PLURAL.get(s, (s, s)))) for s in WORST_FIRST if found[s]]
    return f'<div class="pb-counts">{"".join(shown)}</div>'


def meter(found: Counter[State]) -> str:
    """A bar whose parts are the shares of the states; its numbers are in `counts` beside it."""
    order = (
        State.PROVEN,
        State.ERRATUM,
        State.STALE,
        State.SKIPPED,
        State.FAILED,
        State.NOT_RUN,
        State.UNPROVEN,
        State.EXCUSED,
    )
    parts = "".join(
        f'<span class="{state.css}" style="flex:{found[state]}"></span>'
        for state in order
        if found[state]
    )
    return f'<div class="pb-meter" aria-hidden="true">{parts}</div>'
