import gzip
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.__main__ import main
from report.errors import ReportError
from report.history import History, record
from report.results import Command, Results, Run, Scenario, Status, Step, Wait


def results(name: str, status: Status = "passed") -> Results:
    run = Run(
        id=name,
        started=f"2026-11-2{name[-1]}T10:00:00.000Z",
        finished=f"2026-11-2{name[-1]}T10:01:00.000Z",
        duration_s=60.0,
        provider="embedded",
        versions={"flux": "v2.9.2"},
        edition_hash="e1",
        host="Linux",
        commit="c1",
        exit_code=0,
    )
    step = Step(
        "When",
        "someone pushes",
        status,
        9.5,
        commands=(Command("git push", ".", 0, "done", "", 0.5),),
        waits=(Wait("apps Ready", "True", 2.25), Wait("pods", "2", 1.0)),
    )
    scenario = Scenario(
        "shop/opens", "features/shop.feature", "It opens", (), (), status, 1, 9.5, steps=(step,)
    )
    return Results(run, (replace(scenario, content_hash="h1"),))


def test_a_run_that_was_recorded_comes_back_whole(tmp_path: Path) -> None:
    first = results("run-1")
    assert record(first, tmp_path)
    history = History.read(tmp_path)
    (run,) = history.runs
    assert (run.id, run.provider, run.commit, run.exit_code) == ("run-1", "embedded", "c1", 0)
    past = run.scenarios["shop/opens"]
    assert (past.status, past.duration_s, past.attempts) == ("passed", 9.5, 1)
    assert (past.content_hash, past.convergence_s) == ("h1", 3.25)
    assert history.results("run-1") == first
    assert history.problems == ()


def test_a_folder_without_a_history_has_no_runs(tmp_path: Path) -> None:
    assert History.read(tmp_path / "nowhere").runs == ()


def test_a_run_is_recorded_once(tmp_path: Path) -> None:
    assert record(results("run-1"), tmp_path)
    assert not record(results("run-1", "failed"), tmp_path)
    history = History.read(tmp_path)
    assert [run.scenarios["shop/opens"].status for run in history.runs] == ["passed"]
    assert history.results("run-1").scenarios[0].status == "passed"


def test_two_lines_with_one_id_count_once(tmp_path: Path) -> None:
    record(results("run-1"), tmp_path)
    path = tmp_path / "runs.jsonl"
    path.write_bytes(path.read_bytes() * 2)
    assert [run.id for run in History.read(tmp_path).runs] == ["run-1"]


def test_runs_come_in_the_order_of_their_recording(tmp_path: Path) -> None:
    for name in ("run-3", "run-1", "run-2"):
        record(results(name), tmp_path)
    assert [run.id for run in History.read(tmp_path).runs] == ["run-3", "run-1", "run-2"]


def test_a_line_cut_in_half_is_told_and_harms_no_other(tmp_path: Path) -> None:
    record(results("run-1"), tmp_path)
    path = tmp_path / "runs.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[: len(whole) // 2])
    assert record(results("run-3"), tmp_path)
    history = History.read(tmp_path)
    assert [run.id for run in history.runs] == ["run-1", "run-3"]
    assert history.problems == (f"{path}:2: not a whole run (cut off or damaged); skipped",)


def test_a_run_whose_line_was_lost_can_be_recorded_again(tmp_path: Path) -> None:
    record(results("run-1"), tmp_path)
    (tmp_path / "runs.jsonl").write_text('{"id": "run-1", "sta')
    assert record(results("run-1"), tmp_path)
    assert [run.id for run in History.read(tmp_path).runs] == ["run-1"]


@given(junk=st.binary(max_size=200))
def test_no_damage_to_the_file_stops_its_reader(
    junk: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("history")
    record(results("run-1"), folder)
    path = folder / "runs.jsonl"
    path.write_bytes(path.read_bytes() + junk)
    history = History.read(folder)
    assert [run.id for run in history.runs] == ["run-1"]
    assert bool(history.problems) == any(line.strip() for line in junk.split(b"\n"))


def test_whole_results_that_are_gone_or_damaged_are_named(tmp_path: Path) -> None:
    record(results("run-1"), tmp_path)
    history = History.read(tmp_path)
    path = tmp_path / "runs/run-1/results.json.gz"
    path.write_bytes(gzip.compress(b"{}"))
    with pytest.raises(ReportError, match="breaks the results schema"):
        history.results("run-1")
    path.write_bytes(path.read_bytes()[:10])
    with pytest.raises(ReportError, match="results of run run-1 cannot be read"):
        history.results("run-1")
    with pytest.raises(ReportError, match="results of run run-2 cannot be read"):
        history.results("run-2")


def test_record_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, folder = tmp_path / "results.json", tmp_path / "history"
    results("run-1").write(source)
    words = ["record", "--results", str(source), "--history", str(folder)]
    assert main(words) == 0
    assert f"run run-1 is in {folder}" in capsys.readouterr().out
    assert main(words) == 0
    assert f"run run-1 was in {folder} already" in capsys.readouterr().out
    (folder / "runs.jsonl").write_text("{half")
    assert main(words) == 0
    assert "not a whole run" in capsys.readouterr().err


def test_nothing_to_record_is_one_line_and_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["record", "--results", str(tmp_path / "none.json")]) == 2
    said = capsys.readouterr().err
    assert said == f"{tmp_path}/none.json: cannot be read: No such file or directory. " + (
        "Cure: `make e2e` writes it\n"
    )
