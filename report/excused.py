"""What a quarantine excuses of a run: failures that are known, as long as their day has not passed.

They ran, their evidence is kept and they are named; only the run does not end with 1 for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from report.past_run import PastRun
from report.regression.quarantine import Quarantine
from report.results import Results, ScenarioResult


@dataclass(frozen=True)
class Excused:
    """The failures of a run that are in quarantine, and whether it failed for nothing else."""

    lines: tuple[str, ...]
    """One for each of them, for people."""
    whole: bool

    @classmethod
    def of(cls, results: Results, book: Path) -> Excused:
        """Those of a run, by the quarantine of its book's folder.

        GuideError, in one line, for an entry that has no end.
        """
        quarantine, run = Quarantine.read(book), PastRun.of(results)
        red = [one for one in results.scenarios if _counts(one)]
        known = {one.id: quarantine.covers(one.id, run) for one in red}
        lines = tuple(
            f"failed in quarantine, until {entry.until}: {name}: {entry.reason}"
            for name, entry in known.items()
            if entry is not None
        )
        # A run that stopped, or a code of 1 without a scenario to it, has another cause.
        whole = bool(red) and len(lines) == len(red) and not _cut(results)
        return cls(lines, whole)


def only_known(files: Sequence[tuple[Path, Path]]) -> bool:
    """Whether runs that ended with 1 did so for failures in quarantine alone; prints these.

    Of each run its results file and its book's folder.
    """
    excused = True
    for file, book in files:
        results = Results.read(file)
        if results.run.exit_code != 0:
            found = Excused.of(results, book)
            for line in found.lines:
                print(line)
            excused = excused and results.run.exit_code == 1 and found.whole
    return excused


def _counts(one: ScenarioResult) -> bool:
    return one.status == "failed" or one.outcome == "flaky"


def _cut(results: Results) -> bool:
    unsaid = (one for one in results.scenarios if one.untold)
    return bool(results.run.stopped) or any(unsaid)
