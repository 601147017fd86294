"""What a step leaves: commands, commits, waits, the chain, conditions, as the results hold them."""

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


@dataclass(frozen=True)
class Commit:
    """A commit that a step made, with its diff against the parent."""

    sha: str
    message: str
    diff: str
    diff_file: str = ""
    """Where the whole lies if `diff` was cut, relative to the folder of results.json."""


@dataclass(frozen=True)
class Wait:
    """Something that a step waited for, and how long."""

    what: str
    last_seen: str
    duration_s: float


@dataclass(frozen=True)
class ChainLink:
    """A stage of the evidence chain that was reached, at an RFC 3339 time in UTC."""

    stage: str
    revision: str
    at: str


@dataclass(frozen=True)
class Condition:
    """A status condition of an object that a step looked at."""

    object: str
    type: str
    status: str
    reason: str
    message: str


@dataclass(frozen=True)
class Evidence:
    """What was done and seen outside the steps: before the first scenario, or after a scenario."""

    commands: tuple[Command, ...] = ()
    commits: tuple[Commit, ...] = ()
    waits: tuple[Wait, ...] = ()
    chain: tuple[ChainLink, ...] = ()
    conditions: tuple[Condition, ...] = ()
