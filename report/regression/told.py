"""How a regression report reads: lines for a terminal, Markdown, and a document for programs."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from report.history import PastRun
from report.reasons import NOT_SELECTED
from report.regression.finding import CellReport, Event, Finding, Kind, Report
from report.regression.suspects import Change
from report.view import seconds, words

SCHEMA = 1
"""The version of the document."""

SHOWN = 8
"""Scenarios of one finding that the terminal names."""

_SIGN = {
    Kind.NEW_FAILURE: "✗",
    Kind.STILL_FAILING: "✗",
    Kind.QUARANTINED: "»",
    Kind.FIXED: "✔",
}


def terminal(report: Report) -> Iterator[str]:
    """The report on one screen."""
    if report.missing:
        yield f"✗ {report.missing}"
    for cell in report.cells:
        yield _head(cell)
        if not cell.whole:
            yield f"  ✗ {cell.unwhole}"
        for finding in cell.findings:
            yield f"  {_SIGN.get(finding.kind, '○')} {_title(finding)}"
            several = len(finding.events) > 1
            for event in finding.events[:SHOWN] if several else ():
                yield f"      {event.scenario}"
            if len(finding.events) > SHOWN:
                yield f"      and {len(finding.events) - SHOWN} more"
            for line in _details(finding):
                yield f"      {line}"
        if not cell.findings and cell.whole:
            yield "  ✔ nothing has changed"
        for flake in cell.flakes:
            of = flake.passed + flake.failed
            yield f"  ~ flaky: {flake.scenario}: {flake.failed} of {of} on one text"
    for run in report.asleep:
        yield f"{run.cell}: did not run; its last run is {_run(run)}"
    for entry in report.quarantine:
        yield f"in quarantine until {entry.until}: {entry.id}: {entry.reason}"
    for problem in report.problems:
        yield f"left out: {problem}"
    yield _sum(report)


def markdown(report: Report) -> str:
    """The report as a page that any Markdown viewer takes."""
    lines = ["# Regression report", "", safe(_sum(report)), ""]
    if report.missing:
        lines += [f"**{safe(report.missing)}**", ""]
    for cell in report.cells:
        lines += [f"## {safe(cell.cell)}", "", safe(_head(cell)), ""]
        if not cell.whole:
            what, _, why = cell.unwhole.partition(": ")
            lines += [f"**{what.capitalize()}:** {safe(why)}", ""]
        for kind in Kind:
            found = cell.of(kind)
            if found:
                lines += [f"### {kind.capitalize()}", ""]
                for finding in found:
                    lines += [*item(finding), ""]
        if cell.flakes:
            lines += ["### Flake ledger", "", "| scenario | flaky | of | last in |"]
            lines += ["|---|---|---|---|"]
            for flake in cell.flakes:
                of = flake.passed + flake.failed
                lines.append(f"| `{flake.scenario}` | {flake.failed} | {of} | `{flake.last}` |")
            lines.append("")
        if not cell.findings and cell.whole:
            lines += ["Nothing has changed.", ""]
    if report.asleep:
        lines += ["## Did not run", ""]
        lines += [f"- {safe(run.cell)}: last {safe(_run(run))}" for run in report.asleep] + [""]
    if report.quarantine:
        lines += ["## In quarantine", ""]
        for entry in report.quarantine:
            lines.append(f"- `{entry.id}` until {entry.until}: {safe(entry.reason)}")
        lines.append("")
    if report.problems:
        lines += ["## Left out", "", *(f"- {safe(one)}" for one in report.problems), ""]
    return "\n".join(lines)


def item(finding: Finding) -> list[str]:
    """A finding as an item of a Markdown list, its scenarios and details below it."""
    lines = [f"- **{safe(_title(finding))}**"]
    if len(finding.events) > 1:
        lines += [f"    - `{event.scenario}`" for event in finding.events]
    return lines + [f"    - {safe(line)}" for line in _details(finding)]


def paragraph(finding: Finding) -> list[str]:
    """A finding as lines of plain text."""
    several = finding.scenarios if len(finding.events) > 1 else ()
    return [_title(finding), *(f"  {name}" for name in several), *_details(finding)]


def document(report: Report) -> dict[str, Any]:
    """The report as JSON wants it."""
    return {
        "schema": SCHEMA,
        "exit_code": report.exit_code,
        "cells": [_cell(cell) for cell in report.cells],
        "did_not_run": [{"cell": run.cell, "run": run.id} for run in report.asleep],
        "quarantine": [
            {"id": one.id, "reason": one.reason, "until": str(one.until)}
            for one in report.quarantine
        ],
        "problems": list(report.problems),
        "missing": report.missing,
    }


def _cell(cell: CellReport) -> dict[str, Any]:
    return {
        "cell": cell.cell,
        "run": cell.run.id,
        "finished": cell.run.finished,
        "run_exit_code": cell.run.exit_code,
        "stopped": cell.run.stopped,
        "before": cell.before.id if cell.before else None,
        "run_factor": None if cell.run_factor is None else round(cell.run_factor, 2),
        "findings": [
            {
                "kind": finding.kind.value,
                "words": finding.first.words,
                "scenarios": [_event(event) for event in finding.events],
                "suspects": [vars(change) for change in finding.suspects],
            }
            for finding in cell.findings
        ],
        "flaky": [vars(flake) for flake in cell.flakes],
    }


def _event(event: Event) -> dict[str, Any]:
    slow = event.slow
    return {
        "id": event.scenario,
        "words": event.words,
        "since": event.since.id if event.since else None,
        "last_green": event.last_good.id if event.last_good else None,
        "runs": event.runs,
        "new": event.new,
        "notes": list(event.notes),
        "suspects": [vars(change) for change in event.suspects],
        "slow": {key: _round(value) for key, value in vars(slow).items()} if slow else None,
    }


def _round(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value


def _head(cell: CellReport) -> str:
    run = cell.run
    states = Counter(
        NOT_SELECTED if one.left_out else words(one.outcome) for one in run.scenarios.values()
    )
    told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    against = f"against run {_run(cell.before)}" if cell.before else "the first of its cell"
    slow = ""
    if cell.run_factor is not None and cell.run_factor > 1.25:
        slow = f"; the whole run was slow, {cell.run_factor:.1f} times the usual"
    return f"{cell.cell}: run {_run(run)}, {against}: {told or 'no scenario'}{slow}"


def _run(run: PastRun) -> str:
    return f"{run.id} ({run.finished[:10]})"


def _title(finding: Finding) -> str:
    event, count = finding.first, len(finding.events)
    who = event.scenario if count == 1 else f"{count} scenarios"
    return f"{finding.kind}: {who}: {_said(event)}"


def _said(event: Event) -> str:
    slow = event.slow
    if slow is None:
        return event.words or "no reason is known"
    times = slow.now_s / (slow.usual_s * slow.run_factor)
    how = f"{seconds(slow.now_s)}, {times:.1f} times the {seconds(slow.usual_s)} of before"
    return f"little by little, {how}" if slow.drift else how


def _details(finding: Finding) -> Iterator[str]:
    event = finding.first
    red = (Kind.NEW_FAILURE, Kind.STILL_FAILING, Kind.QUARANTINED)
    if event.kind in red and event.since is not None:
        green = f"last green in run {_run(event.last_good)}" if event.last_good else "never green"
        runs = f", {event.runs} runs" if event.runs > 1 else ""
        yield f"since run {_run(event.since)}{runs}; {green}"
    if event.kind is Kind.STALE and event.since is not None:
        yield f"last seen in run {_run(event.since)}"
    if finding.suspects:
        yield f"what differs: {_differing(finding.suspects)}"
    yield from dict.fromkeys(note for one in finding.events for note in one.notes)


def _differing(changes: Iterable[Change]) -> str:
    """What differs, each thing once: a finding of several scenarios may have several texts."""
    told: dict[str, list[str]] = {}
    for each in changes:
        values = told.setdefault(each.what, [])
        values.append(f"{each.before or 'none'} → {each.after or 'none'}")
    return "; ".join(f"{what} ({', '.join(values)})" for what, values in told.items())


def _sum(report: Report) -> str:
    found = Counter(
        finding.kind for cell in report.cells for finding in cell.findings for _ in finding.events
    )
    told = ", ".join(f"{found[kind]} {kind}" for kind in Kind if found[kind])
    count = len(report.cells)
    cells = "1 cell" if count == 1 else f"{count} cells"
    whole = not report.missing and all(cell.whole for cell in report.cells)
    nothing = "nothing has changed" if whole else "nothing new in what ran; not all of it ran"
    return f"{cells}: {told or nothing}"


_MARKS = re.compile(r"([\\`*_\[\]|#])")


def safe(text: str) -> str:
    """Words that are words in Markdown and in HTML as well."""
    return _MARKS.sub(r"\\\1", html.escape(" ".join(text.split()), quote=False))
