import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from background import in_background

from sandbox.errors import SandboxError
from sandbox.interrupts import interruptible
from sandbox.waiting import wait_until
from steps import workers
from steps.worker import Worker

pytestmark = pytest.mark.integration

SCRIPT = """
import argparse, pathlib, sys
parser = argparse.ArgumentParser()
for name in ("--share", "--sandbox-name", "--build"):
    parser.add_argument(name)
given = parser.parse_args()
print("share", given.share, "of", given.sandbox_name)
sys.exit({codes}[given.share])
"""


def command(codes: dict[str, int], folder: Path) -> list[str]:
    script = folder / "worker.py"
    script.write_text(SCRIPT.replace("{codes}", repr(codes)))
    return [sys.executable, str(script)]


def test_every_worker_has_a_share_a_sandbox_and_a_voice(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = workers.run(command({"1/2": 2, "2/2": 2}, tmp_path), 2, "e2e", tmp_path / "build")
    told = capfd.readouterr().out
    assert "[1] share 1/2 of e2e-1\n" in told
    assert "[2] share 2/2 of e2e-2\n" in told
    assert code == 2


@pytest.mark.parametrize(("first", "second"), [(3, 0), (0, 2), (0, 0), (1, 1)])
def test_workers_that_leave_no_results_are_no_success(
    tmp_path: Path, first: int, second: int
) -> None:
    ends = command({"1/2": first, "2/2": second}, tmp_path)
    assert workers.run(ends, 2, "e2e", tmp_path / "build") == 3


RUN = """
import pathlib, sys
from sandbox.waiting import wait_until
from steps import workers
code = workers.run([sys.executable, sys.argv[1]], 2, "e2e", pathlib.Path(sys.argv[2]))
print("ended with", code)
"""
UNTIL_A_SIGNAL = """
import os, select, signal, sys
def end(number, frame):
    os.write(1, f"got {number}\\n".encode())  # the signal may come while print is at it
    sys.exit(130)
signal.signal(signal.SIGINT, end)
print("works", flush=True)
select.select([], [], [], 60)
"""


def test_ctrl_c_reaches_every_worker_once_also_from_the_background(tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    script.write_text(UNTIL_A_SIGNAL)
    command = in_background([sys.executable, "-c", RUN, str(script), str(tmp_path / "build")])
    told: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(), start_new_session=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            told.append(line.strip())
            if sum(each.endswith("works") for each in told) == 2 and line.endswith("works\n"):
                os.killpg(run.pid, signal.SIGINT)  # a terminal sends it to the whole group
    assert told[-1] == "ended with 130"
    assert sorted(told[:-1]) == ["[1] got 2", "[1] works", "[2] got 2", "[2] works"]


def test_ctrl_c_while_results_are_put_together_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = tmp_path / "build"

    def merge(words: list[str], *, start_new_session: bool) -> subprocess.CompletedProcess[str]:
        assert start_new_session, "a terminal would send it there too"
        signal.raise_signal(signal.SIGINT)
        build.mkdir(exist_ok=True)
        (build / "results.json").write_text("{}")
        return subprocess.CompletedProcess(words, 1)

    monkeypatch.setattr(workers.subprocess, "run", merge)
    with interruptible():
        code = workers.run(command({"1/2": 0, "2/2": 1}, tmp_path), 2, "e2e", build)
    assert code == 1


def test_a_worker_that_ended_long_before_another_did_not_hang(tmp_path: Path) -> None:
    worker = Worker([sys.executable, "-c", "raise SystemExit(1)"], 1, tmp_path)
    os.waitid(os.P_PID, worker.pid, os.WEXITED | os.WNOWAIT)
    worker.wait(silence_s=0, grace_s=0)
    assert (worker.exit_code, worker.why) == (1, "")


def test_a_worker_that_is_asked_to_leave_and_hangs_is_ended_after_its_grace(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    deaf = "import signal, sys; signal.signal(2, lambda *_: None); print('up', flush=True)\n"
    worker = Worker([sys.executable, "-c", f"{deaf}while 1: signal.pause()"], 1, tmp_path)
    wait_until("its first line", lambda: (capfd.readouterr().out or None, "nothing"), 60)
    worker.pass_on(signal.SIGINT)
    worker.wait(silence_s=1800, grace_s=0.2)
    assert (worker.exit_code, worker.why) == (3, "said nothing for 0 s and was ended")


def test_where_one_worker_cannot_be_started_none_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Worker] = []

    def start(words: list[str], number: int, folder: Path) -> Worker:
        if number == 2:
            raise BlockingIOError(11, "no process is left")
        started.append(Worker(words, number, folder))
        return started[0]

    monkeypatch.setattr(workers, "Worker", start)
    sleep = [sys.executable, "-c", "import select; select.select([], [], [], 60)"]
    with pytest.raises(SandboxError, match="worker 2 of 2 could not be started"):
        workers.run(sleep, 2, "e2e", tmp_path / "build")
    with pytest.raises(ProcessLookupError):
        os.kill(started[0].pid, 0)
