"""The night: which runs a report is about, and the report."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from report.clock import moment, wrong
from report.errors import ReportError
from report.history import PastRun
from report.regression.finding import Report
from report.regression.judge import judge
from report.regression.quarantine import Quarantine
from report.regression.reported import Reported

LASTS = timedelta(hours=20)
"""Cells whose newest run ended so long before the newest of all did not run in this night."""


def report(
    runs: Sequence[PastRun],
    quarantine: Quarantine,
    now: datetime,
    problems: Sequence[str] = (),
    torn: bool = False,
    unrecorded: Collection[str] = (),
    ran: Collection[str] = (),
    reported: Reported | None = None,
) -> Report:
    """The newest run of each cell against those before it. Runs come as they were recorded.

    `torn` says that the newest run of all could not be read; `unrecorded` are cells that ran, or
    were to, and of which nothing came into the history: what it has of them is not of tonight.
    `ran` are cells that ran tonight, however long ago. `reported` is what was told before.

    ReportError where there is none, or where the clock of one that is judged went.
    """
    if not runs:
        why = f": {problems[0]}" if problems else ""
        why += f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        raise ReportError(f"the history has no run{why}", cure="`make e2e` records one")
    cells: dict[str, list[PastRun]] = {}
    for run in runs:
        cells.setdefault(run.cell, []).append(run)
    ended = {cell: _end(each[-1]) for cell, each in cells.items()}
    newest = max(ended.values())
    recent = [cell for cell, end in ended.items() if cell in ran or newest - end <= LASTS]
    awake = [cell for cell in recent if cell not in unrecorded]
    odd = wrong(runs, now)
    told = reported or Reported()
    for cell in awake:
        run = cells[cell][-1]
        if run.id in odd:
            what = f"run {run.id} cannot be held against others: {odd[run.id]}"
            raise ReportError(what, cure="set the clock of the machine, and run again")
    scenarios = {name for cell in recent for name in cells[cell][-1].scenarios}
    lost = (
        f"{name} is in quarantine, but no scenario has that id"
        for name in quarantine.unknown(scenarios)
    )
    return Report(
        cells=tuple(judge(cells[cell], quarantine, told.before(cells[cell])) for cell in awake),
        asleep=tuple(cells[cell][-1] for cell in cells if cell not in awake),
        quarantine=quarantine.entries,
        problems=(*problems, *lost),
        missing=_missing(newest, now, torn, unrecorded),
    )


def _missing(newest: datetime, now: datetime, torn: bool, unrecorded: Collection[str]) -> str:
    why = []
    if unrecorded:
        why.append(f"none of tonight is recorded of {', '.join(unrecorded)}")
    if torn:
        why.append("the newest line of the history is not a whole run: that run is not judged")
    elif now - newest > LASTS:
        ended = f"{newest:%Y-%m-%d %H:%M} UTC"
        why.append(f"the newest run ended at {ended}: none of tonight is recorded")
    return "; ".join(why)


def _end(run: PastRun) -> datetime:
    return moment(run.finished) or datetime.min.replace(tzinfo=UTC)
