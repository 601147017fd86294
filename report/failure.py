"""Failure: what an exception says to a reader, and whether the run can go on after it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from report.masking import mask

NO_SANDBOX = 3
_OF_A_FINDING = ("awaited", "command_exit_code", "status")
BAD_INPUT = 2
_VALUE = re.compile(r" \+ +(where|and) |assert (not )?(True|False|None)$")
"""How pytest writes what the parts of an expression were, and one that has no two sides."""


def ends_run(error: BaseException, when: str) -> int:
    """The exit code with which this error ends the run; 0 where only the scenario failed.

    `when` is setup, call or teardown. Without a sandbox nobody may go on. A wait that timed out
    in a step, a command that failed in one and a server that has answered and refused are findings
    about the guide, and not the sandbox's end, although they would end `sandbox up`: they carry
    `awaited`, `command_exit_code` and `status`.
    """
    code = getattr(error, "exit_code", 0)
    if code == NO_SANDBOX:
        finding = any(hasattr(error, name) for name in _OF_A_FINDING)
        return 0 if finding and when == "call" else NO_SANDBOX
    return BAD_INPUT if code == BAD_INPUT and when == "setup" else 0


def text_of(error: BaseException, report: pytest.TestReport) -> str:
    """Why it failed, in words: the message, both sides of a comparison, a place for surprises."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if hasattr(error, "exit_code"):
        message = str(error)
    elif isinstance(error, AssertionError | pytest.fail.Exception):
        # pytest adds to the message of an assertion what the two sides were.
        message = str(getattr(crash, "message", error)).removeprefix("AssertionError: ")
        message = _without_values(message.removeprefix("Failed: "))
    elif crash is None:
        message = str(report.longrepr)
    else:
        message = f"{type(error).__name__}: {error}\nat {crash.path}:{crash.lineno}"
    for side in ("expected", "actual"):
        if hasattr(error, side):
            message += f"\n{side}: {getattr(error, side)}"
    return message or type(error).__name__


def _without_values(message: str) -> str:
    """An assertion's own words and both sides of a comparison, not how Python came by them.

    An assertion that has no words of its own keeps all: it is the only thing that is said.
    """
    if message.startswith("assert "):
        return message
    lines = (line for line in message.splitlines() if not _VALUE.match(line))
    return "\n".join(lines).rstrip()


@dataclass(frozen=True)
class Crash:
    """What junit.xml takes as the message of a failure."""

    message: str


class Told(str):
    """A masked traceback that still has its one-line message, as pytest's own have."""

    reprcrash: Crash

    @classmethod
    def of(cls, text: str, message: str) -> Told:
        """Mask both."""
        told = cls(mask(text))
        told.reprcrash = Crash(mask(message))
        return told


def hide_secrets(report: pytest.TestReport, message: str) -> None:
    """Mask what pytest writes of this report into junit.xml."""
    report.sections = [(name, mask(content)) for name, content in report.sections]
    if report.longrepr is None:
        return
    if isinstance(report.longrepr, tuple):
        path, line, reason = report.longrepr
        report.longrepr = (path, line, mask(reason))
    else:
        report.longrepr = Told.of(str(report.longrepr), message)
