"""The history page: chapters by runs, durations, convergence, flaky and slow, what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import guide
from report import trends
from report.history import PastRun
from report.known import past, places
from report.known.book import SHOWN_RUNS, Book
from report.pages.charts import Cell, Chart, Point
from report.pages.render import page

OLDER = "data/older-runs.html"

LISTED = 12
"""How many slow or unsteady scenarios are listed."""


@dataclass(frozen=True)
class Timeline:
    """Makes the history page from the runs that the site shows, oldest first."""

    book: Book
    problems: Sequence[str] = ()
    """Lines of the history that could not be read."""

    @property
    def runs(self) -> Sequence[PastRun]:
        """The runs in the pictures."""
        return self.book.history[-SHOWN_RUNS:]

    @property
    def older(self) -> Sequence[PastRun]:
        """The runs that the site has no pages for."""
        return [run for run in self.book.history if run.id not in self.book.shown]

    def markdown(self) -> str:
        """The whole page."""
        return page(
            "history.md",
            **self._table(self.runs),
            problems=self.problems,
            older=len(self.older),
            older_at=OLDER,
            grids=[(name or "no sandbox", *self._grid(name)) for name in self._providers()],
            charts=self._charts(),
            flaky=trends.flaky(self.runs)[:LISTED],
            slowest=trends.slowest(self.runs, LISTED),
        )

    def older_runs(self) -> str:
        """A page that lists them, the newest first; no builder has to read thousands of rows."""
        return page("older-runs.html", **self._table(self.older), up="../")

    def _table(self, runs: Sequence[PastRun]) -> dict[str, object]:
        return {
            "book": self.book,
            "runs": [(run, past.status(run), past.words(run)) for run in reversed(runs)],
            "known": self._known,
        }

    def _known(self, ident: str) -> guide.Scenario | None:
        """The scenario of a stored result, None for one that is none any more."""
        return self.book.features.scenarios.get(past.base_id(ident))

    def _providers(self) -> list[str]:
        return sorted({run.provider for run in self.runs})

    def _grid(self, provider: str) -> tuple[Sequence[tuple[PastRun, str]], Sequence[object]]:
        """The runs with a provider in words, and for each chapter a cell for each of them."""
        runs = [run for run in self.runs if run.provider == provider]
        rows = [
            (stem, self.book.edition.pages[stem].title, [self._cell(stem, run) for run in runs])
            for stem in self.book.order
        ]
        return [(run, past.words(run)) for run in runs], rows

    def _cell(self, stem: str, run: PastRun) -> Cell | None:
        ids = {scenario.id for scenario in self.book.scenarios_on(stem)}
        status = past.status_of(run, ids)
        bad = sorted(one for one, was in run.scenarios.items() if was.status == "failed")
        said = [status.replace("_", " "), *(one for one in bad if past.base_id(one) in ids)]
        href = places.href(run.id) if status == "failed" else ""
        return Cell(run.provider, status, " ".join(said), href) if status else None

    def _charts(self) -> list[Chart]:
        found = []
        for provider in filter(None, self._providers()):
            mine = [run for run in self.runs if run.provider == provider]
            took = [_point(run, _whole(run)) for run in mine]
            waited = [_point(run, _converged(run)) for run in mine]
            found.append(Chart.of(took, f"Duration of a run, {provider}"))
            found.append(Chart.of(waited, f"Mean wait for the cluster, {provider}"))
        return [chart for chart in found if chart]


def _point(run: PastRun, value: float | None) -> Point:
    return Point(run.id, run.finished, value, past.status(run) == "failed")


def _whole(run: PastRun) -> float | None:
    """How long a run of everything took: a run of a part is no measure."""
    part = any(one.left_out for one in run.scenarios.values())
    return None if part else run.duration_s


def _converged(run: PastRun) -> float | None:
    found = [one.convergence_s for one in run.scenarios.values() if one.status == "passed"]
    return sum(found) / len(found) if found else None
