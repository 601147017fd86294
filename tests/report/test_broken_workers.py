"""Workers that are real processes: each runs its share of a small suite, or ends on the way."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tiny_suite import ROOT, TinySuite

from report.results import Results
from steps import workers
from steps.worker import Worker

FEATURE = """
    @shop
    Feature: Shop
      @id:a @unit:shop/opens @odd
      Scenario: A
        Given it opens
      @id:b @unit:shop/opens @even
      Scenario: B
        Given it opens
      @id:c @unit:shop/opens @odd
      Scenario: C
        Given it opens
      @id:d @unit:shop/opens @even
      Scenario: D
        Given it opens
"""
STEPS = """
    import trouble

    @given("it opens")
    def _(request): trouble.happens(request.node.name)
"""
WORKER = """
import argparse, os, subprocess, sys
parser = argparse.ArgumentParser()
for name in ("--share", "--sandbox-name", "--build"):
    parser.add_argument(name)
given = parser.parse_args()
print("share", given.share, "of", given.sandbox_name, flush=True)
import before
before.happens(given.share, given.build)
import pytest
files = ["--results", given.build + "/results.json", "--junit-xml", given.build + "/junit.xml"]
code = int(pytest.main([*{options}, "--share", given.share, *files]))
before.ends(given.share, given.build)
sys.exit(code)
"""
NOTHING = "def happens(*_): pass\ndef ends(*_): pass\n"
SELF = "import os, signal, sys, pathlib, select\n"


@dataclass
class Shop:
    """A suite of four scenarios in a folder of its own, for two workers."""

    folder: Path

    def run(self, *, count: int = 2, before: str = "", inside: str = "", **limits: float) -> int:
        """The exit code. `before` has happens and ends (share, build), `inside` happens (test)."""
        suite = TinySuite(
            self.folder,
            FEATURE,
            STEPS,
            trouble=SELF + (inside or NOTHING),
            before=SELF + NOTHING + before,
        )
        script = self.folder / "worker.py"
        options = [word for word in suite.command()[3:]]
        options = [one for one in options if one not in ("--results", "build/results.json")]
        script.write_text(WORKER.replace("{options}", repr(options)))
        plan = ["--features-folder=features", "--edition-folder=", "--again=make e2e"]
        return workers.run(
            [sys.executable, str(script)], count, "e2e", Path("build"), plan=plan, **limits
        )

    @property
    def results(self) -> Results:
        return Results.read(self.folder / "build/results.json")

    def statuses(self) -> str:
        return " ".join(one.status for one in self.results.scenarios)

    def error(self, name: str) -> str:
        return next(one.error for one in self.results.scenarios if one.id == f"shop/{name}")

    def junit(self) -> ElementTree.Element:
        return ElementTree.fromstring((self.folder / "build/junit.xml").read_bytes())


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(tmp_path)]))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    # What an older run has left everywhere: none of it may be seen again.
    for folder in ("build", "build/workers/1", "build/workers/2"):
        (tmp_path / folder).mkdir(parents=True)
        for name in ("results.json", "junit.xml"):
            (tmp_path / folder / name).write_text("of an older run")
    return Shop(tmp_path)


def test_every_worker_has_a_share_a_sandbox_and_a_voice(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    assert shop.run() == 0
    told = capfd.readouterr().out
    assert "[1] share 1/2 of e2e-1\n" in told
    assert "[2] share 2/2 of e2e-2\n" in told
    assert shop.statuses() == "passed passed passed passed"
    assert shop.results.run.exit_code == 0
    assert shop.results.run.stopped == ""
    assert len(shop.junit().findall(".//testcase")) == 4


def test_more_workers_than_scenarios_is_no_mistake(shop: Shop) -> None:
    assert shop.run(count=6) == 0
    assert shop.statuses() == "passed passed passed passed"


KILLED = "os.kill(os.getpid(), signal.SIGKILL)"
BY_SIGNAL = "was ended by SIGKILL (the machine was out of memory, or somebody killed it)"


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (KILLED, BY_SIGNAL),
        ("sys.exit(3)", "ended with exit code 3"),
        ("os._exit(77)", "ended with exit code 77"),
    ],
)
def test_a_worker_that_ends_before_it_has_results(
    shop: Shop, capfd: pytest.CaptureFixture[str], end: str, why: str
) -> None:
    before = f"def happens(share, build):\n    if share == '1/2': {end}\n"
    assert shop.run(before=before) == 3
    assert shop.statuses() == "not_run passed not_run passed"
    reason = f"worker 1 of 2 {why} and left no results"
    assert shop.error("a") == (
        f"the run did not come to it: {reason}. Cure: run it again with FEATURE=shop/a"
    )
    assert (shop.results.run.exit_code, shop.results.run.stopped) == (3, reason)
    assert reason in capfd.readouterr().err
    errors = shop.junit().findall(".//testcase[error]")
    assert [case.get("name") for case in errors] == ["shop/a", "shop/c"]


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
    assert shop.statuses() == "passed passed not_run passed"
    reason = f"worker 1 of 2 {why} before it had told all"
    assert shop.error("c").startswith(f"the run broke off in it: {reason}. Cure: ")
    assert shop.results.run.stopped == reason
    named = {case.get("name"): case for case in shop.junit().findall(".//testcase")}
    assert named["shop/c"].find("error") is not None
    assert named["shop/a"].find("*") is None


def test_a_worker_that_is_killed_when_all_is_told_leaves_the_run_broken_off(shop: Shop) -> None:
    before = f"def ends(share, build):\n    if share == '2/2': {KILLED}\n"
    assert shop.run(before=before) == 3
    assert shop.statuses() == "passed passed passed passed"
    assert BY_SIGNAL in shop.results.run.stopped


@pytest.mark.parametrize("name", ["results.json", "junit.xml"])
def test_half_a_file_of_one_worker_is_one_line_and_3(
    shop: Shop, capfd: pytest.CaptureFixture[str], name: str
) -> None:
    before = (
        "def ends(share, build):\n"
        f"    path = pathlib.Path(build, {name!r})\n"
        "    text = path.read_bytes()\n"
        "    share == '2/2' and path.write_bytes(text[:len(text) // 2])\n"
    )
    assert shop.run(before=before) == 3
    lost = name == "results.json"
    assert shop.statuses() == (
        "passed not_run passed not_run" if lost else " ".join(["passed"] * 4)
    )
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("worker 2 of 2")
    assert ("no whole results" if lost else "junit.xml: is no whole XML") in line
    assert len(shop.junit().findall(".//testcase")) == 4
    assert len(shop.junit().findall(".//testcase/error")) == (2 if lost else 0)


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
    worker.wait(silence_s=300.0, grace_s=0.0)
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
    assert shop.statuses() == "not_run passed not_run passed"


def test_all_skipped_by_one_worker_is_no_failure_of_the_whole(shop: Shop) -> None:
    inside = (
        "import pytest\n"
        "def happens(test):\n"
        "    if test in ('test_a', 'test_c'): pytest.skip('needs a real engine')\n"
    )
    assert shop.run(inside=inside) == 0
    assert shop.statuses() == "skipped passed skipped passed"


def test_all_skipped_by_all_workers_showed_nothing(shop: Shop) -> None:
    inside = "import pytest\ndef happens(test): pytest.skip('needs a real engine')\n"
    assert shop.run(inside=inside) == 2
    assert shop.results.run.exit_code == 2


def test_what_is_no_text_in_a_workers_output_ends_nobody(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    before = "def happens(share, build):\n    os.write(1, b'caf\\xe9\\n')\n"
    assert shop.run(before=before) == 0
    assert "[1] caf\ufffd\n" in capfd.readouterr().out


CLOCK = """
import datetime as real
from report import surroundings

class Clock(real.datetime):
    reads = 0
    @classmethod
    def now(cls, zone=None):
        cls.reads += 1
        return real.datetime(2026, 1, 2, tzinfo=zone) - real.timedelta(hours=cls.reads)

surroundings.datetime = Clock
"""


def test_a_clock_that_goes_back_takes_nothing_from_the_run(shop: Shop) -> None:
    assert shop.run(before=CLOCK) == 0
    run = shop.results.run
    assert run.duration_s > 0
    recorded = subprocess.run(
        [sys.executable, "-m", "report", "record"], capture_output=True, text=True, check=False
    )
    assert recorded.returncode == 0, recorded.stderr
    (line,) = (shop.folder / "build/history/runs.jsonl").read_text().splitlines()
    assert json.loads(line)["id"] == run.id
