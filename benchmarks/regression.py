"""What the regression report finds in years that never were, and what it costs.

Reach: precision and recall 1.0 each on every seed; 2,000 runs of 90 scenarios in 2 s and 300 MiB; a
line of history of 20 KiB or less.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "report")]

from simulated_year import Year  # noqa: E402
from year_score import score  # noqa: E402

from report.past_run import LINE  # noqa: E402

WRITTEN_AGAINST = (1, 2, 3)
"""What was wrong here was mended until nothing was."""
OTHERS = (11, 12, 13)

CHILD = """
import resource, sys, time
from pathlib import Path
from datetime import datetime
began = time.perf_counter()
from report.regression.cli import made_of, write
folder = Path(sys.argv[1])
made = made_of(folder, folder, datetime.fromisoformat(sys.argv[2]))
write(made, folder)
took = time.perf_counter() - began
busy = time.process_time()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{took:.2f} s, {busy:.2f} s of a processor with Python's start, {peak:.0f} MiB")
"""


def years() -> None:
    """Print what was found in each year."""
    for seed in (*WRITTEN_AGAINST, *OTHERS):
        began = time.perf_counter()
        found = score(Year(seed))
        which = "another seed" if seed in OTHERS else "written against"
        print(
            f"365 nights of 4 cells, seed {seed} ({which}): {found.found} found, "
            f"precision {found.precision:.4f}, recall {found.recall:.4f}; right suspect first "
            f"{found.first} of {found.first + len(found.other_suspects)}; drifts told "
            f"{found.drifts} days after half as long again; {time.perf_counter() - began:.0f} s"
        )
        for line in (*found.missed, *found.other_suspects):
            print(f"  missed: {line}")
        for line in found.false:
            print(f"  false: {line}")


def cost() -> None:
    """Print what a report over 2,000 runs takes, its Python started, and how long its lines are."""
    with tempfile.TemporaryDirectory() as name:
        year = Year(1, days=500, cells=4, scenarios=90)
        runs = [one.run for night in year.nights() for one in night]
        for cells in (4, 1):
            if cells == 1:
                runs = [replace(run, settings={"cell": "all"}) for run in runs]
            lines = [run.line() for run in runs]
            (Path(name) / "runs.jsonl").write_text("\n".join(lines) + "\n")
            command = [sys.executable, "-c", CHILD, name, year.now(year.days).isoformat()]
            env = {**os.environ, "PYTHONPATH": str(ROOT)}
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
            longest = max(map(len, lines))
            print(
                f"{len(lines)} runs of 90 scenarios in {cells} cells: {done.stdout.strip()}; "
                f"longest line {longest / 1024:.1f} of {LINE // 1024} KiB"
            )


def main() -> None:
    """Print the figures."""
    cost()
    years()


if __name__ == "__main__":
    main()
