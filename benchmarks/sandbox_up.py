"""Seconds from nothing to bootstrapped and Ready, the share of each phase, resident memory."""

import os
import statistics
import tempfile
import time
from pathlib import Path

from guide import Edition, shelf
from sandbox import events
from sandbox.lifecycle import up
from sandbox.processes import leftovers
from steps import baseline_tree
from steps.book import layout

RUNS = 3
MIB = 1024 * 1024


def main() -> None:
    """Bring an embedded sandbox up three times and print what it took."""
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
            sandbox.down()
    print(f"median {statistics.median(walls):.1f} s of {RUNS} runs")
