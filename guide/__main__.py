"""`python -m guide check | audit | patch | coverage | fate`: print, and write the lock if told to.

Exit codes: 0 nothing to say; 1 the guide has drifted, or units are open under --no-open; 2 wrong
use or bad input.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from guide import shelf
from guide.audit import Audit
from guide.check import Check
from guide.coverage import Coverage
from guide.edition import Edition
from guide.erratum import Errata
from guide.errors import GuideError, near
from guide.fate import Fate
from guide.features import Features
from guide.lock import SourceLock
from guide.patch import patch

PARTS = ("edition", "features", "lock", "errata")


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
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; Python must not complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _take_parts(options: argparse.Namespace) -> None:
    """Take from the book what was not named apart."""
    missing = [part for part in PARTS if getattr(options, part) is None]
    if missing:
        book = shelf.find(options.book)
        for part in missing:
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
    guide = "any Markdown guide"
    sub = command("audit", _audit, "compare a source guide with its lock", guide)
    sub.add_argument("--accept", action="store_true", help="write the lock as the guide now is")
    command("patch", _patch, "print the diff that corrects every erratum", guide)
    command("coverage", _coverage, "list what proves each unit, and what each scenario proves")
    sub = command("fate", _set_fate, "write the fate of a unit into the lock")
    sub.add_argument("unit", help="the id of the unit")
    sub.add_argument("--proven", nargs="+", default=[], metavar="SCENARIO")
    sub.add_argument("--erratum", nargs="+", default=[], metavar="ERRATUM")
    sub.add_argument("--excused", default="", metavar="REASON")
    return parser


def _check(options: argparse.Namespace) -> int:
    check = Check.of(options.edition, options.features, options.lock, options.errata)
    for problem in check.problems:
        print(problem, file=sys.stderr)
    if check.open_units:
        print(f"{options.lock}: {len(check.open_units)} of {check.units} units are open")
        if options.no_open:
            for unit in check.open_units:
                print(f"  open {unit}")
    if check.problems:
        return 2
    return int(options.no_open and bool(check.open_units))


def _audit(options: argparse.Namespace) -> int:
    errata = Errata.read(options.errata)
    if options.accept and not options.lock.exists():
        lock = SourceLock(str(options.lock), options.file.name, ())
    else:
        lock = SourceLock.read(options.lock)
    audit = Audit.of(options.file, lock, errata)
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
    if options.accept:
        options.lock.parent.mkdir(parents=True, exist_ok=True)
        options.lock.write_text(audit.accepted().text(), encoding="utf-8")
        print(f"{options.lock}: written")
        return 0
    return int(bool(count))


def _patch(options: argparse.Namespace) -> int:
    lock, errata = SourceLock.read(options.lock), Errata.read(options.errata)
    sys.stdout.write(patch(options.file, lock, errata))
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


def _set_fate(options: argparse.Namespace) -> int:
    lock = SourceLock.read(options.lock)
    if options.unit not in lock.by_id:
        cure = near(options.unit, lock.by_id)
        raise GuideError(f'no unit "{options.unit}"', file=options.lock, cure=cure)
    fate = Fate(tuple(options.proven), tuple(options.erratum), options.excused.strip())
    if fate.excused and (fate.proven or fate.errata):
        raise GuideError("an excused unit is neither proven nor an erratum", file=options.lock)
    units = tuple(
        replace(unit, fate=fate) if unit.id == options.unit else unit for unit in lock.units
    )
    options.lock.write_text(replace(lock, units=units).text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
