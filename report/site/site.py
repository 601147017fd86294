"""The whole site: pages into a folder, then the builder."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

import guide
from report import junit
from report.archive import JUNIT, Archive
from report.clock import moment
from report.errors import ReportError
from report.folder import Folder
from report.history import WHOLE, History
from report.known.book import Book, Other
from report.known.inputs import Inputs
from report.known.places import href
from report.pages import coverage, errata, home, regression, runs, vocabulary
from report.pages.chapter import Chapter
from report.pages.outputs import Outputs
from report.pages.timeline import OLDER, Timeline
from report.results import Results

MARK = ".proofbook-site"
"""Lies in a folder that was built here and may be built over."""

MARKED = "made by proofbook; built over without asking\n"

BUILD_LIMIT_S = 300

BY_HAND = ("try-it", "your-own-guide", "concepts", "how-proof-works", "reports", "reference")
"""The pages for every book, in the order of the navigation."""

PROOF = ("errata.md", "coverage.md", "history.md", "regression.md", "sentences.md")
"""What stands behind the chapters of a book."""

FULL_PAGES = 8
"""The newest runs that count whose evidence goes through the builder."""


@dataclass(frozen=True)
class Site:
    """The site at `out`; its Markdown lies in `OUT-src`, its configuration beside it."""

    inputs: Inputs
    out: Path
    url: str = ""
    """Where the site will be published; only the page for addresses that do not exist needs it."""
    others: Sequence[Inputs] = ()
    """Further books; each has a section of its own, below its name."""

    @property
    def source(self) -> Path:
        """The folder of the Markdown pages."""
        return self.out.with_name(f"{self.out.name}-src")

    @property
    def config(self) -> Path:
        """The configuration for the builder, which inherits the committed one."""
        return self.out.with_name(f"{self.out.name}-mkdocs.yml")

    def write(self) -> Book:
        """Write every page and the configuration; no builder is started."""
        self.check_out()
        book, history = self.inputs.read()
        sections = [(each, *each.read(up="../")) for each in self.others]
        named = [_other(each.book.name, section) for each, section, _ in sections]
        book = replace(book, others=named)
        folder = Folder(self.source)
        _write_shared(self.inputs, folder)
        write_pages(book, history, self.inputs, folder)
        for each, section, past in sections:
            place = Folder(self.source / each.book.name, within=folder)
            # Pages with old evidence lie beside the book's own and look for their dress there.
            for name in ("site.css", "favicon.svg"):
                place.write(f"assets/{name}", (each.docs / "assets" / name).read_bytes())
            write_pages(section, past, each, place)
        folder.sweep()
        self._configure(book, [(section.of or each.book, section) for each, section, _ in sections])
        return book

    def build(self, builder: str = "mkdocs") -> Book:
        """Write the pages and build them strictly; ReportError with the builder's words."""
        book = self.write()
        # Not --quiet: it also keeps the builder from counting the warnings that --strict refuses.
        command = [sys.executable, "-m", builder, "build", "--strict", "-f", str(self.config)]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=BUILD_LIMIT_S,
                env=environment(book),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ReportError(f"{builder} did not end in {BUILD_LIMIT_S} s") from None
        if done.returncode:
            said = (done.stdout + done.stderr).strip().splitlines()
            wrong = [text for text in said if not text.startswith("INFO")][-12:]
            raise ReportError(f"{builder} refused the pages: {' | '.join(wrong)}")
        if not self.url:
            # Served for any address, it can't use relative links, and without a URL has no others.
            (self.out / "404.html").unlink(missing_ok=True)
        (self.out / MARK).write_text(MARKED)
        return book

    def check_out(self) -> None:
        """ReportError where something would be replaced that was not made here."""
        for folder in (self.out, self.source):
            filled = folder.is_dir() and any(folder.iterdir())
            if folder.is_file() or (filled and not (folder / MARK).is_file()):
                cure = "name a new or empty folder with --out"
                raise ReportError("is there and was not made by proofbook", file=folder, cure=cure)

    def _configure(self, book: Book, sections: Sequence[tuple[guide.Book, Book]]) -> None:
        of = book.of or self.inputs.book
        config: dict[str, Any] = {
            "INHERIT": str((self.inputs.root / "mkdocs.yml").resolve()),
            "docs_dir": str(self.source.resolve()),
            "site_dir": str(self.out.resolve()),
            "site_description": of.description,
            "nav": [
                {"Home": "index.md"},
                {"The guide": [f"guide/{stem}.md" for stem in book.order]},
                {"Proof": list(PROOF)},
                *(_navigation(own, section) for own, section in sections),
                {
                    "Using it": [
                        "try-it.md",
                        "your-own-guide.md",
                        "concepts.md",
                        "how-proof-works.md",
                        "reports.md",
                        "reference.md",
                    ]
                },
            ],
        }
        if self.url:
            config["site_url"] = self.url
        self.config.parent.mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(config, sort_keys=False)
        if not self.config.is_file() or self.config.read_text(encoding="utf-8") != text:
            self.config.write_text(text, encoding="utf-8")


def environment(book: Book) -> dict[str, str]:
    """The builder's environment: no banner, and the run's end for every date that it writes."""
    end = moment(book.results[0].run.finished)
    epoch = int(end.timestamp()) if end else 0
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": str(epoch)}


def _write_shared(inputs: Inputs, folder: Folder) -> None:
    """What belongs to no book: the pages written by hand, and the assets."""
    folder.write(MARK, MARKED)
    for path in [*sorted(inputs.docs.glob("*.md")), *sorted((inputs.docs / "assets").rglob("*"))]:
        if path.is_file():
            folder.write(path.relative_to(inputs.docs).as_posix(), path.read_bytes())


def _other(name: str, book: Book) -> Other:
    of = book.of
    assert of is not None
    return Other(of.title, of.description, f"{name}/index.html", book.counts())


def _navigation(of: guide.Book, book: Book) -> dict[str, Any]:
    """A book's section: its home page, its chapters, its proof."""
    pages = ["index.md", *(f"guide/{stem}.md" for stem in book.order)]
    pages += PROOF
    return {of.title: [f"{of.name}/{page}" for page in pages]}


def write_pages(book: Book, history: History, inputs: Inputs, folder: Folder) -> None:
    """Every page of a book, from values: the same input gives the same bytes."""
    outputs = Outputs(folder)
    folder.write("index.md", home.markdown(book))
    for stem in book.order:
        page = book.edition.pages[stem]
        folder.write(f"guide/{stem}.md", Chapter(book, page, outputs).markdown())
    folder.write("errata.md", errata.markdown(book))
    if book.patch:
        folder.write(errata.PATCH, book.patch)
    folder.write("coverage.md", coverage.markdown(book))
    folder.write("sentences.md", vocabulary.markdown(book.vocabulary))
    timeline = Timeline(book, history.problems)
    folder.write("history.md", timeline.markdown())
    if timeline.older:
        folder.write(OLDER, timeline.older_runs())
    folder.write("regression.md", regression.markdown(book, history))
    folder.write("data/history.jsonl", "".join(f"{run.line()}\n" for run in book.history))
    _write_runs(book, inputs, outputs, folder)


def _write_runs(book: Book, inputs: Inputs, outputs: Outputs, folder: Folder) -> None:
    newest = book.whole[:FULL_PAGES]
    full = {results.run.id for results in newest}
    for results in newest:
        page = runs.full(book, results, outputs, _files(book, results, folder))
        folder.write(_page(results.run.id), page)
    archive = Archive(inputs.history)
    for run in book.history:
        if run.id in book.shown and run.id not in full:
            files, said = _kept(archive, run.id, folder)
            folder.write(_page(run.id), runs.stored(book, run, files, said))


def _page(run_id: str) -> str:
    return href(run_id).removesuffix(".html") + ".md"


def _data(run_id: str) -> str:
    return "data/" + href(run_id).removeprefix("runs/").removesuffix(".html")


def _files(book: Book, results: Results, folder: Folder) -> list[tuple[str, str]]:
    """The downloads of a run: its masked results, and junit.xml where it lies beside them."""
    name = _data(results.run.id)
    folder.write(f"{name}/results.json", json.dumps(results.dump(), indent=1) + "\n")
    files = [("results.json", f"../{name}/results.json")]
    path = book.folder(results) / JUNIT
    # A file that is no whole XML is among the problems of the book already.
    with contextlib.suppress(ReportError):
        folder.write(f"{name}/{JUNIT}", junit.masked(path))
        files.append((JUNIT, f"../{name}/{JUNIT}"))
    return files


def _kept(archive: Archive, run_id: str, folder: Folder) -> tuple[list[tuple[str, str]], str]:
    """What the history keeps of an older run, and what is wrong with it; it was masked there."""
    name = _data(run_id)
    files, said = [], ""
    try:
        page = archive.page(run_id)
    except ReportError as problem:
        page, said = b"", str(problem)
    if page:
        folder.write(f"{name}/evidence.html", page)
        files.append((runs.EVIDENCE, f"../{name}/evidence.html"))
    for kept in (WHOLE, JUNIT):
        path = archive.file(run_id, kept)
        if path.is_file():
            folder.write(f"{name}/{kept}", path.read_bytes())
            files.append((kept, f"../{name}/{kept}"))
    return files, said
