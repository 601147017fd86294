import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from sandbox.errors import ProcessDied, UsageError
from sandbox.processes import leftovers
from sandbox.processes.supervisor import Supervisor
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.waiting import wait_until

LIMIT_S = 60


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("s")  # short: a socket lies in it


@pytest.fixture
def supervisor(folder: Path) -> Iterator[SupervisorClient]:
    client = SupervisorClient(folder)
    client.launch()
    yield client
    if client.running():
        client.shutdown()
    leftovers.end_all(folder)


def gone(pid: int) -> None:
    wait_until(
        f"process {pid} to end",
        lambda: (True if not psutil.pid_exists(pid) else None, "there"),
        LIMIT_S,
    )


def test_a_process_runs_with_its_log_and_is_listed(supervisor: SupervisorClient) -> None:
    supervisor.start("talker", ["sh", "-c", "echo hello; exec sleep 600"], env=os.environ)
    [child] = supervisor.children()
    assert (child["name"], child["running"]) == ("talker", True)
    log = Path(child["log"])
    wait_until("its line", lambda: (log.read_text() or None, "empty"), LIMIT_S)
    assert log.read_text() == "hello\n"


def test_a_process_that_ends_by_itself_is_reported_with_its_last_lines(
    supervisor: SupervisorClient,
) -> None:
    supervisor.start("fragile", ["sh", "-c", "echo address already in use; exit 4"], env=os.environ)
    wait_until(
        "its end",
        lambda: (not supervisor.children()[0]["running"] or None, "running"),
        LIMIT_S,
    )
    with pytest.raises(ProcessDied, match=r"(?s)fragile ended with exit code 4.*already in use"):
        supervisor.check()


def test_the_log_that_an_error_names_is_there_when_the_sandbox_has_gone(
    supervisor: SupervisorClient, folder: Path
) -> None:
    supervisor.start("c/fragile", ["sh", "-c", "echo no such flag; exit 4"], env=os.environ)
    wait_until(
        "its end",
        lambda: (not supervisor.children()[0]["running"] or None, "running"),
        LIMIT_S,
    )
    with pytest.raises(ProcessDied) as died:
        supervisor.check()
    supervisor.shutdown()
    shutil.rmtree(folder)
    [named] = re.findall(r"the whole log is (.+?);", died.value.cure)
    assert Path(named).read_text() == "no such flag\n"


def test_stopping_is_no_death(supervisor: SupervisorClient) -> None:
    supervisor.start("sleeper", ["sleep", "600"], env=os.environ)
    pid = supervisor.children()[0]["pid"]
    supervisor.stop("sleeper")
    supervisor.check()
    gone(pid)
    assert supervisor.children() == []


def test_two_may_wait_for_the_end_of_the_same_process(tmp_path: Path) -> None:
    async def both() -> Supervisor:
        made = Supervisor(tmp_path)
        log = str(tmp_path / "log")
        sleeper = ["sleep", "600"]
        await made.start({"name": "sleeper", "argv": sleeper, "env": os.environ, "log": log})
        # Somebody asks, is interrupted, and everything is taken down.
        await asyncio.gather(made.stop({"names": ["sleeper"]}), made.shutdown({"kill": True}))
        return made

    made = asyncio.run(both())
    assert made.children == {}
    assert made.done.is_set()


def test_a_program_that_is_not_there_is_an_error(supervisor: SupervisorClient) -> None:
    with pytest.raises(Exception, match="FileNotFoundError"):
        supervisor.start("none", ["/no/such/program"], env=os.environ)
    supervisor.check()


def test_children_die_with_a_killed_supervisor(supervisor: SupervisorClient, folder: Path) -> None:
    supervisor.start("sleeper", ["sleep", "600"], env=os.environ)
    child = supervisor.children()[0]["pid"]
    [own] = [p for p in leftovers.marked(folder) if "sandbox.processes.supervisor" in p.cmdline()]
    own.kill()
    gone(child)
    with pytest.raises(ProcessDied, match="the supervisor of the sandbox"):
        supervisor.check()


def test_everything_goes_when_the_owner_is_killed(folder: Path) -> None:
    # A run that is killed with -9 cannot clean up: the supervisor does it for the run.
    script = (
        "import os, sys, time; from pathlib import Path;"
        "from sandbox.processes.supervisor_client import SupervisorClient as S;"
        f"s = S(Path({str(folder)!r})); s.launch(owner=os.getpid());"
        "s.start('sleeper', ['sleep', '600'], env=os.environ);"
        "print(s.children()[0]['pid'], flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with owner:
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        owner.send_signal(signal.SIGKILL)
        owner.wait(LIMIT_S)
    gone(child)
    wait_until(
        "the supervisor to end",
        lambda: (True if not leftovers.marked(folder) else None, "there"),
        LIMIT_S,
    )


def test_only_marked_processes_are_leftovers(supervisor: SupervisorClient, folder: Path) -> None:
    other = subprocess.Popen(["sleep", "600"])
    try:
        supervisor.start("sleeper", ["sleep", "600"], env=os.environ)
        leftovers.end_all(folder)
        assert leftovers.marked(folder) == []
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_folder_too_long_for_a_socket_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too long for a Unix socket"):
        SupervisorClient(tmp_path / ("x" * 120))
