"""`python -m guide check | audit | patch | coverage | sentences | fate`: print, or write the lock.

Exit codes: 0 nothing to say; 1 the guide has drifted, or units are open under --no-open; 2 wrong
use or bad input.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from guide import shelf, unread
from guide.acceptance import Acceptance, refuse_another
from guide.audit import Audit
from guide.book import Book
from guide.check import Check, lost_commit
from guide.coverage import Coverage
from guide.edition import Edition
from guide.erratum import Errata
from guide.errors import GuideError, near
from guide.fate import Fate
from guide.features import Features
from guide.lock import SourceLock
from guide.new_book import write
from guide.patch import patch
from guide.rerun import Rerun
from guide.sentences import Sentences
from guide.todo import todo
from guide.vocabulary import Vocabulary

FOLDERS = ("edition", "features")
PARTS = (*FOLDERS, "lock", "errata")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        _take_parts(options)
        return command(options)
    except GuideError as problem:
        print(problem, file=sys.stderr)
        return problem.exit_code
    except OSError as error:  # of a file or a folder that nobody looked at before
        cure = "see that you may read and write it, and that there is room"
        where, what = error.filename2 or error.filename or "", error.strerror or str(error)
        print(GuideError(what, file=where, cure=cure), file=sys.stderr)
        return GuideError.exit_code


def _take_parts(options: argparse.Namespace) -> None:
    """Take from the book what was not named apart.

    Whoever names every part has no book: sentences and placeholders are then not looked at.
    """
    named = {part: place for part in PARTS if (place := getattr(options, part, None))}
    missing = [part for part in PARTS if getattr(options, part, "") is None]
    _refuse_lost(named)
    options.sentences, options.filled, options.further = [], None, ()
    options.first_commit, options.sources = {}, ()
    # A check takes the books one by one; whatever else is asked is asked of one.
    several = getattr(options, "book", "") == shelf.ALL
    each_in_turn = several and options.command is _check and not named
    if (missing or several) and not each_in_turn:
        _take_from(shelf.find(options.book), options, missing)


def _refuse_lost(named: Mapping[str, Path]) -> None:
    """A folder that is not there would be read as one without a page or a scenario."""
    for part in FOLDERS:
        if part in named and not named[part].is_dir():
            cure = f"--{part} takes the folder of a book's {part}"
            raise GuideError("there is no such folder", file=named[part], cure=cure)


def _take_from(book: Book, options: argparse.Namespace, parts: Iterable[str]) -> None:
    options.sentences, options.filled = book.sentences, book.filled
    options.further = chain(book.unfilled(), lost_commit(book))  # read when they are asked for
    options.sources, options.first_commit = book.sources, book.first_commit
    for part in parts:
        setattr(options, part, getattr(book, part))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m guide", description=__doc__.split("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], text: str, file: str = ""
    ) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(command=run)
        sub.add_argument("--book", default="", help="its name or its folder")
        for part in PARTS:
            sub.add_argument(f"--{part}", type=Path, help=f"another place for the book's {part}")
        if file:
            sub.add_argument("file", type=Path, help=file)
        return sub

    sub = command("check", _check, "say everything that is wrong with edition, features and lock")
    sub.add_argument("--no-open", action="store_true", help="fail for a unit without a fate")
    sub.add_argument("--todo", action="store_true", help="list what is left to do, the next first")
    sub = commands.add_parser("book", help="lay out a new book from Markdown files")
    sub.set_defaults(command=_book)
    sub.add_argument("name", help="its name: the folder below books/")
    sub.add_argument("guides", help="Markdown files, by commas")
    guide = "any Markdown guide"
    sub = command("audit", _audit, "compare a source guide with its lock", guide)
    accept = sub.add_mutually_exclusive_group()
    accept.add_argument("--accept", action="store_true", help="write the lock as the guide now is")
    accept.add_argument(
        "--accept-other", action="store_true", help="the same, though it seems to be another guide"
    )
    accept.add_argument(
        "--renew", action="store_true", help="write an older lock anew: same text, same fates"
    )
    command("patch", _patch, "print the diff that corrects every erratum", guide)
    command("coverage", _coverage, "list what proves each unit, and what each scenario proves")
    command("sentences", _sentences, "list what a feature may say, by noun, with an example each")
    sub = command("fate", _set_fate, "write the fate of a unit into the lock")
    sub.add_argument("unit", nargs="?", default="", help="the id of the unit")
    sub.add_argument(
        "--ran", type=Path, metavar="RESULTS", help="give fates again that this run has shown"
    )
    sub.add_argument("--proven", nargs="+", default=[], metavar="SCENARIO")
    sub.add_argument("--erratum", nargs="+", default=[], metavar="ERRATUM")
    sub.add_argument("--excused", default="", metavar="REASON")
    return parser


def _book(options: argparse.Namespace) -> int:
    for file in write(options.name, options.guides):
        print(file)
    print(f"next: make check BOOK={options.name}")
    return 0


def _check(options: argparse.Namespace) -> int:
    if options.book == shelf.ALL:
        codes = []
        for book in shelf.several(shelf.ALL):
            each = argparse.Namespace(**{**vars(options), "book": book.name})
            _take_from(book, each, PARTS)
            codes.append(_check(each))
        return max(codes)
    check = Check.of(
        *(options.edition, options.features, options.lock, options.errata),
        sentences=options.sentences,
        filled=options.filled,
        further=options.further,
        first_commit=options.first_commit,
    )
    for problem in check.problems:
        print(problem, file=sys.stderr)
    for line in check.shorter:
        print(line)
    if check.open_units:
        print(f"{options.lock}: {len(check.open_units)} of {check.units} units are open")
        if options.no_open:
            for unit in check.open_units:
                print(f"  open {unit}")
    if check.problems:
        return 2
    if options.todo:
        edition, features = Edition.read(options.edition), Features.read(options.features)
        left = [str(each) for each in todo(edition, features, SourceLock.read(options.lock))]
        print(f"next: {left[0]}" if left else "nothing is left to do: the guide has its proof")
        for line in left[1:]:
            print(f"then: {line}")
    return int(options.no_open and bool(check.open_units))


def _audit(options: argparse.Namespace) -> int:
    errata = Errata.read(options.errata)
    writes = options.accept or options.accept_other or options.renew
    if writes and not options.lock.exists():
        lock = SourceLock(str(options.lock), options.file.name, ())
    else:
        lock = SourceLock.read(options.lock, renew=options.renew)
    errata.refuse_strays(lock)
    name = options.file.name
    further = name in options.sources and name not in lock.sources  # nothing is locked of it yet
    part = SourceLock(lock.file, name, ()) if further else lock.part(name)
    audit = Audit.of(options.file, part, errata, renew=options.renew)
    if writes and not options.accept_other:
        refuse_another(audit)
    for drift in audit.drifts:
        print(drift)
    scenarios = Features.examine(options.features).scenarios
    for erratum in audit.fixed:
        still = f"; {erratum.proof} can retire" if erratum.proof in scenarios else ""
        print(f"erratum {erratum.number} is fixed: {erratum.id}{still}")
    count = len(audit.drifts)
    print(
        f"{options.file}: {len(audit.guide.units)} units, {count} drifted, "
        f"{len(audit.standing)} errata open"
    )
    if writes:
        whole = lock if further or len(lock.sources) > 1 else None
        _write_accepted(audit, whole, options)
        return 0
    return int(bool(count))


def _write_accepted(audit: Audit, whole: SourceLock | None, options: argparse.Namespace) -> None:
    """Write what is accepted of one guide, into the `whole` lock where it is of several."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lock = Acceptance(audit, now, renew=options.renew).lock()
    (whole.with_part(lock) if whole else lock).write(options.lock)
    print(f"{options.lock}: written")
    opened = [unit for unit in lock.units if unit.fate.since == now]
    for unit in opened:
        print(f"open again: {unit.id}")
    if opened:
        print("run their scenarios, then: python -m guide fate --ran build/results.json")


def _patch(options: argparse.Namespace) -> int:
    lock, errata = SourceLock.read(options.lock), Errata.read(options.errata)
    errata.refuse_strays(lock)
    sys.stdout.write(patch(options.file, lock.part(options.file.name), errata))
    sys.stdout.flush()
    return 0


def _coverage(options: argparse.Namespace) -> int:
    edition = Edition.read(options.edition)
    coverage = Coverage(
        edition,
        Features.read(options.features, edition),
        SourceLock.read(options.lock),
        Errata.read(options.errata),
    )
    for line in coverage.lines():
        print(line)
    return 0


def _sentences(options: argparse.Namespace) -> int:
    book = shelf.find(options.book)
    known = Sentences.of(book.sentences)
    for problem in known.problems:
        raise problem
    for line in Vocabulary.of(known, Features.read(options.features)).lines():
        print(line)
    return 0


def _set_fate(options: argparse.Namespace) -> int:
    lock = SourceLock.read(options.lock)
    if options.ran:
        return _close_fates(lock, options)
    if options.unit not in lock.by_id:
        cure = near(options.unit, lock.by_id)
        raise GuideError(f'no unit "{options.unit}"', file=options.lock, cure=cure)
    fate = Fate(tuple(options.proven), tuple(options.erratum), options.excused.strip())
    if fate.is_open:
        what, cure = f'no fate is said for "{options.unit}"', "say --proven, --erratum or --excused"
        raise GuideError(what, file=options.lock, cure=cure)
    if fate.excused and (fate.proven or fate.errata):
        raise GuideError("an excused unit is neither proven nor an erratum", file=options.lock)
    units = tuple(
        replace(unit, fate=fate) if unit.id == options.unit else unit for unit in lock.units
    )
    replace(lock, units=units).write(options.lock)
    return 0


def _close_fates(lock: SourceLock, options: argparse.Namespace) -> int:
    if options.unit or options.proven or options.erratum or options.excused:
        raise GuideError("--ran stands alone", file=options.lock, cure="leave the unit out")
    edition, errata = Edition.read(options.edition), Errata.read(options.errata)
    after = Rerun.read(options.ran).closes(lock, errata, edition.content_hash)
    after.write(options.lock)
    waiting = [unit for unit in lock.units if unit.fate.was]
    still = [unit for unit in after.units if unit.fate.was]
    print(f"{options.lock}: {len(waiting) - len(still)} of {len(waiting)} fates given again")
    for unit in still:
        print(f"  open {unit.id}")
    return int(bool(still))


if __name__ == "__main__":
    unread.go_on()
    sys.exit(main())
