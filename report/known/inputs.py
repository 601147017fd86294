"""Reads everything that the pages are made from: files in, a `Book` out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import guide
from guide.erratum import Errata
from guide.lock import SourceLock
from guide.patch import patch
from guide.sentences import Sentences
from guide.vocabulary import Vocabulary
from report import junit
from report.clock import moment
from report.errors import ReportError
from report.history import History, PastRun
from report.known.book import Book
from report.known.counting import counted
from report.known.secrets import masked, masked_past
from report.results import Results


@dataclass(frozen=True)
class Inputs:
    """Where everything lies."""

    root: Path
    """The clone: `docs/` with the pages for every book, `mkdocs.yml`."""
    book: guide.Book
    results: Path
    history: Path
    source_guide: Path | None = None
    """A copy of the source guide, for the patch; it is read only."""
    now: datetime | None = None
    """When the age of evidence is judged; None: each time that it is read, by the clock.

    At the end of the newest run nothing of it would be too old, whenever that was.
    """

    @property
    def docs(self) -> Path:
        """The pages that are written by hand."""
        return self.root / "docs"

    def watched(self) -> Sequence[Path]:
        """Files and folders whose change makes other pages."""
        of = self.book
        paths = [self.docs, of.file, of.edition, of.features, of.lock, of.errata]
        paths += [*of.sentences, self.results, self.history]
        paths += [of.layout.baseline.folder] if of.layout.baseline else []
        return [path for path in paths if path.exists()]

    def read(self, up: str = "") -> tuple[Book, History]:
        """Everything, checked. ReportError or GuideError for what cannot be taken.

        `up` is the way from the home page of the book to that of the site.
        """
        of = guide.Book.read(self.book.file.parent)  # whoever serves reads many times
        results = masked(Results.read(self.results).of_book(of.name, self.results))
        history = History.read(self.history)
        edition = guide.Edition.read(of.edition)
        features = guide.Features.read(of.features)
        problems = [*history.problems, *junit.faults(self.results.with_name(junit.NAME))]
        runs = [masked_past(run) for run in history.runs]
        if all(run.id != results.run.id for run in runs):
            runs.insert(_place(runs, results), PastRun.of(results))
        counting = counted(results, runs, _Stored(history, results, problems))
        newest = [part for _, part in counting]
        errata = Errata.read(of.errata)
        lock = SourceLock.read(of.lock) if of.lock.is_file() else None
        book = Book(
            edition=edition,
            features=features,
            results=newest,
            history=runs,
            now=self.now or datetime.now(UTC),
            order=of.chapters,
            whole=[whole for whole, _ in counting if whole is not None],
            folders=_folders(results, self.results, newest, self.history),
            errata=errata,
            lock=lock,
            patch=self._patch(lock, errata),
            vocabulary=Vocabulary.of(Sentences.of(of.sentences), features),
            of=of,
            up=up,
            edition_at=os.path.relpath(of.edition, self.root),
            features_at=os.path.relpath(of.features, self.root),
            problems=problems,
        )
        return book, history

    def _patch(self, lock: SourceLock | None, errata: Errata) -> str:
        if self.source_guide is None or lock is None or not errata:
            return ""
        return patch(self.source_guide, lock.part(self.source_guide.name), errata)


class _Stored:
    """Whole results by run id, each read once; what cannot be read is a problem, and None."""

    def __init__(self, history: History, newest: Results, problems: list[str]) -> None:
        self._history = history
        self._problems = problems
        self._read: dict[str, Results | None] = {newest.run.id: newest}

    def __call__(self, run_id: str) -> Results | None:
        if run_id not in self._read:
            try:
                self._read[run_id] = masked(self._history.results(run_id))
            except ReportError as problem:
                self._problems.append(str(problem))
                self._read[run_id] = None
        return self._read[run_id]


def _place(runs: Sequence[PastRun], results: Results) -> int:
    """Where a run that is not recorded stands among those that are: by when it ended."""
    ended = moment(results.run.finished)
    place = len(runs)
    while place and ended is not None:
        before = moment(runs[place - 1].finished)
        if before is None or before <= ended:
            break
        place -= 1
    return place


def _folders(
    results: Results, file: Path, newest: Sequence[Results], history: Path
) -> dict[str, Path]:
    found = {one.run.id: history / "runs" / one.run.id for one in newest}
    return {**found, results.run.id: file.parent}


def at(text: str) -> datetime:
    """A time from the command line, ISO 8601; ValueError where it is none."""
    found = moment(text)
    if found is None:
        raise ValueError(f"{text!r} is no ISO 8601 time")
    return found.astimezone(UTC)
