"""The one tree of errors: who, what, last seen, and the cure.

SandboxError
├── UsageError      the caller asked for something that cannot be (exit code 2)
├── MissingTool     a program that is needed is not on this machine
├── CommandFailed   a program ended with an exit code that was not expected
├── NotReady        something awaited did not come about in time
└── ProcessDied     a process of the sandbox ended by itself
Each is caught in one place only: the `__main__` of the package that a person started.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from errno import EDQUOT, ENOSPC, EROFS


class SandboxError(Exception):
    """The sandbox could not do what was asked; the text ends with the cure where one is known."""

    exit_code = 3

    def __init__(self, what: str, *, phase: str = "", cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.phase = phase
        self.cure = cure

    def __str__(self) -> str:
        head = f"{self.phase}: {self.what}" if self.phase else self.what
        return f"{head}. Cure: {self.cure}" if self.cure else head


def of_disk(error: OSError) -> SandboxError:
    """What a file, a folder or a full disk keeps from being done, on one line.

    Raises the error again where it is of something else.
    """
    if error.filename is None and error.errno not in (ENOSPC, EDQUOT, EROFS):
        raise error
    where = f"{error.filename2 or error.filename}: " if error.filename else ""
    cure = "see that you may read and write it, and that there is room"
    return SandboxError(f"{where}{error.strerror}", cure=cure)


class UsageError(SandboxError):
    """Wrong use or bad input: nothing was started or changed."""

    exit_code = 2


class MissingTool(SandboxError):
    """A program that is needed is not on this machine."""

    def __init__(self, tool: str, *, cure: str) -> None:
        super().__init__(f"{tool} is not on this machine", cure=cure)
        self.tool = tool


class CommandFailed(SandboxError):
    """A program ended with an exit code that was not expected."""

    def __init__(
        self, line: str | Sequence[str], exit_code: int, output: str, duration_s: float
    ) -> None:
        self.line = line if isinstance(line, str) else shlex.join(line)
        self.command_exit_code = exit_code
        self.output = output
        self.duration_s = duration_s
        tail = "\n".join(output.strip().splitlines()[-15:])
        super().__init__(f"`{self.line}` ended with {exit_code} after {duration_s:.1f} s:\n{tail}")


class NotReady(SandboxError):
    """Something awaited did not come about within the limit (seconds)."""

    def __init__(self, what: str, last_seen: str, limit: float, *, phase: str = "") -> None:
        self.awaited = what
        self.last_seen = last_seen
        self.limit = limit
        super().__init__(f"waited {limit:.0f} s for {what}; last seen: {last_seen}", phase=phase)


class ProcessDied(SandboxError):
    """A process of the sandbox ended by itself; the text carries the last lines of its log."""

    def __init__(self, process: str, exit_code: int | None, log_tail: str, *, cure: str) -> None:
        self.process = process
        self.log_tail = log_tail
        code = "an unknown exit code" if exit_code is None else f"exit code {exit_code}"
        super().__init__(f"{process} ended with {code}; its last lines:\n{log_tail}\n", cure=cure)
