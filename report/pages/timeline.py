"""The history page: chapters by runs, durations, convergence, flaky and slow, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from report import trends
from report.history import PastRun
from report.pages import alone, charts, past
from report.pages.book import SHOWN_RUNS, Book
from report.pages.chapter import short
from report.pages.tables import table
from report.pages.text import line, plural, seconds, when

OLDER = "data/older-runs.html"

LISTED = 12
"""How many slow or unsteady scenarios are listed."""


@dataclass(frozen=True)
class Timeline:
    """Writes the history page from the runs that the site shows, oldest first."""

    book: Book
    problems: Sequence[str] = ()
    """Lines of the history that could not be read."""

    @property
    def runs(self) -> Sequence[PastRun]:
        """The runs in the pictures."""
        return self.book.history[-SHOWN_RUNS:]

    def markdown(self) -> str:
        """The whole page."""
        parts = [
            "---\ntitle: History\nhide:\n  - toc\n---",
            "# History",
            self._torn(),
            f"{plural(len(self.runs), 'run')} shown of {len(self.book.history)} stored. "
            + self._rest()
            + '<a href="data/history.jsonl">history.jsonl</a> has all of them, one a line.',
            "## Chapters by runs { #grid }",
            self._grid(),
            "## What changed when something broke { #regressions }",
            self._regressions(),
            "## Seconds { #seconds }",
            self._charts(),
            "## Unsteady scenarios { #flaky }",
            self._flaky(),
            "## Slowest scenarios { #slowest }",
            self._slowest(),
            "## Runs { #runs }",
            self._runs(),
        ]
        return "\n\n".join(part for part in parts if part) + "\n"

    @property
    def older(self) -> Sequence[PastRun]:
        """The runs that the site has no pages for."""
        return [run for run in self.book.history if run.id not in self.book.shown]

    def older_runs(self) -> str:
        """A page that lists them, the newest first; no builder has to read thousands of rows."""
        where = "runs/&lt;run&gt;/results.json.gz"
        said = (
            f"<p>{plural(len(self.older), 'run')} before those that the site shows. The history "
            f"keeps the results of each: <code>{where}</code> in its folder.</p>\n"
        )
        body = said + self._table_of(self.older)
        return alone.shell("Older runs", "", body, "../")

    def _rest(self) -> str:
        left = len(self.older)
        return f'<a href="{OLDER}">{plural(left, "older run")}</a> left out. ' if left else ""

    def _torn(self) -> str:
        if not self.problems:
            return ""
        rows = "".join(f"<li>{line(problem)}</li>" for problem in self.problems)
        return f'<div class="pb-warn"><p class="pb-h">Lines left out</p><ul>{rows}</ul></div>'

    def _grid(self) -> str:
        providers = sorted({run.provider for run in self.runs})
        return "\n\n".join(
            self._grid_of([run for run in self.runs if run.provider == provider], provider)
            for provider in providers
        )

    def _grid_of(self, runs: Sequence[PastRun], provider: str) -> str:
        heads = "".join(
            f'<th scope="col"><a href="{past.href(run.id)}" title="{past.words(run)}">'
            f'{line(run.finished[8:10])}<span class="pb-hidden"> {line(run.id)}</span></a></th>'
            for run in runs
        )
        rows = "".join(self._grid_row(stem, runs) for stem in self.book.order)
        name = line(provider or "no sandbox")
        label = f"chapters by runs, {name}"
        return (
            f'<div class="pb-scroll" data-search-exclude tabindex="0" role="group" '
            f'aria-label="{label}">'
            f'<table class="pb-grid"><thead><tr><th scope="row">{name}</th>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )

    def _grid_row(self, stem: str, runs: Sequence[PastRun]) -> str:
        ids = {scenario.id for scenario in self.book.scenarios_on(stem)}
        cells = []
        for run in runs:
            status = past.status_of(run, ids)
            bad = [one for one, was in run.scenarios.items() if was.status == "failed"]
            mine = [one for one in sorted(bad) if past.base_id(one) in ids]
            said = " ".join([status.replace("_", " "), *mine])
            href = past.href(run.id) if status == "failed" else ""
            cells.append(f"<td>{charts.cell(status, said, href) if status else ''}</td>")
        title = line(self.book.edition.pages[stem].title)
        return (
            f'<tr><th scope="row"><a href="guide/{stem}.html">{title}</a></th>{"".join(cells)}</tr>'
        )

    def _regressions(self) -> str:
        found = self.book.regressions
        if not found:
            return "Nothing that was green is red now."
        rows = "".join(
            f"<tr><td>{when(one.first_red.finished)}</td><td>{self._name(one.scenario)}</td>"
            f"<td>{line(one.provider)}</td><td>{self._link(one.last_green)} → "
            f'{self._link(one.first_red)}</td><td class="pb-n">{one.failures}</td>'
            f"<td>{_changed(one)}</td></tr>"
            for one in found
        )
        heads = ("since", "scenario", "provider", "green, then red", "failures", "what changed")
        return table(heads, rows, "regressions")

    def _link(self, run: PastRun) -> str:
        name = line(run.id)
        return f'<a href="{past.href(run.id)}">{name}</a>' if run.id in self.book.shown else name

    def _charts(self) -> str:
        parts = []
        for provider in sorted({run.provider for run in self.runs if run.provider}):
            mine = [run for run in self.runs if run.provider == provider]
            took = [_point(run, _whole(run)) for run in mine]
            waited = [_point(run, _converged(run)) for run in mine]
            parts.append(charts.lines(took, f"Duration of a run, {provider}"))
            parts.append(charts.lines(waited, f"Mean wait for the cluster, {provider}"))
        return "\n\n".join(part for part in parts if part)

    def _flaky(self) -> str:
        found = trends.flaky(self.runs)
        if not found:
            return (
                "None. A scenario is unsteady if it went both ways on the same text and versions, "
                "or passed only when it was begun again."
            )
        rows = "".join(
            f"<tr><td>{self._name(one.scenario)}</td><td>{line(one.provider)}</td>"
            f'<td class="pb-n">{one.failed}</td><td class="pb-n">{one.passed}</td></tr>'
            for one in found[:LISTED]
        )
        heads = ("scenario", "provider", "failed or retried", "passed")
        return table(heads, rows, "unsteady scenarios")

    def _slowest(self) -> str:
        found = trends.slowest(self.runs, LISTED)
        if not found:
            return "None passed."
        rows = "".join(
            f"<tr><td>{self._name(one.scenario)}</td><td>{line(one.provider)}</td>"
            f'<td class="pb-n">{seconds(one.duration_s)}</td>'
            f'<td class="pb-n">{seconds(one.convergence_s)}</td>'
            f'<td class="pb-n">{one.runs}</td></tr>'
            for one in found
        )
        heads = ("scenario", "provider", "median", "of that waiting", "runs")
        return table(heads, rows, "slowest scenarios")

    def _runs(self) -> str:
        return self._table_of(self.runs)

    def _table_of(self, runs: Sequence[PastRun]) -> str:
        rows = "".join(
            f"<tr><td>{charts.cell(past.status(run), past.words(run))}</td>"
            f"<td>{self._link(run)}</td><td>{when(run.finished)}</td><td>{line(run.provider)}</td>"
            f'<td>{_versions(run)}</td><td class="pb-n">{seconds(run.duration_s)}</td></tr>'
            for run in reversed(runs)
        )
        heads = ("state", "run", "finished", "provider", "versions", "took")
        return table(heads, rows, "runs")

    def _name(self, ident: str) -> str:
        known = self.book.features.scenarios.get(past.base_id(ident))
        code = f"<code>{line(ident)}</code>"
        return f"{line(known.name)} {code}" if known else f"{code} (no longer a scenario)"


def _point(run: PastRun, value: float | None) -> charts.Point:
    return charts.Point(run.id, run.finished, value, past.status(run) == "failed")


def _whole(run: PastRun) -> float | None:
    """How long a run of everything took: a run of a part is no measure."""
    part = any(one.left_out for one in run.scenarios.values())
    return None if part else run.duration_s


def _converged(run: PastRun) -> float | None:
    found = [one.convergence_s for one in run.scenarios.values() if one.status == "passed"]
    return sum(found) / len(found) if found else None


def _changed(one: trends.Regression) -> str:
    said = [
        f"{line(c.what)}: {line(short(c.before))} → {line(short(c.after))}" for c in one.changed
    ]
    return "<br>".join(said) or "nothing that is recorded"


def _versions(run: PastRun) -> str:
    return line(", ".join(f"{name} {version}" for name, version in run.versions.items() if version))
