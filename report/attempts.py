"""Attempts: what failed in a run and was tried again, as one run that tells of every attempt."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from report.errors import ReportError
from report.results import FailedAttempt, Results, ScenarioResult

FOLDER = "attempts"
_TELLING = (("failed", "passed"), ("failed", "failed"), ("passed", "failed"))
"""How a scenario went, and how a later attempt at it: what changes what is known of it."""


def add_attempt(commands: Any) -> None:
    """Add the command to a parser's subparsers."""
    parser = commands.add_parser("attempt", help="put another try of what failed to its run")
    parser.add_argument("--out", type=Path, default=Path("build"), help="the folder of the run")
    parser.add_argument("--number", type=int, required=True, help="which attempt it is, from 2 on")
    parser.set_defaults(do=_attempt)


def _attempt(options: argparse.Namespace) -> int:
    folder = f"{FOLDER}/{options.number}"
    first = Results.read(options.out / "results.json")
    later = Results.read(options.out / folder / "results.json")
    both = joined(first, later, folder)
    if (options.out / folder / "outputs").is_dir():
        # Named by what is in them.
        outputs = options.out / "outputs"
        shutil.copytree(options.out / folder / "outputs", outputs, dirs_exist_ok=True)
    both.write(options.out / "results.json")
    flaky = [
        f"flaky: {one.id} passed at attempt {one.attempts}: that is not green"
        for one, was in zip(both.scenarios, first.scenarios, strict=True)
        if one.status == "passed" and was.status == "failed"
    ]
    for line in flaky:
        print(line)
    return 0


def joined(first: Results, later: Results, folder: str) -> Results:
    """The run with what a later attempt at its failed scenarios showed, its files in `folder`.

    What the attempt did not come to stays as it was. ReportError where it was at other texts.
    """
    texts = {(part.run.book, part.run.edition_hash) for part in (first, later)}
    if len(texts) != 1:
        what = "what failed was tried again on another edition"
        raise ReportError(what, cure="run `make e2e` again and change nothing meanwhile")
    others = {one.id: one for one in later.scenarios}
    scenarios = tuple(_again(one, others.get(one.id), folder) for one in first.scenarios)
    loads = [part.run.load for part in (first, later) if part.run.load is not None]
    run = replace(
        first.run,
        finished=later.run.finished,
        duration_s=round(first.run.duration_s + later.run.duration_s, 3),
        phases=(*first.run.phases, *later.run.phases),
        load=max(loads, default=None),
    )
    return Results(run, scenarios)


def _again(first: ScenarioResult, later: ScenarioResult | None, folder: str) -> ScenarioResult:
    if later is None or later.content_hash != first.content_hash:
        return first
    # A row that passed is tried again where another row of its outline has failed: what it does
    # then counts where it fails, and a second pass says nothing new.
    if (first.status, later.status) not in _TELLING:
        return first
    before = first.failed_attempts
    if first.status == "failed":
        before = (*before, FailedAttempt(first.error, first.duration_s, first.steps, first.bundle))
    return replace(
        later,
        attempts=first.attempts + later.attempts,
        failed_attempts=(*before, *_moved(later.failed_attempts, folder)),
        bundle=f"{folder}/{later.bundle}" if later.bundle else "",
    )


def _moved(attempts: Sequence[FailedAttempt], folder: str) -> list[FailedAttempt]:
    return [
        replace(one, bundle=f"{folder}/{one.bundle}") if one.bundle else one for one in attempts
    ]
