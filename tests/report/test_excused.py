"""A run does not fail for what is in quarantine, and for everything else it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from report import __main__ as report
from report.excused import Excused
from report.history import History
from report.reasons import NOT_SELECTED
from report.results import Results, Run, ScenarioResult

AT = "2026-11-20T01:00:00.000Z"
ENTRY = "- {id: shop/opens, reason: its image is gone, until: %s}\n"
OPENS, CLOSES = "shop/opens", "shop/closes"


def scenario(name: str, status: str, **more: object) -> ScenarioResult:
    made = ScenarioResult(name, "features/shop.feature", name, (), (), status, 1)
    return ScenarioResult(**{**vars(made), **more})


def run(*scenarios: ScenarioResult, code: int = 1, stopped: str = "") -> Results:
    header = Run("r1", AT, AT, 1.0, "embedded", {}, "e", "h", exit_code=code, stopped=stopped)
    return Results(header, scenarios)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    (tmp_path / "quarantine.yaml").write_text(ENTRY % "2026-11-20")
    return tmp_path


def test_a_failure_in_quarantine_is_named_and_does_not_count(book: Path) -> None:
    found = Excused.of(run(scenario(OPENS, "failed"), scenario(CLOSES, "passed")), book)
    assert found.whole
    assert found.lines == ("failed in quarantine, until 2026-11-20: shop/opens: its image is gone",)


def test_past_its_day_it_fails_again(book: Path) -> None:
    (book / "quarantine.yaml").write_text(ENTRY % "2026-11-19")
    found = Excused.of(run(scenario(OPENS, "failed")), book)
    assert (found.whole, found.lines) == (False, ())


def test_a_row_of_an_outline_that_is_in_quarantine_and_a_flaky_one_do_not_count(
    book: Path,
) -> None:
    row = scenario("shop/opens[2]", "failed")
    assert Excused.of(run(row, scenario(OPENS, "passed", attempts=2)), book).whole


@pytest.mark.parametrize(
    "other",
    [
        run(scenario(OPENS, "failed"), scenario(CLOSES, "failed")),
        run(scenario(OPENS, "failed"), scenario(CLOSES, "passed", attempts=2)),
        run(scenario(OPENS, "failed"), scenario(CLOSES, "not_run", error="not begun")),
        run(scenario(OPENS, "failed"), stopped="interrupted"),
        run(scenario(OPENS, "passed")),
        run(),
    ],
    ids=["another-failed", "another-flaky", "another-not-run", "stopped", "no-failure", "empty"],
)
def test_what_else_made_a_run_fail_is_not_excused(book: Path, other: Results) -> None:
    assert not Excused.of(other, book).whole


def test_what_was_not_selected_hinders_nothing(book: Path) -> None:
    left = scenario(CLOSES, "not_run", error=f"{NOT_SELECTED} (FEATURE=shop/opens)", attempts=0)
    assert Excused.of(run(scenario(OPENS, "failed"), left), book).whole


@pytest.mark.parametrize(("until", "code"), [("2026-11-20", 0), ("2026-11-19", 1)])
def test_the_end_of_make_e2e(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, until: str, code: int
) -> None:
    """The run is in the history as it was; only how `report after` ends differs."""
    book = tmp_path / "books/shop"
    book.mkdir(parents=True)
    (book / "quarantine.yaml").write_text(ENTRY % until)
    results = tmp_path / "build/results.json"
    results.parent.mkdir()
    run(scenario(OPENS, "failed")).write(results)

    class Shop:
        file = book / "book.yaml"

        def build(self) -> Path:
            return results.parent

    monkeypatch.setattr(report.shelf, "several", lambda text: [Shop()])
    monkeypatch.setattr(report, "make_site", lambda options: 0)
    assert report.main(["after", "--code", "1"]) == code
    [kept] = History.read(results.parent / "history").runs
    assert (kept.exit_code, kept.scenarios[OPENS].status) == (1, "failed")


@pytest.mark.parametrize("code", [3, 130])
def test_no_other_end_is_excused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "make_site", lambda options: 0)
    monkeypatch.setattr(report, "only_known", lambda files: True)
    run(scenario(OPENS, "failed"), code=code).write(tmp_path / "build/results.json")
    assert report.main(["after", "--code", str(code)]) == code
