"""`python -m report asked|merge|lost`: what several workers share, and what became of it.

Before they start, whether what is asked for is there; then the results of all of them as one run,
or those of a run that never began.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from report.beginning import unbegun
from report.errors import ReportError
from report.merge import Part, merge_folders
from report.plain import PlainView
from report.preflight import Preflight
from report.results import Results
from report.selection import Selection
from report.summary import summary


def add_merging(commands: Any) -> None:
    """Add the three commands to a parser's subparsers."""
    asked = commands.add_parser("asked", help="whether what a run is asked for is there")
    _add_plan(asked)
    asked.set_defaults(do=_asked)
    merging = commands.add_parser("merge", help="one run from the results of several workers")
    merging.add_argument("folders", type=Path, nargs="+", help="folders with a results.json")
    how = "for each folder in turn CODE:WHY, how its worker ended (its results say it)"
    merging.add_argument("--ended", type=_ended, action="append", help=how)
    _add_plan(merging)
    merging.set_defaults(do=_merge)
    what = "results of a run that ended before its first scenario"
    lost = commands.add_parser("lost", help=what)
    lost.add_argument("--code", type=int, required=True, help="its exit code")
    lost.add_argument("--why", required=True, help="how it ended")
    _add_plan(lost)
    lost.set_defaults(do=_lost)


def _ended(text: str) -> tuple[int, str]:
    code, _, why = text.partition(":")
    if not code.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} does not begin with an exit code")
    return int(code), why


def _add_plan(parser: argparse.ArgumentParser) -> None:
    """Options that say what was to run, for where no results say it."""
    parser.add_argument("--out", type=Path, default=Path("build"))
    parser.add_argument("--book-name", default="")
    parser.add_argument("--only", default="", help="features or ids that were asked for")
    parser.add_argument("--tags", default="", help="the expression of tags that was asked for")
    parser.add_argument("--features-folder", default="", help="empty: nothing is known")
    parser.add_argument("--edition-folder", default="", help="empty: none")
    parser.add_argument("--provider", default="")
    parser.add_argument("--again", default="make e2e", help="the command, without what is asked")


def _asked(options: argparse.Namespace) -> int:
    _inputs(options)
    return 0


def _merge(options: argparse.Namespace) -> int:
    count = len(options.folders)
    ended = options.ended or [(None, "")] * count
    if len(ended) != count:
        raise ReportError(f"{count} folders, but --ended is said {len(ended)} times")
    pairs = zip(options.folders, ended, strict=True)
    return _put_together(
        [Part(f"worker {n} of {count}", folder, *how) for n, (folder, how) in enumerate(pairs, 1)],
        options,
    )


def _lost(options: argparse.Namespace) -> int:
    return _put_together(
        [Part("the run", options.out / "none", options.code, options.why)], options
    )


def _put_together(parts: Sequence[Part], options: argparse.Namespace) -> int:
    merged, problems = merge_folders(parts, options.out, lambda: _unbegun(options))
    for problem in problems:
        print(problem, file=sys.stderr)
    view = PlainView(sys.stdout)
    for text, _ in summary(merged, options.again, str(options.out / "results.json")):
        view.say(text)
    return merged.run.exit_code or 0


def _inputs(options: argparse.Namespace) -> Preflight:
    """What is to run. Raises ReportError for a selection that matches nothing."""
    edition = Path(options.edition_folder) if options.edition_folder else None
    asked = Selection(options.only, options.tags)
    return Preflight.read(Path(options.features_folder), edition, asked)


def _unbegun(options: argparse.Namespace) -> Results:
    if not options.features_folder:
        what = "no results, and nothing is known of what was to run"
        raise ReportError(what, cure="name the --features-folder")
    results = unbegun(_inputs(options), options.again, Path(), options.book_name)
    return replace(results, run=replace(results.run, provider=options.provider))
