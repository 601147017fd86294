"""Reads everything that the pages are made from: files in, a `Book` out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

import guide
from guide.erratum import Errata
from guide.lock import SourceLock
from guide.patch import patch
from report.errors import ReportError
from report.history import History, PastRun
from report.pages.book import Book
from report.pages.secrets import masked, masked_past
from report.pages.text import moment
from report.results import Results


@dataclass(frozen=True)
class Inputs:
    """Where everything lies."""

    root: Path
    """The clone: `docs/`, `features/`, `guide/`, `mkdocs.yml`."""
    results: Path
    history: Path
    source_guide: Path | None = None
    """A copy of the source guide, for the patch; it is read only."""
    now: datetime | None = None
    """When the age of evidence is judged; None: at the end of the newest run."""

    @property
    def docs(self) -> Path:
        """The pages that are written by hand."""
        return self.root / "docs"

    def watched(self) -> Sequence[Path]:
        """Files and folders whose change makes other pages."""
        paths = (self.docs, self.root / "features", self.root / "guide", self.results, self.history)
        return [path for path in paths if path.exists()]

    def read(self) -> tuple[Book, History]:
        """Everything, checked. ReportError or GuideError for what cannot be taken."""
        results = masked(Results.read(self.results))
        history = History.read(self.history)
        edition = guide.Edition.read(self.docs / "guide")
        features = guide.Features.read(self.root / "features")
        problems = list(history.problems)
        runs = [masked_past(run) for run in history.runs]
        if all(run.id != results.run.id for run in runs):
            runs.append(PastRun.of(results))
        runs.sort(key=lambda run: (run.started, run.id))
        newest = [results, *_others(results, runs, history, problems)]
        newest.sort(key=lambda one: (one.run.finished, one.run.id), reverse=True)
        errata = Errata.read(self.root / "guide" / "errata")
        lock_file = self.root / "guide" / "source.lock"
        lock = SourceLock.read(lock_file) if lock_file.is_file() else None
        book = Book(
            edition=edition,
            features=features,
            results=newest,
            history=runs,
            now=self.now or _end(newest[0], self.results),
            order=_order(self.root / "mkdocs.yml", edition),
            folders=_folders(results, self.results, newest, self.history),
            errata=errata,
            lock=lock,
            patch=self._patch(lock, errata),
            problems=problems,
        )
        return book, history

    def _patch(self, lock: SourceLock | None, errata: Errata) -> str:
        if self.source_guide is None or lock is None or not errata:
            return ""
        return patch(self.source_guide, lock, errata)


def _others(
    results: Results, runs: Sequence[PastRun], history: History, problems: list[str]
) -> list[Results]:
    """The newest stored results of every other provider."""
    newest = {
        run.provider: run for run in runs if run.provider and run.provider != results.run.provider
    }
    found = []
    for run in newest.values():
        try:
            found.append(masked(history.results(run.id)))
        except ReportError as problem:
            problems.append(str(problem))
    return found


def _end(results: Results, file: Path) -> datetime:
    at = moment(results.run.finished)
    if at is None:
        raise ReportError("the run has no end", file=file, cure="`make e2e` writes it anew")
    return at


def _folders(
    results: Results, file: Path, newest: Sequence[Results], history: Path
) -> dict[str, Path]:
    found = {one.run.id: history / "runs" / one.run.id for one in newest}
    return {**found, results.run.id: file.parent}


def _order(config: Path, edition: guide.Edition) -> list[str]:
    """The chapters as mkdocs.yml lists them, then the others by name."""
    try:
        value: Any = yaml.safe_load(config.read_text(encoding="utf-8"))
        listed = [str(one) for one in value["extra"]["chapters"]]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        cure = "name the chapters under extra: chapters:"
        raise ReportError(f"has no order of chapters: {error}", file=config, cure=cure) from error
    known = [stem for stem in listed if stem in edition.pages]
    return known + [stem for stem in edition.pages if stem not in known]


def at(text: str) -> datetime:
    """A time from the command line, ISO 8601; ValueError where it is none."""
    found = moment(text)
    if found is None:
        raise ValueError(f"{text!r} is no ISO 8601 time")
    return found.astimezone(UTC)
