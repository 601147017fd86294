"""`python -m report regression`: what changed since the last run of each cell."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guide import shelf
from report.files import replace
from report.history import History
from report.pages.cli import moment_of
from report.pages.secrets import masked_past
from report.regression import told
from report.regression.finding import Report
from report.regression.night import report
from report.regression.quarantine import Quarantine

NAMES = ("regression.md", "regression.json")


def add_regression(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser = commands.add_parser("regression", help="what changed since the last run")
    parser.add_argument("--book", default="", help="name or folder of the book")
    parser.add_argument("--history", type=Path)
    parser.add_argument("--out", type=Path, help="where the files go; default: where runs go")
    parser.add_argument("--now", type=moment_of, help="when clocks are judged, ISO 8601 (now)")
    parser.set_defaults(do=_regression)


def _regression(options: argparse.Namespace) -> int:
    book = shelf.find(options.book)
    build = book.build()
    made = made_of(options.history or build / "history", book.file.parent, options.now)
    write(made, options.out or build)
    for line in told.terminal(made):
        print(line)
    return made.exit_code


def made_of(history: Path, book: Path, now: datetime | None = None) -> Report:
    """The report of a history, with the quarantine of a book's folder."""
    quarantine = Quarantine.read(book)
    known = History.read(history)
    runs = [masked_past(run) for run in known.runs]
    return report(runs, quarantine, now or datetime.now(UTC), known.problems)


def write(made: Report, folder: Path) -> None:
    """Write it as Markdown and as JSON."""
    page, data = NAMES
    replace(folder / page, told.markdown(made).encode())
    replace(folder / data, json.dumps(told.document(made), indent=1).encode() + b"\n")
