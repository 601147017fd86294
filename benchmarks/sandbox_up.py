"""Seconds from nothing to bootstrapped and Ready, the share of each phase, resident memory.

Then of the last one: its CPU while nothing happens, and the seconds of a second cluster beside it.
"""

import os
import statistics
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

from guide import Edition, shelf
from sandbox import events
from sandbox.lifecycle import up
from sandbox.processes import leftovers
from sandbox.sandbox import Sandbox
from steps import baseline_tree
from steps.book import layout

RUNS = 3
QUIET_S, IDLE_S = 20, 60
"""What a start still has to do is over after the first; the second is measured."""
MIB = 1024 * 1024
_TOLD = 0.001


def main() -> None:
    """Bring an embedded sandbox up three times and print what it took, and what it takes idle."""
    book = shelf.find(os.environ.get("BOOK", ""))
    edition = Edition.read(book.edition)
    walls = []
    with tempfile.TemporaryDirectory() as folder:
        baseline_tree.write(book, edition, Path(folder))
        for number in range(RUNS):
            phases: list[events.PhaseEnded] = []

            def note(event: events.Event, phases: list[events.PhaseEnded] = phases) -> None:
                if isinstance(event, events.PhaseEnded):
                    phases.append(event)

            started = time.monotonic()
            with events.subscribe(note):
                sandbox = up("bench", provider="embedded", layout=layout(book), seed=Path(folder))
                walls.append(time.monotonic() - started)
            rss = sum(each.memory_info().rss for each in leftovers.marked(sandbox.folder))
            shares = ", ".join(f"{each.phase} {each.duration_s:.1f}" for each in phases)
            print(f"run {number + 1}: {walls[-1]:.1f} s ({shares}); resident {rss / MIB:.0f} MiB")
            if number + 1 == RUNS:
                _idle(sandbox)
                _second_cluster(sandbox)
            sandbox.down()
    print(f"median {statistics.median(walls):.1f} s of {RUNS} runs")


def _idle(sandbox: Sandbox) -> None:
    """Print the share of a core that a sandbox takes while nobody asks anything of it."""
    time.sleep(QUIET_S)
    before, started = _cpu_s(sandbox), time.monotonic()
    time.sleep(IDLE_S)
    wall = time.monotonic() - started
    spent = {
        program: (after - before.get(program, 0)) / wall
        for program, after in _cpu_s(sandbox).items()
    }
    most = sorted(spent.items(), key=lambda each: -each[1])
    told = ", ".join(f"{program} {share:.2%}" for program, share in most if share > _TOLD)
    print(f"idle: {sum(spent.values()):.1%} of a core over {wall:.0f} s ({told})")


def _cpu_s(sandbox: Sandbox) -> Counter[str]:
    """CPU seconds so far of the processes of a sandbox, by program."""
    found: Counter[str] = Counter()
    for each in leftovers.marked(sandbox.folder):
        with suppress(psutil.NoSuchProcess):
            times = each.cpu_times()
            found[each.name()] += times.user + times.system
    return found


def _second_cluster(sandbox: Sandbox) -> None:
    """Print how long an empty cluster takes beside the first; the first one makes the template."""
    walls = []
    for number in range(RUNS + 1):
        started = time.monotonic()
        made = sandbox.add_cluster("second")
        if number:
            assert made.template, "it does not come from a template"
            walls.append(time.monotonic() - started)
        sandbox.remove_cluster("second")
    print(f"second cluster: median {statistics.median(walls):.1f} s of {RUNS}, from a template")
