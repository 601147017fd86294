import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from recorded_runs import OLD, results

from report.__main__ import main
from report.histories import find, trim, unite
from report.history import KEPT_RUNS, History, record
from report.results import Results

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def one(number: int, end: datetime = NOW) -> Results:
    """A run that ended so many days before `end`."""
    found = results("run-1")
    stamp = (end - timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    run = replace(found.run, id=f"run-{number}", started=stamp, finished=stamp)
    return Results(run, found.scenarios)


def history(folder: Path, *numbers: int) -> Path:
    for number in numbers:
        record(one(number), folder)
    return folder


def ids(folder: Path) -> list[str]:
    return [run.id for run in History.read(folder).runs]


def test_two_histories_become_one_in_the_order_in_which_the_runs_ended(tmp_path: Path) -> None:
    ours, theirs = history(tmp_path / "a", 9, 5, 1), history(tmp_path / "b", 7, 5, 3)
    done = unite(theirs, ours)
    assert sorted(done.added) == ["run-3", "run-7"]
    assert ids(ours) == ["run-9", "run-7", "run-5", "run-3", "run-1"]
    read = History.read(ours)
    assert [read.results(name).run.id for name in ids(ours)] == ids(ours)
    assert ids(theirs) == ["run-7", "run-5", "run-3"]


def test_uniting_twice_changes_nothing_more(tmp_path: Path) -> None:
    ours, theirs = history(tmp_path / "a", 1, 9), history(tmp_path / "b", 7)
    unite(theirs, ours)
    once = (ours / "runs.jsonl").read_bytes()
    assert unite(theirs, ours).added == ()
    assert (ours / "runs.jsonl").read_bytes() == once


def test_the_order_of_uniting_does_not_count(tmp_path: Path) -> None:
    parts = {"a": (1, 9), "b": (7, 2, 9), "c": (4,)}
    found = set()
    for order in permutations(parts):
        folders = [history(tmp_path / "".join(order) / name, *parts[name]) for name in order]
        (folders[0] / "runs.jsonl").write_text(OLD + (folders[0] / "runs.jsonl").read_text())
        for folder in folders[1:]:
            unite(folder, folders[0])
        found.add((folders[0] / "runs.jsonl").read_bytes())
    assert len(found) == 1


def test_of_two_lines_with_one_id_the_one_that_says_more_stays(tmp_path: Path) -> None:
    new = results("run-1")
    scenarios = (replace(new.scenarios[0], feature_hash="f1"),)
    lines = set()
    for first, second in (("a", "b"), ("c", "d")):
        record(Results(new.run, scenarios), tmp_path / first)
        record(new, tmp_path / second)
        here, there = (tmp_path / first, tmp_path / second)
        if first == "c":
            here, there = there, here
        unite(there, here)
        lines.add((here / "runs.jsonl").read_text())
    (line,) = lines
    assert '"f1"' in line


def test_what_another_version_wrote_beside_it_goes_along(tmp_path: Path) -> None:
    """A field that this version does not know is in the other's line and in no run."""
    ours, theirs = history(tmp_path / "a", 9), history(tmp_path / "b", 7)
    known = (theirs / "runs.jsonl").read_text()
    newer = json.dumps({**json.loads(known), "weather": "rain"}) + "\n"
    (theirs / "runs.jsonl").write_text(newer)
    unite(theirs, ours)
    unite(history(tmp_path / "c", 5), ours)
    assert newer in (ours / "runs.jsonl").read_text()
    whole = (ours / "runs.jsonl").read_bytes()
    (theirs / "runs.jsonl").write_text(known)  # the same run without the field says less
    unite(theirs, ours)
    assert (ours / "runs.jsonl").read_bytes() == whole
    unite(ours, theirs)
    assert newer in (theirs / "runs.jsonl").read_text()


def test_a_cut_line_is_told_kept_at_home_and_not_taken(tmp_path: Path) -> None:
    ours, theirs = history(tmp_path / "a", 9), history(tmp_path / "b", 7)
    for folder in (ours, theirs):
        with (folder / "runs.jsonl").open("a") as file:
            file.write(f'{{"id":"half of {folder.name}')
    done = unite(theirs, ours)
    assert done.problems == (f"{theirs}/runs.jsonl:2: not a whole run; not taken",)
    assert ids(ours) == ["run-9", "run-7"]
    assert len(History.read(ours).problems) == 1
    assert "half of a" in (ours / "runs.jsonl").read_text()


def test_a_newer_schema_on_either_side_is_refused_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, theirs = history(tmp_path / "a", 9), history(tmp_path / "b", 7)
    newer = tmp_path / "c"
    newer.mkdir()
    (newer / "runs.jsonl").write_text(json.dumps({"schema": 3, "id": "run-5"}) + "\n")
    before = (ours / "runs.jsonl").read_bytes()
    for other, folder in ((newer, ours), (theirs, newer)):
        assert main(["history-merge", str(other), "--history", str(folder)]) == 2
        said = capsys.readouterr().err
        assert "is of history schema 3; this proofbook reads up to 2" in said
        assert said.count("\n") == 1
    assert (ours / "runs.jsonl").read_bytes() == before
    assert not (newer / "runs").exists()


OWN, FLUX = Path("history"), Path("books/flux/history")


def test_a_history_is_found_in_its_folder_or_in_what_a_run_left(tmp_path: Path) -> None:
    for place in (OWN, FLUX):
        history(tmp_path / "build" / place, 1)
        for given in (tmp_path, tmp_path / "build"):
            assert find(given, place) == tmp_path / "build" / place
            assert find(given, place, alone=False) == tmp_path / "build" / place
        given = tmp_path / "build" / place
        assert find(given, place) == find(given.parent, place) == given
        assert find(given, place, alone=False) is None
    assert find(tmp_path / "nowhere", OWN) is None


def test_runs_of_another_book_are_not_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = history(tmp_path / "other" / "history", 3)
    (other / "runs.jsonl").write_text(OLD)
    ours = tmp_path / "ours"
    words = ["history-merge", str(other.parent), "--book", "flux", "--history", str(ours)]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "has runs of operational, not of flux. Cure: say BOOK=operational" in said
    assert not ours.exists()
    assert main([*words[:2], "--history", str(ours)]) == 0


def test_merge_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other, ours = history(tmp_path / "other", 3, 2), tmp_path / "ours"
    assert main(["history-merge", str(other), "--history", str(ours)]) == 0
    assert f"2 runs are new from {other}: {ours} has 2 now\n" in capsys.readouterr().out
    (tmp_path / "empty").mkdir()
    for given, said in {"empty": "holds no history", "none": "is no folder, no branch of"}.items():
        assert main(["history-merge", str(tmp_path / given), "--history", str(ours)]) == 2
        err = capsys.readouterr().err
        assert said in err
        assert err.count("\n") == 1


def test_what_is_beyond_the_count_goes_with_its_files(tmp_path: Path) -> None:
    history(tmp_path, 5, 4, 3, 2, 1)
    with (tmp_path / "runs.jsonl").open("a") as file:
        file.write("{half\n")
    assert trim(tmp_path, NOW, most=3) == ("run-5", "run-4")
    assert ids(tmp_path) == ["run-3", "run-2", "run-1"]
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [
        "run-1",
        "run-2",
        "run-3",
    ]
    assert len(History.read(tmp_path).problems) == 1
    assert trim(tmp_path, NOW, most=3) == ()


def test_what_is_too_old_goes_but_never_the_newest_runs(tmp_path: Path) -> None:
    count = KEPT_RUNS + 2
    lines = [json.dumps({**json.loads(OLD), "id": f"r{n}"}) + "\n" for n in range(count)]
    (tmp_path / "runs.jsonl").write_text("".join(lines))
    assert trim(tmp_path, NOW) == ()
    # A clock that is years ahead must not take the history with it.
    assert trim(tmp_path, NOW + timedelta(days=20000)) == ("r0", "r1")
    assert len(ids(tmp_path)) == KEPT_RUNS


def test_a_folder_without_a_history_has_nothing_to_cut(tmp_path: Path) -> None:
    assert trim(tmp_path / "nowhere", NOW) == ()
    assert not (tmp_path / "nowhere").exists()


def test_a_torn_last_line_stays_the_last(tmp_path: Path) -> None:
    """What was recorded last is not known: a report of the run before would be of another night."""
    ours, theirs = history(tmp_path / "a", 9), history(tmp_path / "b", 7)
    with (ours / "runs.jsonl").open("a") as file:
        file.write('{"id":"half of a')
    unite(theirs, ours)
    assert History.read(ours).torn
    assert ids(ours) == ["run-9", "run-7"]
