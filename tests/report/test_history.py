import gzip
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded_runs import OLD, results

from report.__main__ import main
from report.errors import ReportError
from report.evidence import Wait
from report.history import History, PastRun, record, writing
from report.results import Results, StepResult


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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("commit", None), ("host", 1), ("finished", 5), ("stopped", None), ("exit_code", "1")),
        *(("settings", None), ("settings", {"cell": 5}), ("versions", []), ("code", {"steps": 1})),
        *(("duration_s", "9"), ("load", "2"), ("simulated", [1])),
        *(("scenarios", {"shop/opens": one}) for one in (
            ["passed", "9", 1, 1, "c", "f", "t"],
            ["passed", float("nan"), 1, 1, "c", "f", "t"],
            ["passed", 9, 1, -1, "c", "f", "t"],
            ["passed", 9, "1", 1, "c", "f", "t"],
            ["passed", 9, 1, 1, None, "f", "t"],
            ["golden", 9, 1, 1, "c", "f", "t"],
        )),
    ],
)  # fmt: skip
def test_a_line_with_a_value_that_none_has_is_no_run(
    tmp_path: Path, name: str, value: object
) -> None:
    record(results("run-1"), tmp_path)
    path = tmp_path / "runs.jsonl"
    odd = {**json.loads(path.read_bytes()), "id": "run-2", name: value}
    with path.open("a") as file:
        file.write(json.dumps(odd) + "\n" + "[" * 100_000 + "\n")
    history = History.read(tmp_path)
    assert [run.id for run in history.runs] == ["run-1"]
    second, third = history.problems
    assert second.startswith(f"{path}:2: ")
    assert third.startswith(f"{path}:3: ")


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


def test_the_last_line_may_be_cut_at_every_byte(tmp_path: Path) -> None:
    record(results("run-1"), tmp_path)
    path = tmp_path / "runs.jsonl"
    first = path.read_bytes()
    record(results("run-2", "failed"), tmp_path)
    whole = path.read_bytes()
    for end in range(len(first), len(whole) + 1):
        path.write_bytes(whole[:end])
        history = History.read(tmp_path)
        # Without its last byte, the line's end, it is whole.
        last = end >= len(whole) - 1
        assert [run.id for run in history.runs] == ["run-1", *(["run-2"] if last else [])]
        assert len(history.problems) == (len(first) < end < len(whole) - 1)


MANY = """
import os, sys
from pathlib import Path
from recorded_runs import results
from report.history import record

begin, started = os.pipe()
for number in range(20):
    if not os.fork():
        os.close(started)
        os.read(begin, 1)  # until the parent closes it: all begin at once
        one = results(f"run-{number}")
        os._exit(not record(one, Path(sys.argv[1])))
os.close(started)
sys.exit(max(os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(20)))
"""


def test_20_writers_at_once_write_20_whole_lines(tmp_path: Path) -> None:
    here = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    command = [sys.executable, "-c", MANY, str(tmp_path)]
    subprocess.run(command, check=True, timeout=300, env={**os.environ, "PYTHONPATH": here})
    history = History.read(tmp_path)
    assert history.problems == ()
    assert {run.id for run in history.runs} == {f"run-{number}" for number in range(20)}
    assert all(history.results(run.id).run.id == run.id for run in history.runs)


def test_who_does_not_get_the_lock_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.history.LOCK_S", 0)
    with writing(tmp_path), pytest.raises(ReportError, match="another process has been writing"):
        record(results("run-1"), tmp_path)
    assert History.read(tmp_path).runs == ()


def test_lines_of_the_first_schema_are_read_and_can_be_written_again(tmp_path: Path) -> None:
    (tmp_path / "runs.jsonl").write_text(OLD)
    (run,) = History.read(tmp_path).runs
    assert (run.id, run.commit, run.simulated, run.code) == ("run-1", "c1", ("workload pods",), {})
    opens, closes = run.scenarios["shop/opens"], run.scenarios["shop/closes"]
    assert (opens.status, opens.reason, opens.attempts) == ("failed", "no", 1)
    assert (opens.duration_s, opens.convergence_s) == (9.5, 3.25)
    assert (opens.content_hash, opens.feature_hash) == ("0123456789ab", "")
    assert (closes.status, closes.reason) == ("passed", "")
    (tmp_path / "runs.jsonl").write_text(run.line() + "\n")
    assert History.read(tmp_path).runs == (run,)


def test_a_newer_schema_is_refused_in_one_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, folder = tmp_path / "results.json", tmp_path / "history"
    results("run-2").write(source)
    record(results("run-1"), folder)
    path = folder / "runs.jsonl"
    path.write_text('{"schema":3,"id":"run-9"}\n' + path.read_text())
    before = path.read_bytes()
    assert main(["record", "--results", str(source), "--history", str(folder)]) == 2
    said = capsys.readouterr().err
    assert said == (
        f"{path}:1: is of history schema 3; this proofbook reads up to 2. "
        "Cure: use the proofbook that wrote it, or another history\n"
    )
    with pytest.raises(ReportError, match="history schema 3"):
        record(results("run-2"), folder)
    assert path.read_bytes() == before
    assert not (folder / "runs" / "run-2").exists()


@pytest.mark.parametrize("reason", ["", "no", "the same words for every one of them " * 10])
def test_a_line_of_90_scenarios_has_20_kib_at_most(reason: str) -> None:
    (one,) = results("run-1", "failed").scenarios
    digest = "0123456789abcdef" * 4
    many = tuple(
        replace(
            one,
            id=f"troubleshooting/something-that-needs-words[{n}]",
            content_hash=digest,
            feature_hash=digest,
            text_hash=digest,
            duration_s=123.456,
            steps=(
                StepResult("Then", "it waits", "failed", 9.5, waits=(Wait("w", "s", 123.456),)),
            ),
            error=f"{reason or f'words of its own {n} ' * 20}",
        )
        for n in range(90)
    )
    run = replace(results("run-1").run, code={"steps": digest, "sandbox": digest, "charts": digest})
    past = PastRun.of(Results(run, many))
    line = past.line()
    assert len(line) <= 20 * 1024
    again = PastRun.load_line(json.loads(line))
    assert [one.duration_s for one in again.scenarios.values()] == [123.456] * 90
    for name, found in again.scenarios.items():
        assert past.scenarios[name].reason.startswith(found.reason)
        assert len(found.reason) >= min(50, len(past.scenarios[name].reason))


def test_a_line_holds_what_a_run_was_made_of(tmp_path: Path) -> None:
    one = results("run-1")
    run = replace(one.run, code={"steps": "s1"}, load=1.5, settings={"cell": "newest Flux"})
    scenario = replace(one.scenarios[0], feature_hash="f1", text_hash="t1")
    record(Results(run, (scenario,)), tmp_path)
    (found,) = History.read(tmp_path).runs
    assert (found.host, found.code, found.load) == ("Linux", {"steps": "s1"}, 1.5)
    assert found.cell == "newest Flux"
    past = found.scenarios["shop/opens"]
    assert (past.feature_hash, past.text_hash) == ("f1", "t1")
    assert replace(found, settings={}, book="shop").cell == "shop, embedded"
