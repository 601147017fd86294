"""A terminal, as a reader of the guide has it: one bash that takes one complete command at a time.

Variables, functions, options and the folder stay from one command to the next. Nobody sits at it:
a command that asks for input, an editor, a pager or a terminal fails and says so.
"""

from __future__ import annotations

import contextlib
import os
import queue
import time
from collections.abc import Mapping
from pathlib import Path

import psutil

from sandbox import events
from sandbox.errors import NotReady
from sandbox.events import CommandRan
from sandbox.terminal.shell import Flooded, Shell
from sandbox.terminal.streams import MOST_MIB, Printed
from sandbox.waiting import patient, wait_until

_REFUSED = (
    "no-editor", "ed", "emacs", "nano", "nvim", "pico", "vi", "view", "vim",
    "no-pager", "less", "more", "most",
)  # fmt: skip
_REFUSAL = """#!/bin/sh
echo "${0##*/}: nobody sits at this terminal: it has no editor, no pager and no input" >&2
exit 1
"""
_NOBODY = {
    "EDITOR": "no-editor",
    "VISUAL": "no-editor",
    "GIT_EDITOR": "no-editor",
    "GIT_SEQUENCE_EDITOR": "no-editor",
    "KUBE_EDITOR": "no-editor",
    "PAGER": "no-pager",
    "GIT_PAGER": "no-pager",
    "MANPAGER": "no-pager",
    "TERM": "dumb",
}
LIMIT_S = 330.0
"""So long a command may take. Longer than flux, helm and kubectl wait where nobody tells them how
long (5 minutes): what they say then tells more than that they were still running."""
_GRACE_S = 3.0
"""So long may what is about to end by itself still run when the scenario is over."""
_TICK_S = 0.02
"""The kernel tells the start of a process in steps of 0.01 s."""


class Terminal:
    """The terminal of one scenario. Its shell starts with the first command."""

    def __init__(self, folder: Path, cwd: Path, env: Mapping[str, str]) -> None:
        """`folder` is the terminal's own; the first command runs in `cwd` with `env`."""
        self._folder = folder
        self._first = cwd
        self._env = {**env, **_NOBODY, "PATH": f"{folder}:{env.get('PATH', os.defpath)}"}
        self._shells: list[Shell] = []
        self._begun: list[tuple[float, str]] = []

    def type(self, line: str, *, block: str = "", limit: float = LIMIT_S) -> CommandRan:
        """Type one complete command and wait for its end; however it ends, it is evidence.

        Raises NotReady where it has not ended after `limit` seconds, or earlier in a process that
        is impatient, or where it prints without end: everything that this terminal runs is stopped
        then.
        """
        limit = patient(limit)
        shell, opened = self._open()
        cwd, started = shell.cwd, time.monotonic()
        self._begun.append((time.clock_gettime(time.CLOCK_BOOTTIME), line))

        def told(code: int | None, printed: Printed, how: str) -> CommandRan:
            typed = CommandRan(
                line=line,
                cwd=cwd,
                exit_code=code,
                stdout=printed.stdout,
                stderr=printed.stderr,
                output=printed.both,
                duration_s=time.monotonic() - started,
                block=block,
                note="; ".join(filter(None, (opened, how))),
            )
            events.emit(typed)
            return typed

        try:
            code = shell.do(line, limit)
        except queue.Empty:
            typed = told(None, self._stop(shell), f"stopped at its limit of {limit:g} s")
            said = typed.output.strip().rpartition("\n")[2]
            seen = f"still running, its last line: {said}" if said else "still running, no output"
            raise NotReady(f"the end of `{line}`", seen, limit) from None
        except Flooded:
            much = f"{MOST_MIB} MiB of output"
            typed = told(None, self._stop(shell), f"stopped at {much}: the rest is not kept")
            raise NotReady(f"the end of `{line}`", f"{much}, and more", typed.duration_s) from None
        except BaseException:
            told(None, self._stop(shell), "stopped, because the run was left")
            raise
        ended = "the shell ended with this command" if shell.exit_code is not None else ""
        return told(code, shell.streams.take(), ended)

    def _open(self) -> tuple[Shell, str]:
        """The shell that the next command is typed into, and a note where it is another one."""
        if self._shells and self._shells[-1].exit_code is None:
            return self._shells[-1], ""
        self._lay_out()
        note = "in a new shell: the one before has ended, with its variables" if self._begun else ""
        self._shells.append(Shell(self._folder, self._first, self._env))
        return self._shells[-1], note

    def _lay_out(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        refusal = self._folder / _REFUSED[0]
        if not refusal.exists():
            refusal.write_text(_REFUSAL)
            refusal.chmod(0o755)
        for name in _REFUSED[1:]:
            with contextlib.suppress(FileExistsError):
                (self._folder / name).symlink_to(refusal.name)

    def _stop(self, shell: Shell) -> Printed:
        self._shells.remove(shell)
        return shell.stop()

    def close(self) -> tuple[str, ...]:
        """End the shell, then what its commands have left in the background: a name for each.

        What is printed after the last command is evidence too.
        """
        for shell in self._shells:
            shell.leave(_GRACE_S)
        left = self._left() and self._left_after_grace()
        while self._shells:
            shell = self._shells[-1]
            cwd, code = shell.cwd, shell.exit_code
            printed = self._stop(shell)
            if printed.both:
                events.emit(
                    CommandRan(
                        line="exit",
                        cwd=cwd,
                        exit_code=code,
                        stdout=printed.stdout,
                        stderr=printed.stderr,
                        output=printed.both,
                        duration_s=0.0,
                        note="printed after the last command, when the terminal was closed",
                    )
                )
        return left

    def _left(self) -> tuple[str, ...]:
        return tuple(self._name(each) for shell in self._shells for each in shell.running())

    def _left_after_grace(self) -> tuple[str, ...]:
        def probe() -> tuple[bool | None, str]:
            left = self._left()
            return (None if left else True), ", ".join(left) or "all of them ended"

        what = "the end of what commands have left in the background"
        with contextlib.suppress(NotReady):  # named by whoever closes, and evidence as a wait
            wait_until(what, probe, _GRACE_S)
        return self._left()

    def _name(self, process: psutil.Process) -> str:
        """A process by its command line, and the command that was typed when it began."""
        try:
            with process.oneshot():
                words = " ".join(process.cmdline()) or process.name()
            began = int(
                Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[19]
            )
        except (psutil.Error, OSError):
            return f"process {process.pid}"
        at = began / os.sysconf("SC_CLK_TCK")
        typed = [line for begun, line in self._begun if begun <= at + _TICK_S]
        by = f" of `{typed[-1]}`" if typed else ""
        return f"`{words}` (process {process.pid}){by}"
