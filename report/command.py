"""A command as the results hold it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """A command that a step ran, placeholders filled."""

    line: str
    cwd: str
    exit_code: int | None
    """None where it was stopped before it ended."""
    stdout: str
    stderr: str
    duration_s: float
    stdout_file: str = ""
    """Where the whole lies if `stdout` was cut, relative to the folder of results.json."""
    stderr_file: str = ""
    output: str = ""
    """Both streams in the order in which they came; empty where one of them is empty."""
    output_file: str = ""
    block: str = ""
    """The block of the edition that it stands in."""
    note: str = ""
    """What else happened: the shell ended, a new one was opened, the command was stopped."""
