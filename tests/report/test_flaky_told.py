"""What passed only when it was tried again is told as flaky in the terminal as well."""

from __future__ import annotations

import io
from dataclasses import replace

from full_results import FULL
from rich.console import Console

from report.live import LiveView
from report.plain import PlainView
from report.reminder import reminder
from report.results import Results
from report.summary import summary

PASSED = replace(FULL.scenarios[0], status="passed", error="", attempts=1, failed_attempts=())
FLAKY = replace(PASSED, id="shop/again", name="Tried again", attempts=2)
RESULTS = Results(replace(FULL.run, exit_code=1, book="shop", stopped=""), (PASSED, FLAKY))


def test_the_counts_of_a_run_call_it_flaky_and_not_passed() -> None:
    lines = [line for line, _ in summary(RESULTS, "make e2e", "build/results.json")]
    [counts] = [line for line in lines if " passed" in line]
    assert counts.startswith("✗ 1 passed, 1 flaky in ")
    assert "run more than once: shop/again" in lines


def test_a_book_that_ended_with_1_for_it_says_so_at_the_end_of_all_books() -> None:
    assert list(reminder(RESULTS)) == [
        "book shop: its run ended with 1",
        "  ~ flaky: shop/again: it passed at attempt 2: that is not green",
    ]


def test_the_line_of_a_scenario_calls_it_flaky() -> None:
    for made in (PlainView, lambda file: LiveView(file, console=Console(file=file))):
        file = io.StringIO()
        view = made(file)
        view.scenario_done(FLAKY)
        view.close()
        assert "~" in file.getvalue()
        assert " flaky" in file.getvalue()
        assert "✔" not in file.getvalue()
