"""`python -m report site|serve|publish`: from stored results to pages, without a cluster."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from report.errors import ReportError
from report.pages.book import Book
from report.pages.inputs import Inputs, at
from report.pages.serve import serve
from report.pages.site import Site
from report.pages.states import WORST_FIRST

ROOT = Path(__file__).resolve().parents[2]
BUILDERS = ("mkdocs", "properdocs")


def add_commands(commands: Any) -> None:
    """Add the commands to a parser's subparsers."""
    site = commands.add_parser("site", help="write the pages and build them to HTML")
    _add_inputs(site, Path("build/site"))
    site.add_argument("--builder", choices=BUILDERS, default="mkdocs")
    site.set_defaults(do=_site)
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


def _add_inputs(parser: argparse.ArgumentParser, out: Path) -> None:
    parser.add_argument("--results", type=Path, default=Path("build/results.json"))
    parser.add_argument("--history", type=Path, default=Path("build/history"))
    parser.add_argument("--out", type=Path, default=out, help=f"folder of the site ({out})")
    parser.add_argument("--root", type=Path, default=ROOT, help="the clone with docs and features")
    parser.add_argument("--guide", type=Path, help="a copy of the source guide, for the patch")
    parser.add_argument(
        "--now",
        type=_moment,
        help="when the age of evidence is judged, ISO 8601 (the end of the newest run)",
    )


def _moment(text: str) -> datetime:
    try:
        return at(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port (1 to 65535)")
    return int(text)


def _make(options: argparse.Namespace) -> Site:
    if options.guide and not options.guide.is_file():
        raise ReportError("is not there", file=options.guide, cure="name a Markdown file")
    inputs = Inputs(options.root, options.results, options.history, options.guide, options.now)
    return Site(inputs, options.out, getattr(options, "url", ""))


def _tell(book: Book, what: Path) -> None:
    found: Counter[str] = Counter(book.counts())
    states = ", ".join(f"{found[state]} {state}" for state in WORST_FIRST if found[state])
    print(f"{what}: {states or 'no unit'}")
    for problem in book.problems:
        print(f"left out: {problem}", file=sys.stderr)


def _site(options: argparse.Namespace) -> int:
    site = _make(options)
    _tell(site.build(options.builder), site.out / "index.html")
    return 0


def _pages(options: argparse.Namespace) -> int:
    site = _make(options)
    _tell(site.write(), site.source)
    return 0


def _serve(options: argparse.Namespace) -> int:
    return serve(_make(options), options.port)


def _publish(options: argparse.Namespace) -> int:
    """Build beside the target and move it there, so that a failed build publishes nothing."""
    target: Path = options.out
    options.out = Path("build") / "publish" / "site"
    site = _make(options)
    book = site.build()
    Site(site.inputs, target).check_out()
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(site.out, target)
    _tell(book, target / "index.html")
    return 0
