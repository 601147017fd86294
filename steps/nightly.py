"""`python -m steps.nightly`: every cell of the matrix, then what changed since the last night.

Exit codes: 0 nothing new; 1 a new failure; 2 wrong use or bad input; 3 a cell could not be brought
up; 130 interrupted, cleaned up.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from guide import shelf
from guide.ending import INTERRUPTED, NIGHT_FIRST, worst
from guide.errors import BadInput
from report.regression.quarantine import Quarantine
from sandbox import from_path
from sandbox.errors import SandboxError, UsageError
from sandbox.interrupts import interruptible
from sandbox.providers import choice
from sandbox.toolchain.caches import Caches
from sandbox.toolchain.newer.python import of_tree
from sandbox.toolchain.pins import Versions
from sandbox.toolchain.store import Store
from steps import wanted
from steps.arguments import retries_of, workers_of
from steps.in_turn import InTurn, Stopped, in_turn
from steps.matrix import FILE, Cell, Matrix
from steps.proved import Proved
from steps.tomorrow import Tomorrow
from steps.verdict import Verdict

CELL = "PROOFBOOK_CELL"
"""Tells a run which cell of the matrix it is (report/surroundings.py reads it)."""
_PYTHON = (sys.executable, "-m")
_FOLDERS = ("PROOFBOOK_CACHE", "PROOFBOOK_STATE")
_AGAIN = "make nightly NEXT=1"
"""What runs a cell on newer versions again."""
_ENDS = (0, 1, 3, INTERRUPTED)
"""How a run of a cell ends that has left results of its own."""


def run(
    cells: Sequence[Cell], arguments: argparse.Namespace, tomorrow: Tomorrow | None = None
) -> int:
    """Run the cells one after the other, then report on all of them."""
    codes = [tomorrow.code if tomorrow else 0]
    proved: dict[str, Proved] = {}
    verdicts: list[Verdict] = []
    with in_turn() as turns:
        for number, cell in enumerate(cells, 1):
            if turns.received:
                break
            print(f"cell {number} of {len(cells)}: {cell.name}", flush=True)
            if tomorrow and cell.newer:
                prove = partial(_prove, turns, arguments, codes)
                own = proved.get(replace(cell, newer="").name)
                lacking = choice.lacking(cell.provider)
                with suppress(Stopped):
                    verdicts += tomorrow.judge(cell, own, prove, lacking)
            else:
                with suppress(Stopped):
                    proved[cell.name] = _prove(turns, arguments, codes, cell)
        for book in {cell.book.file.parent: cell.book for cell in cells}.values():
            if not turns.received:
                print(f"book {book.name}: what changed since the last night", flush=True)
                codes.append(
                    turns.run([*_PYTHON, "report", "regression", f"--book={book.file.parent}"])
                )
        if tomorrow and not turns.received:
            tomorrow.write(verdicts)
    if turns.received:
        codes.append(INTERRUPTED)
    codes += [1] if any(verdict.breaks for verdict in verdicts) else []
    return worst(codes, NIGHT_FIRST)


def _prove(
    turns: InTurn,
    arguments: argparse.Namespace,
    codes: list[int],
    cell: Cell,
    tree: Path | None = None,
    trouble: str = "",
    only: str = "",
) -> Proved:
    """Run a cell, on another tree where one is named; what it has proved.

    Raises Stopped once a signal has come.
    """
    asked = argparse.Namespace(**{**vars(arguments), "feature": only or arguments.feature})
    if not turns.received:
        codes += _night(turns, cell, asked, tree, trouble)
    if turns.received:
        raise Stopped
    return Proved.read(cell.book.build() / "results.json")


def _night(
    turns: InTurn, cell: Cell, arguments: argparse.Namespace, tree: Path | None, trouble: str
) -> list[int]:
    """One cell: its run, and its place in the history whatever became of the run."""
    env = {**os.environ, **cell.versions.env, CELL: cell.name}
    results = cell.book.build() / "results.json"
    before = _id(results)
    try:
        if trouble:
            raise UsageError(trouble)
        choice.refuse(cell.provider, cell.versions)
        there = {**env, **_of_tree(tree)} if tree else env
        code, why = turns.run(_steps(cell, arguments, tree), there, tree), ""
    except SandboxError as error:
        code, why = error.exit_code, f"could not begin: {error}"
    if turns.received and code not in _ENDS:
        return []
    if code not in _ENDS or _id(results) in (None, before):
        why = why or f"ended with {code} before it had results; its output says more"
        code = turns.run(_lost(cell, why, arguments), env)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    words = [*_PYTHON, "report", "after", f"--code={code}", f"--book={cell.book.file.parent}"]
    kept = turns.run([*words, f"--now={now}"], env, late=True)
    # How the run ended is the report's to judge: what fails since long is not new.
    return [] if kept == code else [kept]


def _of_tree(tree: Path) -> dict[str, str]:
    """What else a run on another tree is told, whose folder becomes the current one."""
    kept = {name: os.environ[name] for name in _FOLDERS if os.environ.get(name)}
    absolute = {name: str(Path(value).absolute()) for name, value in kept.items()}
    return {**absolute, "PYTHONPATH": str(tree.absolute())}


def _steps(cell: Cell, arguments: argparse.Namespace, tree: Path | None) -> list[str]:
    book = cell.book.file.parent
    if tree and book.resolve().is_relative_to(shelf.ROOT.resolve()):
        book = tree.absolute() / book.resolve().relative_to(shelf.ROOT.resolve())
    python = [str(of_tree(tree)), *_PYTHON[1:]] if tree else _PYTHON
    words = [*python, "steps", f"--book={book.absolute() if tree else book}"]
    words += [f"--build={cell.book.build().resolve()}", f"--again={_AGAIN}"] if tree else []
    words += [f"--provider={cell.provider}"]
    words += [f"--feature={arguments.feature}", f"--tags={arguments.tags}"]
    return [*words, f"--workers={arguments.workers}", f"--retries={arguments.retries}"]


def _lost(cell: Cell, why: str, arguments: argparse.Namespace) -> list[str]:
    """The command that notes every scenario of the cell as not_run."""
    book = cell.book
    again = ["make e2e", book.setting, f"PROVIDER={cell.provider}"]
    again += cell.versions.settings
    if cell.newer:
        again = [_AGAIN]
    words = [*_PYTHON, "report", "lost", f"--out={book.build()}", "--code=3", f"--why={why}"]
    words += [f"--book-name={book.name}", f"--features-folder={book.features}"]
    words += [f"--edition-folder={book.edition}", f"--provider={cell.provider}"]
    words += [f"--only={arguments.feature}", f"--tags={arguments.tags.replace('@', '')}"]
    return [*words, f"--again={' '.join(filter(None, again))}"]


def _id(results: Path) -> str | None:
    """The run that results are of; None where there are none."""
    try:
        return str(json.loads(results.read_text(encoding="utf-8"))["run"]["id"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; the only place where an error ends."""
    parser = argparse.ArgumentParser(prog="python -m steps.nightly", description=__doc__)
    parser.add_argument("--matrix", type=Path, default=FILE, help="default: nightly.yaml")
    parser.add_argument("--cells", default="", help="names by commas, * for any letters")
    parser.add_argument("--workers", default="1", help="sandboxes at once in a cell")
    parser.add_argument("--retries", default="0", help="further tries of what failed")
    parser.add_argument("--feature", default="", help="features or scenario ids, by commas")
    parser.add_argument("--tags", default="", help="for example: @containers and not @slow")
    parser.add_argument("--next", action="store_true", help="also on what is newer than the pins")
    parser.add_argument("--bisect", action="store_true", help="also which version broke first")
    arguments = parser.parse_args(argv)
    try:
        workers_of(arguments.workers)
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
        books = {cell.book.file: cell.book for cell in cells}.values()
        wanted.look_in_all(books, arguments.feature, arguments.tags, wanted.cells)
        for book in books:
            Quarantine.read(book.file.parent)
        with Caches(Store.of_user()).shared():
            if arguments.next:
                with interruptible():
                    tomorrow = Tomorrow.look(arguments.bisect)
            return run(cells, arguments, tomorrow)
    except KeyboardInterrupt:
        print("interrupted while asking for newer versions; nothing was run", file=sys.stderr)
        return INTERRUPTED
    except (BadInput, SandboxError) as error:
        print(error, file=sys.stderr)
        return error.exit_code


if __name__ == "__main__":
    raise SystemExit(main())
