"""Workers that are real processes and end on the way, hang, or leave half of what they owe."""

import os
import re
import signal
import sys
from pathlib import Path

import pytest
from worker_suite import SELF, Shop

from steps.worker import Worker

pytestmark = pytest.mark.integration

KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
AFTER_THE_OTHER = """
from sandbox.waiting import wait_until
def after(share, build, mine):
    taken = pathlib.Path(build).parent / "taken"
    if share == mine:
        wait_until("the other", lambda: (taken.is_dir() and any(taken.iterdir()) or None, ""), 300)
"""
BY_SIGNAL = "was ended by SIGKILL (the machine was out of memory, or somebody killed it)"


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (KILLED, BY_SIGNAL),
        ("sys.exit(3)", "ended with exit code 3"),
        ("os._exit(77)", "ended with exit code 77"),
    ],
)
def test_what_a_worker_has_not_taken_before_it_ends_is_run_by_the_others(
    shop: Shop, capfd: pytest.CaptureFixture[str], end: str, why: str
) -> None:
    before = f"def happens(share, build):\n    if share == '1/2': {end}\n"
    assert shop.run(before=before) == 3
    assert shop.statuses() == "passed passed passed passed"
    reason = f"worker 1 of 2 {why} and left no results"
    assert (shop.results.run.exit_code, shop.results.run.stopped) == (3, reason)
    assert reason in capfd.readouterr().err
    assert len(shop.junit().findall(".//testcase")) == 4


def test_what_nobody_takes_because_all_have_ended_says_why(shop: Shop) -> None:
    inside = f"def happens(test):\n    if test in ('test_a', 'test_b'): {KILLED}\n"
    assert shop.run(count=1, inside=inside) == 3
    assert shop.statuses() == "not_run not_run not_run not_run"
    reason = f"worker 1 of 1 {BY_SIGNAL} before it had told all"
    assert shop.error("a").startswith(f"the run broke off in it: {reason}. Cure: ")
    assert shop.error("b") == (
        f"the run did not come to it: {reason}. Cure: run it again with FEATURE=shop/b"
    )
    why = "the run did not come to it: no worker of this run took it. Cure: "
    assert shop.error("c").startswith(why)
    assert shop.error("d").startswith(why)
    errors = shop.junit().findall(".//testcase[error]")
    assert [case.get("name") for case in errors] == ["shop/a", "shop/b", "shop/c", "shop/d"]


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (KILLED, BY_SIGNAL),
        ("os._exit(0)", "ended with exit code 0"),
    ],
)
def test_a_worker_that_ends_in_a_scenario_keeps_what_it_proved(
    shop: Shop, end: str, why: str
) -> None:
    inside = f"def happens(test):\n    if test == 'test_c': {end}\n"
    assert shop.run(inside=inside) == 3
    broken = re.escape("the run broke off in it: ")
    reason = rf"worker [12] of 2 {re.escape(why)} before it had told all"
    assert re.match(f"{broken}{reason}. Cure: ", shop.error("c"))
    assert re.fullmatch(reason, shop.results.run.stopped)
    named = {case.get("name"): case for case in shop.junit().findall(".//testcase")}
    assert named["shop/c"].find("error") is not None
    # It had taken one more: nobody else may run that, and it is told.
    others = [name for name in "abd" if shop.error(name)]
    assert len(others) <= 1
    for name in others:
        assert re.match(f"the run did not come to it: {reason}. Cure: ", shop.error(name))
    for name in set("abd") - set(others):
        # The file of the one that goes on is pytest's own, with its names.
        [told] = [named[each] for each in (f"shop/{name}", f"test_{name}") if each in named]
        assert not [tag for tag in ("error", "failure", "skipped") if told.find(tag) is not None]


def test_a_worker_that_is_killed_when_all_is_told_leaves_the_run_broken_off(shop: Shop) -> None:
    before = f"def ends(share, build):\n    if share == '2/2': {KILLED}\n"
    assert shop.run(before=before) == 3
    assert shop.statuses() == "passed passed passed passed"
    assert BY_SIGNAL in shop.results.run.stopped


@pytest.mark.parametrize("name", ["results.json", "junit.xml"])
def test_half_a_file_of_one_worker_is_one_line_and_3(
    shop: Shop, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    before = f"{AFTER_THE_OTHER}def happens(share, build):\n    after(share, build, '1/2')\n"
    before += (
        "def ends(share, build):\n"
        f"    path = pathlib.Path(build, {name!r})\n"
        "    text = path.read_bytes()\n"
        "    share == '2/2' and path.write_bytes(text[:len(text) // 2])\n"
    )
    assert shop.run(before=before) == 3
    lost = name == "results.json"
    left = shop.statuses().split().count("not_run")
    assert left >= 1 if lost else left == 0
    assert set(shop.statuses().split()) <= {"passed", "not_run"}
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("worker 2 of 2")
    assert ("no whole results" if lost else "junit.xml: is no whole XML") in line
    assert len(shop.junit().findall(".//testcase")) == 4
    assert len(shop.junit().findall(".//testcase/error")) == left


def test_no_junit_of_one_worker_is_made_good_from_its_results(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    before = "def ends(share, build):\n    share == '2/2' and os.unlink(build + '/junit.xml')\n"
    assert shop.run(before=before) == 3
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("worker 2 of 2: build/workers/2/junit.xml: cannot be read: No such file")
    assert shop.statuses() == "passed passed passed passed"
    assert len(shop.junit().findall(".//testcase")) == 4


def test_when_no_worker_has_results_every_scenario_says_why(shop: Shop) -> None:
    before = f"def happens(share, build):\n    {KILLED}\n"
    assert shop.run(before=before) == 3
    assert shop.statuses() == "not_run not_run not_run not_run"
    assert "worker 1 of 2 was ended by SIGKILL" in shop.error("a")
    assert "worker 2 of 2 was ended by SIGKILL" in shop.error("b")


def test_wrong_use_begins_no_run_and_leaves_the_last_one_alone(shop: Shop) -> None:
    assert shop.run(before="def happens(share, build):\n    sys.exit(2)\n") == 2
    assert (shop.folder / "build/results.json").read_text() == "of an older run"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_worker_that_hangs_is_ended_and_said(tmp_path: Path, number: signal.Signals) -> None:
    hangs = SELF + "print('begun', flush=True)\nselect.select([], [], [])"
    if number == signal.SIGKILL:
        hangs = SELF + "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + hangs
    worker = Worker([sys.executable, "-c", hangs], 1, tmp_path)
    worker.wait(silence_s=1.0, grace_s=0.2)
    assert (worker.exit_code, worker.why) == (3, "said nothing for 1 s and was ended")


@pytest.mark.parametrize(
    ("asked", "code", "why"),
    [(True, 130, "was interrupted by SIGTERM"), (False, 3, "was ended by SIGTERM")],
)
def test_only_a_worker_that_was_asked_to_leave_was_interrupted(
    tmp_path: Path, asked: bool, code: int, why: str
) -> None:
    waits = "import os, select; print(os.getpid(), flush=True); select.select([], [], [])"
    worker = Worker([sys.executable, "-c", waits], 1, tmp_path)
    if asked:
        worker.pass_on(signal.SIGTERM)
    else:
        os.kill(worker.pid, signal.SIGTERM)
    worker.wait(silence_s=300.0, grace_s=60.0)
    assert (worker.exit_code, worker.why) == (code, why)


def test_a_child_that_holds_the_output_of_a_dead_worker_holds_nobody(shop: Shop) -> None:
    before = (
        "def happens(share, build):\n"
        "    import subprocess\n"
        "    if share == '1/2':\n"
        "        child = subprocess.Popen(['sleep', '300'])\n"
        "        pathlib.Path('child').write_text(str(child.pid))\n"
        f"        {KILLED}\n"
    )
    try:
        assert shop.run(before=before) == 3
    finally:
        os.kill(int((shop.folder / "child").read_text()), signal.SIGKILL)
    assert shop.statuses() == "passed passed passed passed"
