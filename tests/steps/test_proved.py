"""What the results of a run prove: what held, what breaks, and which versions pass."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from steps.proved import Proved


def test_a_run_tells_which_versions_pass(tmp_path: Path) -> None:
    def one(kind: str, state: str) -> dict[str, object]:
        return {"api_version": "v1", "kind": kind, "state": state, "said": "w", "blocks": ["b"]}

    states = ("served", "deprecated", "gone", "unasked")
    told = [one(state.title(), state) for state in states]
    run = {"exit_code": 0, "api_versions": told}
    (tmp_path / "results.json").write_text(json.dumps({"run": run, "scenarios": []}))
    proved = Proved.read(tmp_path / "results.json")
    assert proved.asked == 3
    assert proved.passing == {
        "v1 Deprecated": "v1 Deprecated is deprecated: w (in b)",
        "v1 Gone": "v1 Gone is gone: w (in b)",
    }


def test_a_flaky_scenario_does_not_hold(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_text(
        """{"run": {"exit_code": 1}, "scenarios": [
        {"id": "a", "units": ["u"], "status": "passed", "attempts": 2},
        {"id": "b", "units": [], "status": "passed", "attempts": 1},
        {"id": "c", "units": [], "status": "failed", "attempts": 1, "error": "one\\ntwo"}]}"""
    )
    proved = Proved.read(tmp_path / "results.json")
    assert proved.whole
    assert proved.held == {"b"}
    said = [(one.scenario, one.words) for one in proved.breaks.values()]
    assert said == [("a", "passed only at attempt 2"), ("c", "one")]


@pytest.mark.parametrize("text", [None, "{half", "[]", '{"run": {}}'])
def test_results_that_cannot_be_read_prove_nothing(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "results.json").write_text(text)
    proved = Proved.read(tmp_path / "results.json")
    assert not proved.whole
    assert proved.stopped


@pytest.mark.parametrize(
    "run",
    [
        {"exit_code": 1},
        {"exit_code": 0},
        {"exit_code": 1, "stopped": "an internal error of the harness"},
        {"exit_code": None},
    ],
)
def test_a_run_with_something_untold_did_not_come_to_its_end(
    tmp_path: Path, run: dict[str, object]
) -> None:
    passed = {"id": "a", "units": [], "status": "passed", "attempts": 1}
    untold = {"id": "b", "units": [], "status": "not_run", "error": "the run did not come to it"}
    left = {"id": "c", "units": [], "status": "not_run", "error": "not selected (FEATURE=a,b)"}
    proved = read(tmp_path, {"run": run, "scenarios": [passed, untold, left]})
    assert not proved.whole
    assert proved.stopped
    assert proved.held == {"a"}


def test_a_run_that_stopped_after_its_last_scenario_is_not_whole(tmp_path: Path) -> None:
    passed = {"id": "a", "units": [], "status": "passed", "attempts": 1}
    left = {"id": "c", "units": [], "status": "not_run", "error": "not selected (FEATURE=a)"}
    told = {"run": {"exit_code": 1, "stopped": "it broke"}, "scenarios": [passed, left]}
    assert read(tmp_path, told).stopped == "it broke"
    told["run"] = {"exit_code": 0}
    assert read(tmp_path, told).whole


def read(folder: Path, told: object) -> Proved:
    (folder / "results.json").write_text(json.dumps(told))
    return Proved.read(folder / "results.json")
