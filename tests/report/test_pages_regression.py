"""The page of the regression report says what `make regression` says of the same history."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import site_sample as sample

from report.history import History
from report.pages import regression
from report.regression import told
from report.regression.night import report
from report.regression.quarantine import Quarantine
from report.site.site import Site


def test_the_page_is_the_report_of_the_history(site: Site) -> None:
    """The site is built of a red run after green ones, and mkdocs takes what they said."""
    page = (site.source / "regression.md").read_text()
    book, history = site.inputs.read()
    made = report(book.history, Quarantine(), book.now, history.problems, history.torn)
    # Not searched: who types a message looks for its step, not for its last failure.
    assert page == f"---\nsearch:\n  exclude: true\n---\n\n{told.markdown(made)}"
    assert [cell for cell in made.cells if cell.findings], "the sample has something to tell"
    shown = (site.out / "regression.html").read_text()
    for cell in made.cells:
        assert cell.cell in shown
        assert all(event.scenario in shown for each in cell.findings for event in each.events)


def test_a_secret_in_an_error_is_not_on_the_page(site: Site) -> None:
    assert sample.TOKEN not in (site.out / "regression.html").read_text()


def test_a_book_without_a_run_says_that_there_is_no_report(tmp_path: Path) -> None:
    _, book = sample.write(tmp_path)
    empty = dataclasses.replace(book, history=[])
    page = regression.markdown(empty, History(tmp_path, (), ()))
    assert "# Regression report\n\nThere is none: the history has no run" in page
