"""`python -m steps.nightly`: every cell of the matrix, then what changed since the last night.

Exit codes: 0 nothing new; 1 a new failure; 2 wrong use or bad input; 3 a cell could not be brought
up; 130 interrupted, cleaned up.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from guide import Book, unread
from guide.ending import INTERRUPTED, NIGHT_FIRST, worst
from guide.errors import BadInput
from report.regression.cli import look
from report.selection import Selection
from report.surroundings import now
from sandbox import from_path
from sandbox.errors import SandboxError, UsageError
from sandbox.interrupts import interruptible
from sandbox.providers import choice
from sandbox.toolchain.caches import Caches
from sandbox.toolchain.pins import Versions
from sandbox.toolchain.store import Store
from steps import apart, cell_run, junits, wanted
from steps.arguments import at_once_of, retries_of, workers_of
from steps.cell_run import CellRun
from steps.in_turn import Stopped, in_turn
from steps.lanes import Lanes
from steps.matrix import FILE, Cell, Matrix
from steps.one_night import one_night
from steps.proved import Proved
from steps.run_end import RunEnd
from steps.side_by_side import one_by_one, side_by_side
from steps.tomorrow import Tomorrow
from steps.verdict import Verdict


@dataclass(frozen=True)
class Told:
    """What the cells of a night have come to."""

    codes: list[int]
    """Those that count."""
    lost: list[Cell] = field(default_factory=list)
    """The cells of which nothing of tonight is in the history."""
    ran: list[Cell] = field(default_factory=list)
    """Those of which a run of tonight is."""

    def take(self, one: CellRun, end: RunEnd) -> None:
        """Record a run."""
        codes, there = one.record(end)
        self.codes.extend(codes)
        (self.ran if there else self.lost).append(one.cell)


def run(
    cells: Sequence[Cell], arguments: argparse.Namespace, tomorrow: Tomorrow | None = None
) -> int:
    """Run the cells, as many at once as there is room for, then report on all of them.

    Tomorrow's come last, one at a time: they are held against what was proved tonight.
    """
    told = Told([tomorrow.code if tomorrow else 0])
    verdicts: list[Verdict] = []
    for book in _books(cells):
        apart.sweep(book.build())
        junits.clear(book.build())
    with in_turn() as turns:
        began = now()
        runs = [
            CellRun(cell, arguments, turns, number, len(cells), night=began)
            for number, cell in enumerate(cells, 1)
        ]
        newer = [one for one in runs if tomorrow and one.cell.newer]
        proved = _today([one for one in runs if one not in newer], told)
        for book in _books(cells):
            apart.close(book.build())
        for one in newer:
            if tomorrow and not turns.received:
                verdicts += _tomorrow(one, tomorrow, proved, told)
        for book in _books(cells):
            if not turns.received:
                print(f"book {book.name}: what changed since the last night", flush=True)
                words = ["report", "regression", f"--book={book.file.parent}"]
                words += [f"--unrecorded={cell.name}" for cell in told.lost if cell.book == book]
                words += [f"--ran={cell.name}" for cell in told.ran if cell.book == book]
                told.codes.append(turns.run([*cell_run.PYTHON, *words]))
        if tomorrow:
            told.codes.append(_write(tomorrow, verdicts, bool(turns.received)))
    if turns.received:
        told.codes.append(INTERRUPTED)
    told.codes.extend(verdict.code for verdict in verdicts)
    return worst(told.codes, NIGHT_FIRST)


def _today(runs: Sequence[CellRun], told: Told) -> dict[str, Proved]:
    """Run the cells on the pins; what each has proved, by its name."""
    lanes = Lanes.of([one.cell for one in runs], runs[0].asked) if runs else Lanes()
    if lanes.said:
        print(lanes.said, flush=True)
    proved = {}
    given = [lanes.given(one) for one in runs]
    for one, end in side_by_side(given, lanes.count) if lanes.count > 1 else one_by_one(given):
        if end is not None:
            proved[one.cell.name] = one.proved(end)
            told.take(one, end)
    return proved


def _tomorrow(
    one: CellRun, tomorrow: Tomorrow, proved: dict[str, Proved], told: Told
) -> Iterable[Verdict]:
    """What is said of each newer version, as far as it comes to that."""
    one.say("" if tomorrow.concerns(one.cell) else "runs nothing: nothing that is newer is for it")
    own = proved.get(replace(one.cell, newer="").name)
    lacking = choice.lacking(one.cell.provider)
    verdicts: list[Verdict] = []
    with suppress(Stopped):
        verdicts += tomorrow.judge(one.cell, own, partial(_prove, one, told), lacking)
    return verdicts


def _prove(
    one: CellRun, told: Told, cell: Cell, tree: Path | None, trouble: str, only: str
) -> Proved:
    """Run a cell on another tree, or on part of what is asked for; what it has proved.

    Raises Stopped once a signal has come.
    """
    asked = argparse.Namespace(**{**vars(one.asked), "feature": only or one.asked.feature})
    there = replace(one, cell=cell, asked=asked, tree=tree, trouble=trouble)
    end = there.prove()
    if end is not None:
        told.take(there, end)
    if end is None or one.turns.received:
        raise Stopped
    return there.proved(end)


def _write(tomorrow: Tomorrow, verdicts: Sequence[Verdict], interrupted: bool) -> int:
    try:
        tomorrow.write(verdicts, interrupted)
    except SandboxError as error:  # what the night has found must not go with it
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _books(cells: Sequence[Cell]) -> Iterable[Book]:
    return {cell.book.file.parent: cell.book for cell in cells}.values()


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; the only place where an error ends."""
    parser = argparse.ArgumentParser(prog="python -m steps.nightly", description=__doc__)
    parser.add_argument("--matrix", type=Path, default=FILE, help="default: nightly.yaml")
    parser.add_argument("--cells", default="", help="names by commas, * for any letters")
    parser.add_argument("--workers", default="1", help="sandboxes at once in a cell")
    parser.add_argument("--at-once", default="1", help="cells at once, auto: as many as fit")
    parser.add_argument("--retries", default="0", help="further tries of what failed")
    parser.add_argument("--feature", default="", help="features or scenario ids, by commas")
    parser.add_argument("--tags", default="", help="for example: @containers and not @slow")
    parser.add_argument("--next", action="store_true", help="also on what is newer than the pins")
    parser.add_argument("--bisect", action="store_true", help="also which version broke first")
    arguments = parser.parse_args(argv)
    try:
        workers_of(arguments.workers)
        at_once_of(arguments.at_once)
        retries_of(arguments.retries)
        from_path.asked()
        if asked := Versions.asked().settings:
            what = f"{' '.join(asked)} is not asked here: the matrix names the versions"
            raise UsageError(what, cure=f"leave it out, or put it into {arguments.matrix}")
        if arguments.bisect and not arguments.next:
            raise UsageError("BISECT=1 looks between newer versions", cure="make nightly NEXT=1")
        matrix, tomorrow = Matrix.read(arguments.matrix), None
        matrix = matrix.with_tomorrow() if arguments.next else matrix
        cells = matrix.only(arguments.cells)
        if arguments.next and not any(cell.newer for cell in cells):
            what = "NEXT=1: none of the cells has a tomorrow: " + ", ".join(
                cell.name for cell in cells
            )
            cure = "choose one on own versions, or leave NEXT=1 out"
            raise UsageError(f"{what}; only cells on own versions have one", cure=cure)
        books = _books(cells)
        wanted.look_in_all(books, arguments.feature, arguments.tags, wanted.cells)
        for book in books:
            look(book)  # or its mistake would be told when all has run, and nothing be recorded
        with one_night(), Caches(Store.of_user()).shared():
            if arguments.next:
                with interruptible():
                    on = frozenset(cell.provider for cell in cells if cell.newer)
                    part = str(Selection(arguments.feature, arguments.tags))
                    tomorrow = Tomorrow.look(arguments.bisect, on, part)
            return run(cells, arguments, tomorrow)
    except KeyboardInterrupt:
        print("interrupted while asking for newer versions; nothing was run", file=sys.stderr)
        return INTERRUPTED
    except (BadInput, SandboxError) as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    unread.go_on()
    raise SystemExit(main())
