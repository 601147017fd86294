"""Start a program that ends with us, however we end, and read it line by line."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1


@contextmanager
def child(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdout: int | IO[bytes] = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[str]]:
    """A program in a process group of its own: gone, and waited for, when the context ends."""
    process = subprocess.Popen(
        command,
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        text=True,
        errors="replace",
        start_new_session=True,
        preexec_fn=_end_with_parent,
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


def _end_with_parent() -> None:
    # A builder that is killed with -9 can't end its children: the kernel does it then, or else an
    # orphan would go on writing where the next builder works.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _kill_group(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):  # it ended between the two calls: what was wanted
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()
