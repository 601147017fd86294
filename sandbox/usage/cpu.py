"""CPU seconds of a tree of processes, by program, those that have ended included.

The kernel adds what a process has used, with all that it had waited for, to its parent when that
waits for it: nothing is lost, but what programs that have ended have used is known by their parent
alone. CPU seconds depend less on what else the machine does than seconds do.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

_ENDED = "what {} has started, ended"


@dataclass(frozen=True)
class Spent:
    """What one process has used: itself, and its children that have ended."""

    program: str
    own: float
    ended: float


Spending = Mapping[tuple[int, float], Spent]
"""Process id and time of start → what it has used until now."""


def of_tree(root: int) -> Spending:
    """What the process `root` and everybody below it have used until now."""
    found: dict[tuple[int, float], Spent] = {}
    top = psutil.Process(root)
    for process in (top, *top.children(recursive=True)):
        # One that ends meanwhile is its parent's.
        with contextlib.suppress(psutil.NoSuchProcess), process.oneshot():
            times = process.cpu_times()
            found[process.pid, process.create_time()] = Spent(
                program_of(process.name(), process.cmdline()),
                times.user + times.system,
                times.children_user + times.children_system,
            )
    return found


def between(before: Spending, after: Spending) -> dict[str, float]:
    """CPU seconds by program from one look to the next; together they are all that was used."""
    used: dict[str, float] = defaultdict(float)
    for key, now in after.items():
        then = before.get(key, Spent(now.program, 0, 0))
        used[now.program] += now.own - then.own
        used[_ENDED.format(now.program)] += now.ended - then.ended
    # What had been counted as its own before it ended is now its parent's: not twice.
    gone = sum(spent.own + spent.ended for key, spent in before.items() if key not in after)
    if gone:
        used["(counted before they ended)"] -= gone
    return {name: round(seconds, 2) for name, seconds in used.items() if round(seconds, 2)}


def program_of(name: str, command: list[str]) -> str:
    """What a process is called: a Python program by its module, all others by their file."""
    if not command:
        return name
    if command[1:2] == ["-m"] and len(command) > 2:
        return " ".join(command[2:4] if command[2] == "sandbox" else command[2:3])
    return Path(command[0]).name
