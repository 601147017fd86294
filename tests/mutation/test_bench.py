"""A bench with a script in the place of `python -m steps`, and no sandbox."""

import sys
import threading
from pathlib import Path

import pytest
from small_guide import PAGE, SEED, write

from guide import Book, Edition
from mutation import bench
from mutation.bench import Bench
from mutation.outcome import Ended, Outcome

SCRIPT = """
import json, pathlib, signal, sys
given = dict(word.lstrip("-").split("=", 1) for word in sys.argv[1:])
print(given["sandbox-name"], "waits", given["patience"])
if given["feature"] == "a/waits":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    pathlib.Path(given["build"], "waiting").touch()
    signal.pause()
code = {"a/passes": 0, "a/fails": 1, "a/dies": 3, "a/never-up": 3, "a/wrong": 2}[given["feature"]]
errors = {"a/dies": "set-up: cluster x: etcd ended",
          "a/never-up": "Flux Ready at HEAD: waited"}
status = "failed" if code == 1 else "passed"
steps = [{"keyword": "Then", "text": "x", "status": status}]
told = {"id": given["feature"], "status": "passed" if code == 0 else "failed", "duration_s": 1.0,
        "error": errors.get(given["feature"], "it rains"), "steps": steps}
if code == 2:
    print("nothing is selected")
    sys.exit(2)
results = pathlib.Path(given["build"], "results.json")
run = {"stopped": errors.get(given["feature"], "")}
results.write_text(json.dumps({"run": run, "scenarios": [told]}))
sys.exit(code)
"""


@pytest.fixture
def downs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    monkeypatch.setattr(bench, "STEPS", (sys.executable, str(script)))
    found: list[str] = []

    class FakeSandbox:
        def __init__(self, name: str) -> None:
            self.name = name

        def down(self) -> None:
            found.append(self.name)

    monkeypatch.setattr(bench, "Sandbox", FakeSandbox)
    return found


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return write(tmp_path)


@pytest.fixture
def edition(book: Book) -> Edition:
    return Edition.read(book.edition)


@pytest.fixture
def made(tmp_path: Path, book: Book, edition: Edition) -> Bench:
    return Bench("mutants-1", tmp_path / "work", book, edition)


def changed(edition: Edition, page: str, text: str) -> Edition:
    Path(edition.folder, page).write_text(text, encoding="utf-8")
    return Edition.read(Path(edition.folder))


def test_the_sandbox_stays_up_between_runs(made: Bench, edition: Edition, downs: list[str]) -> None:
    assert made.run(edition, "a/passes", 20).ended is Ended.PASSED
    assert made.run(edition, "a/fails", 20).ended is Ended.FAILED
    assert made.run(edition, "a/wrong", 20).line == "nothing is selected"
    other = changed(edition, "notes.md", PAGE.replace("owner: team", "owner: nobody"))
    assert made.run(other, "a/passes", 20).ended is Ended.PASSED
    assert downs == []


def test_another_first_commit_needs_another_sandbox(
    made: Bench, edition: Edition, downs: list[str]
) -> None:
    made.run(edition, "a/passes", 20)
    other = changed(edition, "repository-structure.md", SEED.replace("note.yaml", "memo.yaml"))
    assert made.run(other, "a/never-up", 20).ended is Ended.NOT_UP
    # Once for the other first commit, once because it never came up.
    assert downs == ["mutants-1", "mutants-1"]


def test_the_true_first_commit_that_does_not_come_up_is_the_sandbox_s_own(
    made: Bench, edition: Edition, downs: list[str]
) -> None:
    assert made.run(edition, "a/never-up", 20).ended is Ended.BROKEN


def test_a_sandbox_that_fell_apart_is_taken_down(
    made: Bench, edition: Edition, downs: list[str]
) -> None:
    assert made.run(edition, "a/dies", 20).ended is Ended.BROKEN
    assert downs == ["mutants-1"]


def test_a_run_that_is_stopped_ends_and_no_other_begins(
    made: Bench, edition: Edition, downs: list[str], tmp_path: Path
) -> None:
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(made.run(edition, "a/waits", 20)))
    thread.start()
    begun = threading.Event()
    while not (tmp_path / "work" / "waiting").exists():
        begun.wait(0.01)
    made.stop()
    thread.join()
    assert outcomes[0].ended is Ended.STOPPED
    assert made.run(edition, "a/passes", 20).ended is Ended.STOPPED
    made.close()
    assert not (tmp_path / "work").exists()
    assert downs[-1] == "mutants-1"
