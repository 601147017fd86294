"""What is recorded and shown after a run: its own results, or none."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from report import __main__ as report
from report.history import History
from report.reasons import NOT_SELECTED
from report.results import Results, Run, ScenarioResult, Status
from report.site.site import MARK

SHOWN: list[str] = []


def results(
    name: str, exit_code: int | None, *scenarios: ScenarioResult, book: str = "", stopped: str = ""
) -> Results:
    at = "2026-01-01T00:00:00.000Z"
    facts = Run(name, at, at, 1.0, "embedded", {}, "e", "h", exit_code=exit_code)
    return Results(replace(facts, book=book, stopped=stopped), scenarios)


def scenario(name: str, status: Status, error: str = "") -> ScenarioResult:
    return ScenarioResult(name, "features/a.feature", name, (), (), status, error=error)


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the site of an older run."""
    SHOWN.clear()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(report, "make_site", lambda options: SHOWN.append("site") or 0)
    site = tmp_path / "build/site"
    site.mkdir(parents=True)
    (site / MARK).write_text("")
    return tmp_path / "build"


def recorded(build: Path) -> list[str]:
    return [run.id for run in History.read(build / "history").runs]


def after(code: int) -> int:
    return report.main(["after", "--code", str(code)])


@pytest.mark.parametrize("code", [0, 1, 2, 3, 130])
def test_results_of_this_run_are_recorded_and_shown(build: Path, code: int) -> None:
    results("new", code).write(build / "results.json")
    assert after(code) == code
    assert (recorded(build), SHOWN) == (["new"], ["site"])


KILLED = "was ended by SIGKILL (the machine was out of memory, or somebody killed it)"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (137, KILLED),
        (139, "was ended by SIGSEGV"),
        (143, "was ended by SIGTERM"),
        (255, "ended with exit code 255"),
        (77, "ended with exit code 77"),
        (3, ""),
        (0, ""),
    ],
)
def test_a_run_that_broke_off_is_recorded_as_far_as_it_came_and_said(
    build: Path, capsys: pytest.CaptureFixture[str], code: int, why: str
) -> None:
    results("new", None).write(build / "results.json")
    assert after(code) == 3
    assert (recorded(build), SHOWN) == (["new"], ["site"])
    assert Results.read(build / "results.json").run.stopped == why
    told = capsys.readouterr().err
    assert "run new broke off: it never said how it ended" in told
    assert not why or f"the run {why}\n" in told


def test_what_a_run_has_said_itself_stays(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results("new", 1).write(build / "results.json")
    before = (build / "results.json").read_bytes()
    assert after(137) == 3  # it was killed on its way out: nobody knows what it left undone
    assert (build / "results.json").read_bytes() == before
    assert f"the run {KILLED}" in capsys.readouterr().err


@pytest.mark.parametrize(("code", "ends"), [(3, 3), (137, 3), (0, 3)])
def test_a_run_that_left_nothing_takes_the_older_site_with_it(
    build: Path, code: int, ends: int
) -> None:
    assert after(code) == ends
    assert not (build / "site").exists()
    assert SHOWN == []


def test_wrong_use_shows_nothing_anew_and_says_nothing_of_the_last_run(
    build: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where that one broke off, or a line of the history is cut: it has been said."""
    results("old", None).write(build / "results.json")
    (build / "history").mkdir()
    (build / "history/runs.jsonl").write_text("{half\n")
    assert after(0) == 3
    SHOWN.clear()
    capsys.readouterr()
    assert after(2) == 2
    assert capsys.readouterr() == ("", "")
    assert (recorded(build), SHOWN) == (["old"], [])
    assert (build / "site").exists()


def test_wrong_use_of_a_book_that_is_not_there_has_been_said(
    build: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report.main(["after", "--code=2", "--book=nosuch"]) == 2
    assert capsys.readouterr() == ("", "")
    assert report.main(["after", "--code=3", "--book=nosuch"]) == 2
    assert "nosuch" in capsys.readouterr().err


def shelf_of(build: Path, *names: str) -> list[SimpleNamespace]:
    """Books with a build folder each."""
    return [
        SimpleNamespace(build=lambda each=each: build / each, file=build / each / "book.yaml")
        for each in names
    ]


def test_what_was_not_green_in_any_of_several_books_is_said_at_the_end(
    build: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(report.shelf, "several", lambda text: shelf_of(build, "first", "second"))
    left_out = scenario("a/c", "not_run", f"{NOT_SELECTED}: FEATURE=a")
    first = results(
        "one",
        3,
        scenario("a/a", "failed", "the pod is Pending\nsecond line"),
        scenario("a/b", "not_run", "worker 1 ended with exit code 3"),
        left_out,
        scenario("a/d", "passed"),
        book="first",
        stopped="no sandbox",
    )
    first.write(build / "first/results.json")
    results("two", 0, scenario("b/a", "passed"), left_out, book="second").write(
        build / "second/results.json"
    )
    assert after(3) == 3
    assert capsys.readouterr().err.splitlines() == [
        "book first: its run ended with 3, early: no sandbox",
        "  ✗ failed: a/a: the pod is Pending",
        "  ○ not run: a/b: worker 1 ended with exit code 3",
    ]
    assert after(2) == 2  # wrong use: what is there is of the run before
    assert capsys.readouterr().err == ""


def test_one_book_has_said_so_itself(build: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results("one", 1, scenario("a/a", "failed", "why")).write(build / "results.json")
    assert after(1) == 1
    assert capsys.readouterr().err == ""
