"""The parent of a terminal's shell, a program of its own: nothing that the shell starts gets away.

It is a subreaper: what is left in the background, detached from terminal and session or not,
becomes its child when its own parent ends. When its standard input ends, it ends all of them. So
they go with a run that is killed, too. `sandbox.terminal.shell` starts it with file descriptors as
arguments; it imports nothing of the project, because every scenario waits for its start.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import sys

SCRIPT, STATUS = 200, 201
"""File descriptors in the shell: where its commands come from, where it says how they ended."""
_SUBREAPER = 36
_PATIENCE_S = 10


def main(script: int, out: int, err: int, status: int) -> int:
    """Start the shell, tell how it ended, stay until standard input ends, then end the rest."""
    if ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0):
        _say(f"failed {os.strerror(ctypes.get_errno())}")
        return 1
    woken, wake = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake)
    for descriptor in (script, out, err, status):
        os.set_inheritable(descriptor, False)
    shell = os.posix_spawnp(
        "bash",
        # By a name in the current folder, so that its messages begin with `bash:`; with aliases,
        # which a reader's own terminal knows.
        ["bash", "--noprofile", "--norc", "-O", "expand_aliases", "bash"],
        os.environ,
        file_actions=[
            # Cannot be read: who asks for input is told so, instead of going on with none.
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, script, SCRIPT),
            (os.POSIX_SPAWN_DUP2, status, STATUS),
            (os.POSIX_SPAWN_DUP2, out, 1),
            (os.POSIX_SPAWN_DUP2, err, 2),
        ],
        setsigdef=[signal.SIGPIPE, signal.SIGINT, signal.SIGCHLD],
    )
    for descriptor in (script, out, err, status):
        os.close(descriptor)
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        _reap(shell)
        if woken in ready:
            os.read(woken, 4096)
        if 0 in ready and not os.read(0, 1):
            return _end_all(shell, woken)


def _say(words: str) -> None:
    with contextlib.suppress(BrokenPipeError):  # the run was killed, nobody listens any more
        os.write(1, f"{words}\n".encode())


def _reap(shell: int) -> bool:
    """Take away what ended; whether anything is left."""
    while True:
        try:
            ended, how = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if not ended:
            return True
        if ended == shell:
            code = os.waitstatus_to_exitcode(how)
            _say(f"ended {code if code >= 0 else 128 - code}")


def _end_all(shell: int, woken: int) -> int:
    for _ in range(_PATIENCE_S * 10):
        for process in _descendants():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        if not _reap(shell):
            return 0
        if select.select([woken], [], [], 0.1)[0]:
            os.read(woken, 4096)
    _say(f"alive {' '.join(map(str, _descendants()))}")
    return 1


def _descendants() -> list[int]:
    children: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 - pathlib is too slow to import
        if name.isdigit():
            with contextlib.suppress(OSError), open(f"/proc/{name}/stat", "rb") as stat:  # noqa: PTH123
                parent = int(stat.read().rpartition(b")")[2].split()[1])
                children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    waiting = [os.getpid()]
    while waiting:
        mine = children.get(waiting.pop()) or []
        found += mine
        waiting += mine
    return found


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
