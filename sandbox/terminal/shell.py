"""A bash that stays: takes a command, says how it ended and in which folder it stands now."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from queue import Empty

import psutil

from sandbox.errors import SandboxError
from sandbox.terminal import reaper
from sandbox.terminal.streams import Printed, Streams, one_write_pipe

_END_LIMIT_S = 20
_LOOKS = 20
"""How often the processes are listed where they never stay the same."""


class Flooded(Exception):
    """A command prints without end, or at least more than is kept."""


class Shell:
    """The shell, its parent, and whatever they started."""

    def __init__(self, folder: Path, cwd: Path, env: Mapping[str, str]) -> None:
        """Start it; a link to its script is put into `folder`."""
        link = folder / "bash"
        with contextlib.suppress(FileExistsError):
            link.symlink_to(f"/dev/fd/{reaper.SCRIPT}")
        script, self._script = os.pipe2(os.O_CLOEXEC)
        (out, out_end), (err, err_end) = one_write_pipe(), one_write_pipe()
        status, status_end = os.pipe2(os.O_CLOEXEC)
        theirs = (script, out_end, err_end, status_end)
        try:
            self._parent = subprocess.Popen(
                [sys.executable, "-I", "-S", reaper.__file__, *map(str, theirs)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=folder,
                env=dict(env),
                pass_fds=theirs,
                start_new_session=True,
            )
        finally:
            for each in theirs:
                os.close(each)
        assert self._parent.stdout
        self.streams = Streams(out, err, status, os.dup(self._parent.stdout.fileno()))
        self._parent.stdout.close()
        self.cwd = str(cwd)
        """Where the next command runs."""
        self.exit_code: int | None = None
        """How the shell itself ended; None while it has not."""
        self._mark = secrets.token_hex(8)
        self._status = b""
        self._flags = ""
        self._last = 0
        self._write(f"cd -- {_quoted(str(cwd))}; unset OLDPWD\n")

    def do(self, command: str, limit: float) -> int:
        """Run one complete command; its exit code, or the shell's own where the shell ended.

        Raises queue.Empty after `limit` seconds, and Flooded where more is printed than is kept.
        """
        deadline = time.monotonic() + limit
        self._write(
            f"builtin eval {_quoted(self._before() + command)}\n"
            # What the reader has switched on (`set -x`, `set -v`) is not to show this line.
            f'{{ builtin printf \'%s\\0\' {self._mark} "$?" "$-" "$PWD" >&{reaper.STATUS}; '
            f"set +xv; }} 2>/dev/null\n"
        )
        while True:
            word = self.streams.words.get(timeout=max(0.0, deadline - time.monotonic()))
            if word.channel == "status":
                self._status += word.text
                _, found, rest = self._status.rpartition(f"{self._mark}\0".encode())
                fields = rest.split(b"\0")
                if found and len(fields) == 4:
                    self._status = b""
                    code, flags, cwd = (os.fsdecode(each) for each in fields[:3])
                    self._last, self._flags, self.cwd = int(code), flags, cwd
                    return self._last
            elif word.channel == "flood":
                raise Flooded
            else:
                self._heard(word.text)
                if self.exit_code is not None:
                    return self.exit_code

    def _before(self) -> str:
        """What gives `$?` and the switches back to the command, as the one before has left them."""
        switched = "".join(each for each in "xv" if each in self._flags)
        before = f"set -{switched}; " if switched else ""
        if self._last and "e" not in self._flags:
            before += f"{{ (exit {self._last}); }} 2>/dev/null; "
        return before

    def _heard(self, text: bytes) -> None:
        words = text.split()
        if words[:1] == [b"ended"]:
            self.exit_code = int(words[1])
        elif words[:1] == [b"alive"]:
            raise SandboxError(
                f"processes {text.decode().split()[1:]} of a terminal do not end",
                cure="look at them with `ps`",
            )
        elif self.exit_code is None:
            said = text.decode(errors="replace").strip() or "it said nothing"
            raise SandboxError(f"the terminal's shell did not start: {said}")

    def _write(self, text: str) -> None:
        data = text.encode()
        with contextlib.suppress(BrokenPipeError):  # it has ended: `do` hears that
            while data:
                data = data[os.write(self._script, data) :]

    def leave(self, limit: float) -> None:
        """Let the shell end as at the end of its input; it may run a trap of its own."""
        if self._script >= 0:
            os.close(self._script)
            self._script = -1
        deadline = time.monotonic() + limit
        with contextlib.suppress(Empty):  # what it does not end is named with what is left
            while self.exit_code is None:
                word = self.streams.words.get(timeout=max(0.0, deadline - time.monotonic()))
                if word.channel not in ("status", "flood"):
                    self._heard(word.text)

    def running(self) -> list[psutil.Process]:
        """What the shell has started and still runs; itself too, while it does.

        One look misses the child of a process that ends while processes are listed, so it is
        what two looks in a row agree on.
        """
        found = self._listed()
        for _ in range(_LOOKS):
            before, found = found, self._listed()
            if [each.pid for each in before] == [each.pid for each in found]:
                break
        return found

    def _listed(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.NoSuchProcess):
            found = psutil.Process(self._parent.pid).children(recursive=True)
            return [each for each in found if _alive(each)]
        return []

    def stop(self) -> Printed:
        """End the shell and everything that it started; what was printed since the last time."""
        assert self._parent.stdin
        self._parent.stdin.close()
        if self._script >= 0:
            os.close(self._script)
            self._script = -1
        self._parent.wait(_END_LIMIT_S)
        printed = self.streams.take(last=True)
        while self.streams.words.qsize():
            word = self.streams.words.get()
            if word.channel == "reaper" and b"alive" in word.text:
                self._heard(word.text)
        return printed


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _alive(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False
