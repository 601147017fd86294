"""The last lines of a run: what failed, where, why, how to see it again, and what did not run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePath

from report.reasons import FLAKY
from report.results import Results, ScenarioResult
from report.view import SIGN, STYLE, seconds, sentence, words

ERROR_LINES = 40
"""Lines of one error that the terminal shows; the results have all of it."""

NAMED = 3
"""Scenarios that did not run for one reason and are named; the results have all."""

Line = tuple[str, str]
"""A text and its style."""

_MEANING = {
    0: "every scenario passed",
    1: "a scenario failed",
    2: "wrong use or bad input",
    3: "the run did not come to its end",
    130: "interrupted",
}


def summary(results: Results, again: str, path: str, *, of_worker: bool = False) -> Iterator[Line]:
    """The lines; `again` is the command without FEATURE, `path` where the results are.

    Of a worker how it ended: the rest is said once, when all workers' results are together.
    """
    if not of_worker:
        yield from _found(results, again, path)
    yield from _ending(results, path)


def _found(results: Results, again: str, path: str) -> Iterator[Line]:
    """What failed, was skipped, did not run, or passes away."""
    for scenario in results.scenarios:
        if scenario.status == "failed":
            yield from _failure(scenario, again, PurePath(path).parent)
    skipped = [scenario for scenario in results.scenarios if scenario.status == "skipped"]
    if skipped:
        yield "", ""
    for scenario in skipped:
        yield f"{SIGN['skipped']} skipped: {scenario.id}: {scenario.error}", STYLE["skipped"]
    yield from _untold(results, again)
    run = results.run
    passing = [each for each in run.api_versions if each.passes]
    if passing:
        yield "", ""
    for each in passing:
        yield f"on Kubernetes {run.versions.get('kubernetes', '')}, {each}", STYLE["skipped"]
    yield "", ""


def _ending(results: Results, path: str) -> Iterator[Line]:
    """How a run ended, its counts and time, and where its results are."""
    run = results.run
    if run.stopped:
        yield f"The run ended early: {run.stopped}", STYLE["failed"]
    counts = Counter(scenario.outcome for scenario in results.scenarios)
    told = ", ".join(
        f"{counts[status]} {words(status)}"
        for status in ("passed", "failed", FLAKY, "skipped", "not_run")
        if counts[status] or status == "passed"
    )
    code = run.exit_code or 0
    style = STYLE["failed" if code else "passed"]
    sign = SIGN["failed" if code else "passed"]
    end = "" if code == 0 else f"; exit code {code}: {_MEANING[code]}"
    yield f"{sign} {told} in {seconds(run.duration_s)}{end}", style
    retried = [scenario.id for scenario in results.scenarios if scenario.attempts > 1]
    if retried:
        yield f"run more than once: {', '.join(retried)}", STYLE["skipped"]
    yield f"results: {path}", ""


def _untold(results: Results, again: str) -> Iterator[Line]:
    """What was to run and did not, by reason: where nothing comes up, it is the same for all."""
    reasons: dict[str, list[ScenarioResult]] = {}
    for scenario in results.scenarios:
        if scenario.untold:
            reason = (scenario.error.splitlines() or [""])[0].partition(". Cure: ")[0]
            reasons.setdefault(reason, []).append(scenario)
    if reasons:
        yield "", ""
    for reason, those in reasons.items():
        named = ", ".join(each.id for each in those[:NAMED])
        more = f" and {len(those) - NAMED} more" if len(those) > NAMED else ""
        yield f"{SIGN['not_run']} not run: {named}{more}: {reason}", ""
        if not more:
            bases = ",".join(dict.fromkeys(each.base_id for each in those))
            yield f"  again: {again} FEATURE={bases}", ""


def _failure(scenario: ScenarioResult, again: str, folder: PurePath) -> Iterator[Line]:
    yield "", ""
    yield f"{SIGN['failed']} {scenario.name}", STYLE["failed"]
    yield f"  {scenario.feature}:{scenario.line}", ""
    for step in scenario.steps:
        if step.status == "failed":
            yield f"  failed in: {sentence(step)} ({scenario.feature}:{step.line})", ""
            for command in step.commands[-1:]:
                first = (command.line.splitlines() or [""])[0]
                how = f"exit code {command.exit_code}"
                yield f"  last command: {first} ({command.note or how})", ""
    lines = scenario.error.splitlines()
    for line in lines[:ERROR_LINES]:
        yield f"    {line}", ""
    if len(lines) > ERROR_LINES:
        yield f"    [... {len(lines) - ERROR_LINES} more lines are in the results ...]", "dim"
    if scenario.bundle:
        yield f"  bundle: {folder / scenario.bundle}", ""
    yield f"  again: {again} FEATURE={scenario.base_id}", ""
