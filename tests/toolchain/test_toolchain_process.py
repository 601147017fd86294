"""Programs that end with us, however we end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from sandbox.toolchain import process
from sandbox.waiting import wait_until

PARENT = """
import os
from pathlib import Path
from sandbox.toolchain import process
with process.child(["/bin/sleep", "600"], cwd=Path("/"), env=os.environ) as child:
    print(child.pid, flush=True)
    child.wait()
"""


def is_sleep(pid: int) -> bool:
    try:
        found = psutil.Process(pid)
        return found.name() == "sleep" and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_lines_come_as_they_are_written_and_the_exit_code_is_kept(tmp_path: Path) -> None:
    seen: list[str] = []
    command = ["/bin/sh", "-c", "echo one >&2; echo two >&2; exit 3"]
    exit_code, kept = process.stream(command, cwd=tmp_path, env=os.environ, on_line=seen.append)
    assert (exit_code, kept, seen) == (3, ["one", "two"], ["one", "two"])


def test_the_environment_is_only_what_is_given(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", "echo $ONLY $HOME >&2"]
    assert process.stream(command, cwd=tmp_path, env={"ONLY": "this"}) == (0, ["this"])


def test_a_child_and_its_children_are_gone_after_the_context(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", "sleep 600 & echo $! >&2; wait"]
    with process.child(command, cwd=tmp_path, env=os.environ, stderr=subprocess.PIPE) as child:
        assert child.stderr
        grandchild = int(child.stderr.readline())
        child.stderr.close()
        wait_until("the grandchild to run", lambda: (is_sleep(grandchild) or None, "not yet"), 10)
    assert child.returncode == -signal.SIGKILL
    wait_until(
        "the end of the grandchild", lambda: (not is_sleep(grandchild) or None, "it runs"), 10
    )


def test_a_child_ends_when_its_parent_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = int(parent.stdout.readline())
    wait_until("the child to run", lambda: (is_sleep(child) or None, "not yet"), 10)
    parent.send_signal(signal.SIGKILL)
    parent.communicate(timeout=10)
    wait_until("the end of the child", lambda: (not is_sleep(child) or None, "it runs"), 10)
