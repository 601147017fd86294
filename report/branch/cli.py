"""`python -m report history-merge`: the runs of another history, whichever way it comes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from guide import shelf
from report import histories
from report.archive import Archive
from report.branch import source
from report.errors import ReportError
from report.history import LINES, History


def add_history(commands: Any) -> None:
    """Add the commands to a parser's subparsers."""
    merge = commands.add_parser("history-merge", help="take the runs of another history")
    merge.add_argument("other", help="its folder, the build folder around it, or a branch")
    merge.add_argument("--book", default="", help="name or folder of the book, or all")
    merge.add_argument("--history", type=Path, help="default: where the runs of the book go")
    merge.set_defaults(do=_merge)


def _merge(options: argparse.Namespace) -> int:
    books = shelf.several(options.book)
    with source.opened(options.other) as folder:
        if folder is None:
            print(f"there is no {options.other} yet: nothing to take")
            return 0
        found = {}
        for book in books:
            place = book.build(Path()) / "history"
            other = histories.find(folder, place, alone=len(books) == 1)
            if other is not None:
                found[other] = (options.history or book.build() / "history", book.name)
        if not found:
            cure = f"name the folder with a {LINES}, or the build folder around it"
            raise ReportError("holds no history", file=options.other, cure=cure)
        # All are looked through before the first is written.
        for other, (own, name) in found.items():
            histories.of_book(other, name)
            History.read(own)
        for other, (own, _) in found.items():
            _take(other, own, options.other)
    return 0


def _take(other: Path, own: Path, given: str) -> None:
    done = histories.unite(other, own)
    for problem in (*done.problems, *Archive(own).tidy()):
        print(problem, file=sys.stderr)
    count = len(History.read(own).runs)
    new = len(done.added)
    what = "1 run is" if new == 1 else f"{new} runs are"
    print(f"{what} new from {given}: {own} has {count} now")
