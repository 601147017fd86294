"""The issue file: new failures and recoveries of a night as Markdown that can be filed as it is."""

from __future__ import annotations

from report.regression import told
from report.regression.finding import CellReport, Kind, Report

NAME = "issue.md"


def title(report: Report) -> str:
    """The title of the issue; '' where nothing failed anew and nothing recovered."""
    parts = []
    recoveries = [
        (cell, event) for cell in report.cells for one in cell.recoveries for event in one.events
    ]
    for found, words in (
        (report.events(Kind.NEW_FAILURE), "new failure"),
        (recoveries, "recovery"),
    ):
        if found:
            cells = ", ".join(dict.fromkeys(cell.cell for cell, _ in found))
            parts.append(f"{len(found)} {words if len(found) == 1 else _plural(words)} in {cells}")
    return "; ".join(parts)


def issue(report: Report) -> str:
    """The whole issue, its title as the heading; '' where there is nothing to file."""
    head = title(report)
    if not head:
        return ""
    lines = [f"# {told.safe(head)}", ""]
    for cell in report.cells:
        found = [*cell.of(Kind.NEW_FAILURE), *cell.recoveries]
        if found:
            lines += [f"## {told.safe(cell.cell)}", "", *_where(cell), ""]
            for finding in found:
                lines += [*told.item(finding), ""]
            if failed := [one for each in cell.of(Kind.NEW_FAILURE) for one in each.scenarios]:
                lines += ["To see it again:", "", f"    {again(cell, failed)}", ""]
    return "\n".join(lines)


def again(cell: CellReport, scenarios: list[str]) -> str:
    """The command that runs these scenarios as the run of a cell did."""
    names = ",".join(dict.fromkeys(name.partition("[")[0] for name in scenarios))
    given = cell.run.command.partition(" FEATURE=")[0].partition(" TAGS=")[0]
    return f"{given or 'make e2e'} FEATURE={names}"


def _where(cell: CellReport) -> list[str]:
    run = cell.run
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    facts = [f"Run `{run.id}` of {run.finished[:16]}"]
    facts += [f"commit `{run.commit}`"] if run.commit else []
    facts += [told.safe(versions)] if versions else []
    facts += [f"on {told.safe(run.host)}"] if run.host else []
    return ["; ".join(facts) + "."]


def _plural(words: str) -> str:
    return "recoveries" if words == "recovery" else f"{words}s"
