"""A worker: one of several runs at once, followed from its first line to its end."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from guide.ending import INTERRUPTED, WORST_FIRST
from steps.voice import Voice

TOLD = frozenset(WORST_FIRST)
"""The exit codes with which a run says how it went; any other says nothing about scenarios."""

_LOOK_S = 1.0


class Worker:
    """The process of one worker; what it says is shown with its number before each line."""

    def __init__(self, command: Sequence[str], number: int, folder: Path) -> None:
        self.folder = folder
        self.exit_code: int | None = None
        self.why = ""
        """Why it ended, where its exit code does not say."""
        self._process = subprocess.Popen(
            [*command, f"--build={folder}"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,  # Ctrl-C is ours to pass on: each has it once, wherever it is from
        )
        self._asked_to_leave = False
        self._voice = Voice(self._process.stdout, str(number))

    @property
    def pid(self) -> int:
        """The id of its process."""
        return self._process.pid

    def pass_on(self, number: int) -> None:
        """Hand on a signal that asks it to leave, if it is still there."""
        self._asked_to_leave = True
        # Its grace begins now, however long it was silent before.
        self._voice.heard = time.monotonic()
        self._process.send_signal(number)

    def wait(self, *, silence_s: float, grace_s: float) -> None:
        """Wait until it has ended; one that says nothing for `silence_s` seconds is ended.

        It has `grace_s` seconds to clean up before it is killed; one that was asked to leave may
        be silent no longer than that either.
        """
        # One that ended while another was waited for has been silent since, and does not hang.
        code = self._process.poll()
        while code is None:
            silence = min(silence_s, grace_s) if self._asked_to_leave else silence_s
            left = self._voice.heard + silence - time.monotonic()
            if left > 0:
                with contextlib.suppress(subprocess.TimeoutExpired):  # it may be asked meanwhile
                    code = self._process.wait(timeout=min(left, _LOOK_S))
            else:
                self.why = f"said nothing for {silence:.0f} s and was ended"
                code = self.end(grace_s)
        self._voice.end()
        self._judge(code)

    def end(self, grace_s: float) -> int:
        """Ask it to leave, and kill it where it has not after `grace_s` seconds; its exit code."""
        self._process.terminate()
        try:
            return self._process.wait(timeout=grace_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    def _judge(self, code: int) -> None:
        if self.why:
            self.exit_code = 3
        elif code in TOLD:
            self.exit_code = code
        elif self._asked_to_leave and code < 0:
            self.exit_code, self.why = INTERRUPTED, f"was interrupted by {_name(-code)}"
        elif code < 0:
            self.exit_code, self.why = 3, f"was ended by {_name(-code)}"
            if -code == signal.SIGKILL:
                self.why += " (the machine was out of memory, or somebody killed it)"
        else:
            self.exit_code, self.why = 3, f"ended with exit code {code}"


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal has no name
        return f"signal {number}"
