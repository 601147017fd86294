"""`python -m report regression`: what changed since the last run of each cell."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guide import Book, shelf
from report.errors import ReportError
from report.files import replace
from report.history import History
from report.known.secrets import masked_past
from report.regression import issue, told
from report.regression.finding import Report
from report.regression.night import report
from report.regression.outbox import Outbox
from report.regression.quarantine import Quarantine
from report.regression.reported import Reported
from report.regression.webhook import Webhook
from report.site.cli import moment_of

NAMES = ("regression.md", "regression.json", issue.NAME)


def add_regression(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser = commands.add_parser("regression", help="what changed since the last run")
    parser.add_argument("--book", default="", help="name or folder of the book")
    parser.add_argument("--history", type=Path)
    parser.add_argument("--out", type=Path, help="where the files go; default: where runs go")
    parser.add_argument("--now", type=moment_of, help="when clocks are judged, ISO 8601 (now)")
    lost = "a cell of which no run of tonight is in the history"
    parser.add_argument("--unrecorded", action="append", default=[], metavar="CELL", help=lost)
    ran = "a cell of which a run of tonight is in the history, however long ago it ended"
    parser.add_argument("--ran", action="append", default=[], metavar="CELL", help=ran)
    parser.set_defaults(do=_regression)


def look(book: Book) -> None:
    """Read what a report on the book will be made of, before a night has run for it.

    BadInput for what cannot be taken.
    """
    Quarantine.read(book.file.parent)
    history = book.build() / "history"
    History.read(history)
    Reported.read(history)
    if Webhook.of(os.environ) is not None:
        Outbox.read(history)


def _regression(options: argparse.Namespace) -> int:
    webhook = Webhook.of(os.environ)
    book = shelf.find(options.book)
    build = book.build()
    history = options.history or build / "history"
    reported = Reported.read(history)
    lost, ran = options.unrecorded, options.ran
    made = made_of(history, book.file.parent, options.now, lost, ran, reported)
    write(made, options.out or build)
    for line in told.terminal(made):
        print(line)
    if webhook is not None:
        _tell(made, history, webhook)
    # Last of all: what could not be told to its end is new to the next report too.
    try:
        reported.write(history, made.told)
    except ReportError as error:  # of a history that is only read: the report is made
        print(error, file=sys.stderr)
    return made.exit_code


def _tell(made: Report, history: Path, webhook: Webhook) -> None:
    with Outbox.opened(history) as outbox:
        outbox.take(made)
        count = len(outbox.waiting)
        sent = outbox.send(webhook.send)
        aside = outbox.aside
    if count:
        print(f"webhook: {sent.taken} of {count} messages sent")
    for message, answer in sent.refused:
        what = f'the webhook refused "{message.title}" for good: {answer.why}'
        print(f"{what}; it is kept in {aside}. Cure: {answer.cure}", file=sys.stderr)
    if why := sent.left.why:
        cure = f". Cure: {sent.left.cure}" if sent.left.cure else ""
        what = f"the webhook did not take a message: {why}"
        print(f"{what}; the next run sends it{cure}", file=sys.stderr)


def made_of(
    history: Path,
    book: Path,
    now: datetime | None = None,
    unrecorded: Collection[str] = (),
    ran: Collection[str] = (),
    reported: Reported | None = None,
) -> Report:
    """The report of a history, with the quarantine of a book's folder.

    `unrecorded` are cells of which no run of tonight is in it, `ran` those of which one is.
    `reported` is what was told before, where that is known.
    """
    quarantine = Quarantine.read(book)
    known = History.read(history)
    runs = [masked_past(run) for run in known.runs]
    moment = now or datetime.now(UTC)
    return report(runs, quarantine, moment, known.problems, known.torn, unrecorded, ran, reported)


def write(made: Report, folder: Path) -> None:
    """Write it as Markdown and as JSON, and what can be filed as an issue, if there is any."""
    page, data, filed = NAMES
    replace(folder / page, told.markdown(made).encode())
    replace(folder / data, json.dumps(told.document(made), indent=1).encode() + b"\n")
    text = issue.issue(made)
    if text:
        replace(folder / filed, text.encode())
    else:
        (folder / filed).unlink(missing_ok=True)  # of an earlier night
