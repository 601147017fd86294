import json
import sys
from pathlib import Path

import pytest
from tried_again import results

from report.results import Results, Status
from steps import retries

pytestmark = pytest.mark.integration

SCRIPT = """
import argparse, os, pathlib, sys
from tried_again import results
from dataclasses import replace
parser = argparse.ArgumentParser()
for name in ("--share", "--sandbox-name", "--build", "--feature"):
    parser.add_argument(name)
given = parser.parse_args()
build = pathlib.Path(given.build)
attempt = build.parts[-3]
with open("asked", "a") as file:
    file.write(f"{attempt} {given.feature} in {given.sandbox_name}\\n")
states = {plan}.get(attempt)
if states is None:
    sys.exit(3)
bundle = build / "bundles" / "a"
bundle.mkdir(parents=True)
(bundle / "log").write_text(attempt)
found = results(states, "bundles/a")
run = replace(found.run, edition_hash=os.environ.get("EDITION", "e1"))
replace(found, run=run).write(build / "results.json")
sys.exit(1 if "failed" in states.values() else 0)
"""


def tried(folder: Path, plan: dict[str, dict[str, Status]], count: int) -> tuple[int, Results]:
    """What came of a run in which a/a and a/b[1] failed; `plan` says how each attempt goes."""
    build = folder / "build"
    first: dict[str, Status] = {"a/a": "failed", "a/b[1]": "failed", "a/c": "passed"}
    results(first, "bundles/a").write(build / "results.json")
    script = folder / "run.py"
    script.write_text(SCRIPT.replace("{plan}", repr(plan)))
    code = retries.run([sys.executable, str(script)], count, "e2e", build)
    return code, Results.read(build / "results.json")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    root, here = Path(__file__).parents[2], Path(__file__).parent
    monkeypatch.setenv("PYTHONPATH", f"{root}:{here}")


def test_what_passes_at_the_second_attempt_is_flaky_and_the_run_no_success(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code, found = tried(tmp_path, {"2": {"a/a": "passed", "a/b[1]": "passed"}}, 3)
    assert code == 1
    assert found.run.exit_code == 1
    one, row, other = found.scenarios
    assert (one.status, one.attempts, one.bundle) == ("passed", 2, "")
    (was,) = one.failed_attempts
    assert (was.error, was.duration_s, was.bundle) == ("a/a broke", 1.0, "bundles/a")
    assert was.steps[0].status == "failed"
    assert (row.status, row.attempts) == ("passed", 2)
    assert (other.status, other.attempts, other.failed_attempts) == ("passed", 1, ())
    assert (tmp_path / "asked").read_text() == "2 a/a,a/b in e2e-again-1\n"
    said = capfd.readouterr().out
    assert "attempt 2 of 4, in a fresh sandbox: a/a, a/b" in said
    assert "flaky: a/a passed at attempt 2: that is not green" in said


def test_every_attempt_is_kept_and_only_what_still_fails_is_tried_again(tmp_path: Path) -> None:
    plan: dict[str, dict[str, Status]] = {
        "2": {"a/a": "passed", "a/b[1]": "failed"},
        "3": {"a/b[1]": "failed"},
    }
    code, found = tried(tmp_path, plan, 2)
    assert code == 1
    one, row, _ = found.scenarios
    assert (one.status, one.attempts) == ("passed", 2)
    assert (row.status, row.attempts, row.bundle) == ("failed", 3, "attempts/3/bundles/a")
    assert [was.bundle for was in row.failed_attempts] == ["bundles/a", "attempts/2/bundles/a"]
    assert (tmp_path / "asked").read_text().splitlines() == [
        "2 a/a,a/b in e2e-again-1",
        "3 a/b in e2e-again-1",
    ]
    for number in ("2", "3"):
        kept = tmp_path / "build" / "attempts" / number / "bundles" / "a" / "log"
        assert kept.read_text() == number


def test_an_attempt_that_comes_to_nothing_leaves_the_failure(tmp_path: Path) -> None:
    code, found = tried(tmp_path, {}, 1)
    assert code == 1
    one = found.scenarios[0]
    assert (one.status, one.attempts, one.failed_attempts) == ("failed", 1, ())


def test_a_run_without_a_failure_is_not_tried_again(tmp_path: Path) -> None:
    build = tmp_path / "build"
    results({"a/a": "passed"}).write(build / "results.json")
    assert retries.failed(build / "results.json") == []
    assert json.loads((build / "results.json").read_text())["run"]["exit_code"] == 1


def test_a_row_that_fails_when_another_row_is_tried_again_is_not_green(tmp_path: Path) -> None:
    plan: dict[str, dict[str, Status]] = {
        "2": {"a/a": "passed", "a/b[1]": "passed", "a/c": "failed"}
    }
    code, found = tried(tmp_path, plan, 1)
    assert code == 1
    other = found.scenarios[2]
    assert (other.status, other.attempts, other.error) == ("failed", 2, "a/c broke")
    assert (other.bundle, other.failed_attempts) == ("attempts/2/bundles/a", ())


def test_an_attempt_at_another_edition_is_told_and_leaves_the_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDITION", "e2")
    code, found = tried(tmp_path, {"2": {"a/a": "passed"}, "3": {"a/a": "passed"}}, 2)
    assert code == 1
    assert (found.scenarios[0].status, found.scenarios[0].attempts) == ("failed", 1)
    assert "what failed was tried again on another edition" in capfd.readouterr().err
    assert len((tmp_path / "asked").read_text().splitlines()) == 1
