"""`python -m report`: what is done with results after a run."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from guide import GuideError, shelf, unread
from report import junit
from report.archive import Archive
from report.attempts import add_attempt
from report.branch.cli import add_history
from report.ending import note, unasked
from report.errors import ReportError
from report.excused import only_known
from report.history import History
from report.lost import add_merging
from report.regression.cli import add_regression
from report.reminder import reminder
from report.results import Results
from report.site.cli import add_commands, add_site, make_site, remove_site


def _record(options: argparse.Namespace) -> int:
    book = shelf.find(options.book)
    build = book.build()
    results = options.results or build / "results.json"
    Results.read(results).of_book(book.name, results)
    return _keep(results, options.history or build / "history")[0]


def _keep(file: Path, folder: Path) -> tuple[int, bool]:
    """Record a run: the exit code, 3 where it broke off, and whether it is new."""
    results = Results.read(file)
    for problem in (*History.read(folder).problems, *junit.faults(file.with_name(junit.NAME))):
        print(problem, file=sys.stderr)
    archive = Archive(folder)
    new = archive.add(results, file.parent)
    if new:
        print(f"run {results.run.id} is in {folder}")
    else:
        print(f"run {results.run.id} was in {folder} already")
    for problem in archive.tidy():
        print(problem, file=sys.stderr)
    if results.run.exit_code is not None:
        return 0, new
    print(f"run {results.run.id} broke off: it never said how it ended", file=sys.stderr)
    return 3, new


def _recorded(file: Path, folder: Path) -> bool:
    run = Results.read(file).run.id
    return any(run == each.id for each in History.read(folder).runs)


def _after(options: argparse.Namespace) -> int:
    """Record and show what a run that ended with `code` has left; how the whole ended.

    Wrong use leaves the last run as it was and says nothing of it, and nothing is shown anew. Any
    other run that left no results takes the site with it, which would show an older one. Failures
    in quarantine do not count.
    """
    code: int = options.code
    try:
        books = {book.build() / "results.json": book for book in shelf.several(options.book)}
    except GuideError:
        if code == 2:  # the run has said so
            return code
        raise
    left = list(books)
    if why := unasked(code):
        print(f"the run {why}", file=sys.stderr)
        for file in filter(Path.is_file, left):
            note(file, why)
        code = 3
    kept = {}
    for file in filter(Path.is_file, left):
        folder = file.parent / "history"
        old = code == 2 and _recorded(file, folder)
        kept[file] = (0, False) if old else _keep(file, folder)
    came = [file for file, (_, new) in kept.items() if new]
    if came or (kept and code != 2):
        make_site(options)
    elif code != 2:
        remove_site(options)
        return code or 3
    if len(kept) > 1:
        # The summary of an earlier book has been rolled away by the later ones.
        for file in came:
            for line in reminder(Results.read(file)):
                print(line, file=sys.stderr)
    here = [(file, book.file.parent) for file, book in books.items() if file.is_file()]
    if code == 1 and only_known(here):
        code = 0
    return code or max((worst for worst, _ in kept.values()), default=0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m report", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    record = commands.add_parser("record", help="add the results of a run to the history")
    record.add_argument("--book", default="", help="name or folder of the book")
    record.add_argument("--results", type=Path, help="default: where its run left them")
    record.add_argument("--history", type=Path)
    record.set_defaults(do=_record)
    after = commands.add_parser("after", help="record what a run left, then build the site")
    after.add_argument("--code", type=int, default=0, help="how the run ended")
    add_site(after)
    after.set_defaults(do=_after)
    add_history(commands)
    add_regression(commands)
    add_merging(commands)
    add_attempt(commands)
    add_commands(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code (2 for bad input, in one line)."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.do(options))
    except (GuideError, ReportError) as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:  # of a file or a folder that nobody looked at before
        cure = "see that you may read and write it, and that there is room"
        where, what = error.filename2 or error.filename or "", error.strerror or str(error)
        print(ReportError(what, file=where, cure=cure), file=sys.stderr)
        return ReportError.exit_code


if __name__ == "__main__":
    unread.go_on()
    sys.exit(main())
