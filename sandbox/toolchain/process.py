"""Start a program that ends with us, however we end, and read it line by line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

# Runs in a Python of its own before it becomes the program: a builder that is killed with -9 can't
# end its children, so the kernel is asked to (PR_SET_PDEATHSIG), or else an orphan would go on
# writing where the next builder works. A function between fork and exec (preexec_fn) would do the
# same, but it is not safe where the caller has threads.
_LAUNCHER = """
import ctypes, os, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""


@contextmanager
def child(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdout: int | IO[bytes] = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[str]]:
    """A program, by its path, in a process group of its own.

    It is gone, and waited for, when the context ends.
    """
    launch = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(os.getpid())]
    process = subprocess.Popen(
        [*launch, *command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _kill_group(process)


def stream(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    on_line: Callable[[str], None] = lambda _: None,
) -> tuple[int, list[str]]:
    """Run to the end; `on_line` gets each line of standard error. Exit code and its last lines."""
    kept: deque[str] = deque(maxlen=2000)
    with child(command, cwd=cwd, env=env, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                kept.append(line.rstrip("\n"))
                on_line(kept[-1])
        return process.wait(), list(kept)


def _kill_group(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):  # it ended between the two calls: what was wanted
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
