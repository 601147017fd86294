"""The regression report from the command line: its files, its words, its exit codes."""

import json
from pathlib import Path

import pytest
from small_history import (
    OPENS,
    command,
    judged,
    nights,
    run,
)

from report.__main__ import main
from report.errors import ReportError


@pytest.fixture
def book(tmp_path: Path) -> Path:
    history = tmp_path / "history"
    history.mkdir()
    lines = [one.line() + "\n" for one in nights("passed", "failed")]
    (history / "runs.jsonl").write_text("".join(lines))
    return tmp_path


def test_regression_from_the_command_line(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command(book)) == 1
    said = capsys.readouterr().out
    assert "✗ new failure: shop/opens: it broke" in said
    assert "since run day-1 (2026-11-02); last green in run day-0 (2026-11-01)" in said
    data = json.loads((book / "regression.json").read_text())
    assert (data["schema"], data["exit_code"]) == (1, 1)
    ((finding,),) = [cell["findings"] for cell in data["cells"]]
    assert (finding["kind"], finding["words"]) == ("new failure", "it broke")
    assert [one["id"] for one in finding["scenarios"]] == [OPENS]
    page = (book / "regression.md").read_text()
    assert "### New failure\n\n- **new failure: shop/opens: it broke**" in page
    with (book / "history" / "runs.jsonl").open("a") as file:
        file.write(run(2, {OPENS: "passed"}, code={"steps": "s2"}).line() + "\n{half")
    assert main(command(book)) == 3, "the newest run is not judged"
    said = capsys.readouterr().out
    assert "✗ the newest line of the history is not a whole run" in said
    assert "✔ fixed: shop/opens" in said
    assert "left out: " in said


def test_an_old_run_is_not_the_one_of_tonight(
    book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (book / "history" / "runs.jsonl").open("a") as file:
        file.write(run(2, {OPENS: "passed"}, code={"steps": "s2"}).line() + "\n")
    assert main(command(book)) == 0
    words = command(book)
    words[words.index("--now") + 1] = "2026-12-24T00:00:00Z"
    assert main(words) == 3
    assert "none of tonight is recorded" in capsys.readouterr().out


def test_words_of_a_failure_are_words_in_markdown_too(book: Path) -> None:
    nasty = {
        "status": "failed",
        "reason": "<b>*it*</b> `broke` | [x](y) & token: glpat-abcdefghijklmnop",
    }
    with (book / "history" / "runs.jsonl").open("a") as file:
        file.write(run(2, {OPENS: nasty}).line() + "\n")
    main(command(book))
    page = (book / "regression.md").read_text()
    assert r"&lt;b&gt;\*it\*&lt;/b&gt; \`broke\` \| \[x\](y) &amp; token" in page
    assert "abcdefghijklmnop" not in page + (book / "regression.json").read_text()


@pytest.mark.parametrize("wrong", ["regression.md", "regression.json", "history/told.json.lock"])
def test_a_file_that_cannot_be_written_is_one_line_and_2(
    book: Path, wrong: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBHOOK", "http://127.0.0.1:1/")
    (book / wrong).mkdir()
    assert main(command(book)) == 2
    [said] = capsys.readouterr().err.splitlines()
    assert str(book / wrong) in said
    assert "Is a directory. Cure: see that you may read and write it" in said


@pytest.mark.parametrize("clock", ["2026-10-01T00:00:00Z", "2126-10-01T00:00:00Z", "never"])
def test_a_clock_that_went_is_one_line_and_2(
    book: Path, clock: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (book / "history" / "runs.jsonl").open("a") as file:
        file.write(run(2, {OPENS: "passed"}, started=clock, finished=clock).line() + "\n")
    assert main(command(book)) == 2
    said = capsys.readouterr().err
    assert said.startswith("run day-2 cannot be held against others: ")
    assert said.count("\n") == 1
    assert not (book / "regression.json").exists()


def test_a_history_without_a_run_is_one_line_and_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["regression", "--history", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "the history has no run" in capsys.readouterr().err
    with pytest.raises(ReportError):
        judged([])


@pytest.mark.parametrize(("lines", "more"), [(1, ""), (2, ", and 1 more"), (4, ", and 3 more")])
def test_a_history_whose_lines_are_all_cut_says_so_in_one_line_and_2(
    book: Path, capsys: pytest.CaptureFixture[str], lines: int, more: str
) -> None:
    path = book / "history" / "runs.jsonl"
    path.write_text('{"id": "day-0", "star\n' * lines)
    assert main(command(book)) == 2
    cut = "not a whole run (cut off or damaged); skipped"
    assert capsys.readouterr().err == (
        f"the history has no run: {path}:1: {cut}{more}. Cure: `make e2e` records one\n"
    )
    assert not (book / "regression.json").exists()
