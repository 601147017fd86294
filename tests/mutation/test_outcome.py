from typing import Any

import pytest

from mutation.bench import own_codes
from mutation.outcome import Ended, outcome

STEPS = [
    {"keyword": "When", "text": "it rains", "status": "passed", "waits": [{"duration_s": 4.0}]},
    {"keyword": "Then", "text": "the sun shines", "status": "passed"},
]


def results(status: str, error: str = "", stopped: str = "", failed: int = -1) -> dict[str, Any]:
    steps = [dict(step) for step in STEPS]
    if failed >= 0:
        steps[failed]["status"] = "failed"
    clean_up = {"waits": [{"duration_s": 7.0}], "commands": [{"duration_s": 1.0}]}
    told = {"id": "a/b", "status": status, "error": error, "steps": steps, "clean_up": clean_up}
    told["duration_s"] = 12.0
    return {"run": {"stopped": stopped}, "scenarios": [told]}


@pytest.mark.parametrize(
    ("code", "left", "ended"),
    [
        (0, results("passed"), Ended.PASSED),
        (1, results("failed", "waited 20 s for sun", failed=1), Ended.FAILED),
        # A step failed, and afterwards no new sandbox could be had: the step did fail.
        (3, results("failed", "no sun", "set-up: no port", failed=1), Ended.FAILED),
        (3, results("failed", "etcd ended\n\nits log", "etcd ended", failed=1), Ended.BROKEN),
        (1, results("failed", "clean-up: the baseline did not come back"), Ended.UNCLEAN),
        (3, results("failed", "Flux Ready at HEAD: no", "Flux Ready at HEAD: no", 0), Ended.NOT_UP),
        (3, results("failed", "flux bootstrap gitlab: 1\nx", "flux bootstrap", 0), Ended.NOT_UP),
        (3, results("failed", "set-up: Flux Ready at HEAD: no", "Flux Ready"), Ended.NOT_UP),
        (3, results("failed", "set-up: cluster x: etcd ended"), Ended.BROKEN),
        (1, results("not_run", "the run broke off in it"), Ended.BROKEN),
        (0, results("skipped", "no containers here"), Ended.BROKEN),
        (2, None, Ended.REFUSED),
        (130, results("not_run", "interrupted"), Ended.STOPPED),
        (-9, None, Ended.BROKEN),
        (1, {"run": {}, "scenarios": []}, Ended.BROKEN),
    ],
)
def test_how_a_run_ended(code: int, left: dict[str, Any] | None, ended: Ended) -> None:
    assert outcome("a/b", code, left, "", 1.0).ended is ended


def test_a_failure_names_its_sentence_and_its_error_on_one_line() -> None:
    error = "`flux get` ended with 1:\n" + "no such thing " * 40
    told = outcome("a/b", 1, results("failed", error, failed=1), "", 9.0)
    assert told.step == "Then the sun shines"
    assert told.line.startswith("`flux get` ended with 1: no such thing")
    assert len(told.line) == 300


def test_a_refusal_is_the_last_thing_that_was_said() -> None:
    told = outcome("a/b", 2, None, "provider embedded\nx.md:3: no page has a block\n\n", 1.0)
    assert (told.ended, told.line) == (Ended.REFUSED, "x.md:3: no page has a block")


def test_the_longest_wait_counts_those_of_the_clean_up() -> None:
    assert outcome("a/b", 0, results("passed"), "", 1.0).longest_wait_s == 7.0


@pytest.mark.parametrize(
    ("statuses", "ended"),
    [
        (("passed", "passed"), Ended.PASSED),
        (("passed", "failed"), Ended.FAILED),
        (("failed", "passed"), Ended.FAILED),
        (("passed", "not_run"), Ended.BROKEN),
        (("not_run", "failed"), Ended.FAILED),
    ],
)
def test_an_outline_passes_where_each_of_its_rows_does(
    statuses: tuple[str, str], ended: Ended
) -> None:
    """Its rows are what the results tell of, by number: nothing has the id of the outline."""
    left = results("passed")
    left["scenarios"] = []
    for number, status in enumerate(statuses, 1):
        [row] = results(status, "no sun", failed=1 if status == "failed" else -1)["scenarios"]
        left["scenarios"].append({**row, "id": f"a/b[{number}]", "duration_s": 10.0 * number})
    # Another one, whose id begins in the same way.
    left["scenarios"].append({**results("failed")["scenarios"][0], "id": "a/b-and-more"})
    code = 1 if "failed" in statuses else 0
    told = outcome("a/b", code, left, "", 60.0)
    assert (told.ended, told.own_s, told.longest_wait_s) == (ended, 30.0, 7.0)


def test_of_two_rows_that_failed_the_one_with_a_failed_step_says_more() -> None:
    [first] = results("failed", "clean-up: the baseline did not come back")["scenarios"]
    [second] = results("failed", "no sun", failed=1)["scenarios"]
    rows = [{**first, "id": "a/b[1]"}, {**second, "id": "a/b[2]"}]
    told = outcome("a/b", 1, {"run": {"stopped": ""}, "scenarios": rows}, "", 1.0)
    assert (told.ended, told.line) == (Ended.FAILED, "no sun")


@pytest.mark.parametrize(
    ("code", "statuses", "own"),
    [
        (0, {"a/b": "passed", "a/c": "passed"}, {"a/b": 0, "a/c": 0}),
        (1, {"a/b": "passed", "a/c": "failed"}, {"a/b": 0, "a/c": 1}),
        # It is nobody's, so it is the run's own: a program that broke off says nothing.
        (1, {"a/b": "passed", "a/c": "passed"}, {"a/b": 1, "a/c": 1}),
        (1, {"a/b": "passed"}, {"a/b": 1}),
        (3, {"a/b": "passed", "a/c": "not_run"}, {"a/b": 3, "a/c": 3}),
        (130, {"a/b": "passed", "a/c": "not_run"}, {"a/b": 130, "a/c": 130}),
    ],
)
def test_a_run_of_several_ends_for_each_as_it_would_alone(
    code: int, statuses: dict[str, str], own: dict[str, int]
) -> None:
    rows = [{**results(each)["scenarios"][0], "id": name} for name, each in statuses.items()]
    assert own_codes(code, [*statuses], {"scenarios": rows}) == own
