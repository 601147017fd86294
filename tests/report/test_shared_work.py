"""Workers that are real processes: each runs its share, and one result comes of it."""

import json
import re
import subprocess
import sys

import pytest
from small_history import run
from worker_suite import Shop

pytestmark = pytest.mark.integration


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


def test_the_longest_comes_first_and_before_it_what_nobody_knows(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    history = shop.folder / "build/history"
    history.mkdir()
    took = {"shop/a": 1.0, "shop/b": 3.0, "shop/d": 9.0}
    past = run(1, {name: {"duration_s": seconds} for name, seconds in took.items()})
    (history / "runs.jsonl").write_text(past.line() + "\n")
    assert shop.run(count=1) == 0
    begun = re.findall(r"\[./4\] shop/(.)", capfd.readouterr().out)
    assert "".join(begun) == "cdba"
    assert [one.id[-1] for one in shop.results.scenarios] == list("abcd")  # as in the guide


def test_what_failed_is_said_once_and_last(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    inside = "def happens(test):\n    assert test != 'test_b', 'no till'\n"
    assert shop.run(inside=inside) == 1
    told = capfd.readouterr().out
    assert told.count("no till") == 1
    last = [line for line in told.splitlines() if not line.startswith("[")]
    assert last[0:2] == ["", "✗ B"]
    assert "  again: make e2e FEATURE=shop/b" in last
    assert last[-1] == "results: build/results.json"


def test_a_worker_that_is_held_up_leaves_the_rest_to_the_other(shop: Shop) -> None:
    inside = (
        "from sandbox.waiting import wait_until\n"
        "def happens(test):\n"
        "    told = pathlib.Path('told')\n"
        "    if test == 'test_a':\n"
        "        done = lambda: told.exists() and len(told.read_text()) >= 2 or None\n"
        "        wait_until('two others', lambda: (done(), ''), 300)\n"
        "    else:\n"
        "        with told.open('a') as file: file.write('x')\n"
    )
    assert shop.run(inside=inside) == 0
    assert shop.statuses() == "passed passed passed passed"
    assert len(shop.junit().findall(".//testcase")) == 4


def test_more_workers_than_scenarios_is_no_mistake(shop: Shop) -> None:
    assert shop.run(count=6) == 0
    assert shop.statuses() == "passed passed passed passed"


def test_all_skipped_by_one_worker_is_no_failure_of_the_whole(shop: Shop) -> None:
    inside = (
        "import pytest\n"
        "def happens(test):\n"
        "    if test in ('test_a', 'test_c'): pytest.skip('needs a real engine')\n"
    )
    assert shop.run(inside=inside) == 0
    assert shop.statuses() == "skipped passed skipped passed"


def test_all_skipped_by_all_workers_showed_nothing(
    shop: Shop, capfd: pytest.CaptureFixture[str]
) -> None:
    inside = "import pytest\ndef happens(test): pytest.skip('needs a real engine')\n"
    assert shop.run(inside=inside) == 2
    assert shop.results.run.exit_code == 2
    assert "nothing was shown, all of it was skipped: " in capfd.readouterr().err


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
