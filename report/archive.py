"""The archive: what a run left, kept beside its results in the history while the run is shown.

`results.json.gz` stays as long as the line of its run (`report.histories.trim`). junit.xml, whole
outputs, failure bundles and the evidence as a page are there for the newest KEPT_RUNS runs.
"""

from __future__ import annotations

import contextlib
import gzip
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from report import histories, history, junit
from report.errors import ReportError
from report.files import replace
from report.history import KEPT_RUNS, WHOLE, History, folder_of
from report.known.secrets import masked
from report.results import Results

LARGEST = 20 * 1024 * 1024
"""Bytes of whole outputs and bundles that are kept of one run, the smallest files first."""

JUNIT = junit.NAME
PAGE = "evidence-1.html.gz"
"""The number counts the forms of the page: one of another number is made anew."""


@dataclass(frozen=True)
class Archive:
    """The history at `folder` with the files of its runs."""

    folder: Path

    def add(self, results: Results, beside: Path) -> bool:
        """Record a run with the files that lie in `beside`; False where it was recorded before.

        Secrets are masked once more.
        """
        results = masked(results)
        new = history.record(results, self.folder)
        self._keep(results, beside)
        return new

    def tidy(self) -> list[str]:
        """Give every shown run its page, and take from the others what only shown runs keep.

        What is beyond the cap of a history goes. Returns a line for each run whose results cannot
        be read.
        """
        histories.trim(self.folder, datetime.now(UTC))
        known = History.read(self.folder)
        shown = {run.id for run in known.runs[-KEPT_RUNS:]}
        problems = []
        # Loaded here: templates, of which most commands have no need.
        from report.pages import alone

        for run in known.runs:
            folder = folder_of(self.folder, run.id)
            if run.id not in shown:
                _strip(folder)
            elif not (folder / PAGE).is_file():
                try:
                    page = alone.html_page(known.results(run.id))
                except ReportError as problem:
                    problems.append(str(problem))
                else:
                    for old in folder.glob("evidence-*.html.gz"):
                        old.unlink()
                    replace(folder / PAGE, gzip.compress(page.encode(), mtime=0))
        return problems

    def file(self, run_id: str, name: str) -> Path:
        """Where a file of a run lies, if it is kept."""
        return folder_of(self.folder, run_id) / name

    def page(self, run_id: str) -> bytes:
        """The page with the evidence of a run; b'' where it was not kept."""
        path = self.file(run_id, PAGE)
        try:
            return gzip.decompress(path.read_bytes())
        except FileNotFoundError:
            return b""
        except (OSError, EOFError) as error:
            cure = "remove it, and `python -m report record` makes it again"
            raise ReportError(f"cannot be read: {error}", file=path, cure=cure) from error

    def _keep(self, results: Results, beside: Path) -> None:
        target = folder_of(self.folder, results.run.id)
        path = beside / JUNIT
        # One that is no whole XML is told by who records the run; the run itself is kept.
        with contextlib.suppress(ReportError):
            replace(target / JUNIT, junit.masked(path).encode())
        left = LARGEST
        for path in sorted(_files(results, beside), key=lambda path: (path.stat().st_size, path)):
            left -= path.stat().st_size
            copy = target / path.relative_to(beside)
            if left >= 0 and not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)


def _strip(folder: Path) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != WHOLE:
            path.unlink()


def _files(results: Results, beside: Path) -> Iterator[Path]:
    """The whole outputs and the bundles that a run's results name."""
    for scenario in results.scenarios:
        attempts = (one.bundle for one in scenario.failed_attempts)
        for bundle in filter(None, (scenario.bundle, *attempts)):
            yield from (
                path
                for path in (beside / bundle).rglob("*")
                if path.is_file() and not path.is_symlink()
            )
    names = _named(results.dump())
    yield from (beside / name for name in sorted(names) if (beside / name).is_file())


def _named(value: object) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_named, value))
    if not isinstance(value, dict):
        return set()
    own = {str(found) for key, found in value.items() if str(key).endswith("_file") and found}
    return own.union(*map(_named, value.values()))
