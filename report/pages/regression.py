"""The page of the regression report: what changed in the last night."""

from __future__ import annotations

from guide import GuideError
from report.errors import ReportError
from report.history import History
from report.known.book import Book
from report.regression import told
from report.regression.night import report
from report.regression.quarantine import Quarantine
from report.regression.reported import Reported

# It repeats what steps failed with: who searches for a message wants the step.
_UNSEARCHED = "---\nsearch:\n  exclude: true\n---\n\n"


def markdown(book: Book, known: History) -> str:
    """What `make regression` says of the book's runs; why it says nothing, where it does not.

    `known` tells what of the history could not be read.
    """
    try:
        quarantine = Quarantine.read(book.of.file.parent) if book.of else Quarantine()
        problems, reported = known.problems, Reported.read(known.folder)
        made = report(book.history, quarantine, book.now, problems, known.torn, reported=reported)
        return _UNSEARCHED + told.markdown(made)
    except (GuideError, ReportError) as error:
        none = f"There is none: {told.safe(str(error))}"
        return f"{_UNSEARCHED}# Regression report\n\n{none}\n"
