"""`python -m report site|serve|publish`: from stored results to pages, without a cluster."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import guide
from guide import shelf
from guide.book import DEFAULT, SHELF, build_of
from guide.writable import writable
from report.errors import ReportError
from report.known.book import Book
from report.known.inputs import Inputs, at
from report.known.states import WORST_FIRST

if TYPE_CHECKING:
    from report.site.site import Site

ROOT = Path(__file__).resolve().parents[2]
BUILDERS = ("mkdocs", "properdocs")


def add_commands(commands: Any) -> None:
    """Add the commands to a parser's subparsers."""
    site = commands.add_parser("site", help="write the pages and build them to HTML")
    add_site(site)
    site.set_defaults(do=make_site)
    pages = commands.add_parser("pages", help="write the Markdown only")
    _add_inputs(pages, Path("build/site"))
    pages.set_defaults(do=_pages)
    live = commands.add_parser("serve", help="the site on loopback, built again on changes")
    _add_inputs(live, Path("build/site"))
    live.add_argument("--port", type=_port, default=8000)
    live.set_defaults(do=_serve)
    publish = commands.add_parser("publish", help="the folder that GitLab Pages takes")
    _add_inputs(publish, Path("public"))
    publish.add_argument(
        "--url",
        default=os.environ.get("CI_PAGES_URL", ""),
        help="where it will be published (CI_PAGES_URL)",
    )
    publish.set_defaults(do=_publish)


def add_site(parser: argparse.ArgumentParser) -> None:
    """Add the options of a site that is built."""
    _add_inputs(parser, Path("build/site"))
    parser.add_argument("--builder", choices=BUILDERS, default="mkdocs")


def _add_inputs(parser: argparse.ArgumentParser, out: Path) -> None:
    parser.add_argument("--book", default="", help="a book beside those of the clone")
    parser.add_argument("--build", type=Path, default=Path("build"), help="what runs left")
    parser.add_argument("--results", type=Path, help="other results of the one book")
    parser.add_argument("--history", type=Path, help="another history of the one book")
    parser.add_argument("--out", type=_folder, default=out, help=f"folder of the site ({out})")
    parser.add_argument("--root", type=Path, help="another clone, with docs and books")
    parser.add_argument("--guide", type=Path, help="a copy of the source guide, for the patch")
    parser.add_argument(
        "--now",
        type=moment_of,
        help="when the age of evidence is judged, ISO 8601 (now)",
    )


def moment_of(text: str) -> datetime:
    """A time from the command line, ISO 8601."""
    try:
        return at(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _folder(text: str) -> Path:
    """A folder of its own: beside it, under its name, lie the pages that it is built from."""
    folder = Path(text)
    if folder.name in ("", ".."):
        raise argparse.ArgumentTypeError(f"{text!r} names no folder of its own")
    return folder


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (1 to 65535)")
    return int(text)


def _make(options: argparse.Namespace) -> Site:
    if options.guide and not options.guide.is_file():
        raise ReportError("is not there", file=options.guide, cure="name a Markdown file")
    writable(options.out.parent)
    if options.book == shelf.ALL:
        options.book = ""
    asked = options.book and shelf.find(options.book, *_shelves(options)).name
    books = _books(options)
    first, *others = [_inputs(options, book, asked or DEFAULT) for book in books]
    # Loaded here: templates and pages, of which most commands have no need.
    from report.site.site import Site

    return Site(first, options.out, getattr(options, "url", ""), others)


def _shelves(options: argparse.Namespace) -> list[Path]:
    return [options.root / SHELF] if options.root else []


def _books(options: argparse.Namespace) -> list[guide.Book]:
    """The book that was asked for, then every other one that has results."""
    folders = _shelves(options)
    asked = shelf.find(options.book, *folders)
    if options.results or options.history:
        return [asked]
    names = [name for name in shelf.names(*folders) if _results(options, name).is_file()]
    books = {name: shelf.find(name, *folders) for name in names}
    if _results(options, asked.name).is_file():
        books[asked.name] = asked
    return list(books.values()) or [asked]


def _results(options: argparse.Namespace, name: str) -> Path:
    return build_of(name, options.build) / "results.json"


def _inputs(options: argparse.Namespace, book: guide.Book, asked: str) -> Inputs:
    return Inputs(
        root=options.root or ROOT,
        book=book,
        results=options.results or _results(options, book.name),
        history=options.history or book.build(options.build) / "history",
        source_guide=options.guide if book.name == asked else None,
        now=options.now,
    )


def _tell(book: Book, what: Path) -> None:
    found: Counter[str] = Counter(book.counts())
    states = ", ".join(f"{found[state]} {state}" for state in WORST_FIRST if found[state])
    print(f"{what}: {states or 'no unit'}")
    for odd in book.clocks:
        print(f"a clock went: {odd}", file=sys.stderr)
    for problem in book.problems:
        print(f"left out: {problem}", file=sys.stderr)


def make_site(options: argparse.Namespace) -> int:
    """Write the pages and build them."""
    site = _make(options)
    _tell(site.build(options.builder), site.out / "index.html")
    return 0


def remove_site(options: argparse.Namespace) -> None:
    """Remove the site, if it is one of ours."""
    from report.site.site import MARK

    if (options.out / MARK).is_file():
        shutil.rmtree(options.out)


def _pages(options: argparse.Namespace) -> int:
    site = _make(options)
    _tell(site.write(), site.source)
    return 0


def _serve(options: argparse.Namespace) -> int:
    # What watches files is loaded where files are watched.
    from report.site.serve import serve

    return serve(_make(options), options.port)


def _publish(options: argparse.Namespace) -> int:
    """Build beside the target and move it there, so that a failed build publishes nothing."""
    target: Path = options.out
    options.out = Path("build") / "publish" / "site"
    site = _make(options)
    book = site.build()
    replace(site, out=target).check_out()
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(site.out, target)
    _tell(book, target / "index.html")
    return 0
