"""Small pieces that several pages show: the facts of a run, the counts of states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from report.pages.states import WORST_FIRST, State, badge
from report.pages.tables import table
from report.pages.text import anchor, line, plural, seconds, when
from report.results import Run

_PLURAL: Mapping[State, tuple[str, str]] = {State.ERRATUM: ("erratum", "errata")}


def facts(runs: Sequence[tuple[Run, float]], up: str) -> str:
    """Provider, time, versions and simulated parts of runs, one row each, with the seconds."""
    rows = "".join(_row(run, took, up) for run, took in runs)
    heads = ("provider", "evidence of", "versions", "took", "run")
    return table(heads, rows, "runs shown", css="pb-facts")


def _row(run: Run, took: float, up: str) -> str:
    versions = " · ".join(f"{line(n)} {line(v)}" for n, v in run.versions.items() if v)
    simulated = ""
    if run.simulated:
        words = ", ".join(line(part) for part in run.simulated)
        simulated = f'<br><a href="{up}how-proof-works.html#simulated">{words} simulated</a>'
    code = f"<br>code <code>{line(run.commit[:10])}</code>" if run.commit else ""
    return (
        f"<tr><td><b>{line(run.provider or 'no sandbox')}</b>{simulated}</td>"
        f"<td>{when(run.finished).replace('<time', '<time data-age')}</td><td>{versions}</td>"
        f'<td>{seconds(took)}</td><td><a href="{up}runs/{anchor(run.id)}.html">{line(run.id)}</a>'
        f"{code}</td></tr>"
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
