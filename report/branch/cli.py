"""`python -m report history-merge` and `history-publish`: runs of others taken, own ones given."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guide import Book, shelf
from report import histories
from report.archive import Archive
from report.branch import source
from report.branch.git import Git
from report.branch.publication import Own, publish
from report.branch.remote import Remote
from report.errors import ReportError
from report.history import LINES, History


def add_history(commands: Any) -> None:
    """Add the commands to a parser's subparsers."""
    merge = commands.add_parser("history-merge", help="take the runs of another history")
    merge.add_argument("other", help="its folder, the build folder around it, or a branch")
    merge.add_argument("--book", default="", help="name or folder of the book, or all")
    merge.add_argument("--history", type=Path, help="default: where the runs of the book go")
    merge.set_defaults(do=_merge)
    give = commands.add_parser("history-publish", help="add the runs to a branch of a remote")
    give.add_argument("--book", default="", help="name or folder of the book, or all")
    give.add_argument("--remote", default="origin", help="its name in the clone")
    give.set_defaults(do=_publish)


def _merge(options: argparse.Namespace) -> int:
    books = shelf.several(options.book)
    with source.opened(options.other) as given:
        if given is None:
            print(
                f"there is no {options.other} yet: nothing to take; make history-publish makes it"
            )
            return 0
        found = {}
        for book in books:
            other = _find(given, book, alone=len(books) == 1)
            if other is not None:
                found[other] = (options.history or book.build() / "history", book.name)
        if not found:
            return _none(given, books, options.other)
        # All are looked through before the first is written.
        for other, (own, name) in found.items():
            histories.of_book(other, name)
            History.read(own)
        for other, (own, _) in found.items():
            _take(other, own, options.other)
    return 0


def _find(given: source.Other, book: Book, alone: bool) -> Path | None:
    place = book.build(Path()) / "history"
    if not given.laid_out:
        return histories.find(given.folder, place, alone=alone)
    # Any other place but the top is another book's, and older lines do not say whose they are.
    found = histories.find(given.folder, place, alone=False)
    top = given.folder if alone and (given.folder / LINES).is_file() else None
    return found or top


def _none(given: source.Other, books: Sequence[Book], named: str) -> int:
    """No history of these books is there: what that means."""
    cure = f"name the folder with a {LINES}, or the build folder around it"
    others = [each.name for each in shelf.several(shelf.ALL) if _find(given, each, alone=False)]
    if not others:
        raise ReportError("holds no history", file=named, cure=cure)
    lacked = ", ".join(book.name for book in books)
    if given.shared:
        print(f"{named} has no history of {lacked} yet: nothing to take")
        return 0
    raise ReportError(
        f"holds no history of {lacked}", file=named, cure=f"say BOOK={' or '.join(others)}"
    )


def _publish(options: argparse.Namespace) -> int:
    own = {}
    for book in shelf.several(options.book):
        history = Own.read(book.build() / "history")
        if history is not None:
            own[book.build(Path()) / "history"] = history
    if not own:
        what = "there is no history to publish"
        raise ReportError(what, file=Path("build"), cure="`make e2e` records a run")
    for history in own.values():
        for line in (line for line in history.lines if line.run is None):
            where = f"{history.folder / LINES}:{line.number}"
            print(f"{where}: not a whole run; not published", file=sys.stderr)
    clone = Git.around(Path())
    with Remote.opened(clone, options.remote) as remote:
        done = publish(remote, own, clone, datetime.now(UTC))
    where = f"{source.BRANCH} of {remote}"
    for place, count in done.added.items():
        print(f"{count} of the runs in build/{place} are new on {where}")
    if not done.added:
        print(f"every run is on {where} already")
    if done.overtaken:
        print("others pushed to it meanwhile; their runs are there too")
    return 0


def _take(other: Path, own: Path, given: str) -> None:
    done = histories.unite(other, own)
    for problem in (*done.problems, *Archive(own).tidy()):
        print(problem, file=sys.stderr)
    count = len(History.read(own).runs)
    new = len(done.added)
    what = "1 run is" if new == 1 else f"{new} runs are"
    print(f"{what} new from {given}: {own} has {count} now")
