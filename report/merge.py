"""Put the results of runs that shared the scenarios among them together as one run.

A worker that did not tell how all its scenarios went keeps what it proved; the rest of its share
is not run, with the reason, and the run ends with 3.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from guide.ending import worst
from report import junit
from report.errors import ReportError
from report.files import replace as write_whole
from report.reasons import ELSEWHERE, NOT_YET
from report.results import Results, Run, ScenarioResult

UNTAKEN = "no worker of this run took it"
OWN_FILES = ("results.json", "junit.xml")
OWN_FOLDERS = ("outputs", "bundles")


@dataclass(frozen=True)
class Part:
    """What one worker has left."""

    who: str
    folder: Path
    exit_code: int | None = None
    """As its process ended; None where only its results say."""
    why: str = ""
    """How it ended, where its exit code says nothing."""

    def read(self) -> tuple[Results | None, str]:
        """Its results, if there are whole ones, and why it did not tell all: '' if it did."""
        ended = self.why or f"ended with exit code {self.exit_code}"
        try:
            results = Results.read(self.folder / "results.json")
        except ReportError as error:
            if not (self.folder / "results.json").exists():
                return None, f"{self.who} {ended} and left no results"
            return None, f"{self.who} {ended} and left no whole results ({error.what})"
        if results.run.exit_code is None and not self.why and self.exit_code is None:
            return results, f"{self.who} broke off"
        if results.run.exit_code is None or self.why:
            return results, f"{self.who} {ended} before it had told all"
        return results, ""


def merge(parts: Sequence[Results]) -> Results:
    """One run: each scenario from the part that ran it, the worst exit code, the longest time.

    Raises ReportError where the parts are not of one plan.
    """
    if not parts:
        raise ReportError("there are no results to put together", cure="run `make e2e`")
    plans = {tuple(scenario.id for scenario in part.scenarios) for part in parts}
    if len(plans) != 1 or len({(part.run.book, part.run.edition_hash) for part in parts}) != 1:
        what = "the results are of different features or editions"
        raise ReportError(what, cure="run `make e2e` again and change nothing meanwhile")
    runs = [part.run for part in parts]
    run = replace(
        _on_what(runs),
        started=min(run.started for run in runs),
        finished=max(run.finished for run in runs),
        # They began together. The times of day may be of a clock that went meanwhile.
        duration_s=max(run.duration_s for run in runs),
        exit_code=worst(run.exit_code for run in runs),
        stopped="; ".join(dict.fromkeys(run.stopped for run in runs if run.stopped)),
        api_versions=next((run.api_versions for run in runs if run.api_versions), ()),
        load=max((run.load for run in runs if run.load is not None), default=None),
        settings={**_settings(runs), "workers": str(len(parts))},
    )
    rows = zip(*(part.scenarios for part in parts), strict=True)
    return Results(run=run, scenarios=tuple(_one(row) for row in rows))


def _on_what(runs: Sequence[Run]) -> Run:
    """The first that tells on what scenarios ran: one that took none, or skipped them, has nothing.

    Else the first of which at least the provider is known.
    """
    return min(runs, key=lambda run: (not run.versions, not run.provider))


def _settings(runs: Sequence[Run]) -> dict[str, str]:
    """What was set for any of the runs; where they differ, for each."""
    names = dict.fromkeys(name for run in runs for name in run.settings)
    return {
        name: ", on another worker ".join(
            dict.fromkeys(run.settings[name] for run in runs if name in run.settings)
        )
        for name in names
    }


def _one(row: Sequence[ScenarioResult]) -> ScenarioResult:
    ran = [scenario for scenario in row if scenario.status != "not_run"]
    stopped = [scenario for scenario in row if not scenario.left_out]
    # "Another worker's" is said of a scenario of this run only: it wins over "not selected".
    elsewhere = [scenario for scenario in row if scenario.error == ELSEWHERE]
    return (ran or stopped or elsewhere or row)[0]


def merge_folders(
    parts: Sequence[Part], target: Path, otherwise: Callable[[], Results]
) -> tuple[Results, list[str]]:
    """Merge what the workers have left into `target`, with the files that belong to it.

    `otherwise` gives the plan where no worker has left results. Returns the results and a line for
    everything that was not as it should be. What an older run left in `target` is removed first.
    """
    _clear(target)
    found = [(part, *part.read()) for part in parts]
    whole = [_explained(results, why) for _, results, why in found if results is not None]
    merged = merge(whole or [otherwise()])
    problems = [why for _, _, why in found if why]
    lost = "; ".join(why for _, results, why in found if results is None)
    merged = _assigned(merged, lost)
    suites: list[Element] = []
    for part, results, why in found:
        if results is not None:
            try:
                suites += junit.suites_of(junit.read(part.folder / "junit.xml"))
            except ReportError as error:
                suites.append(junit.suite(part.who, results.scenarios))
                # One that broke off has not written it: that is told already.
                problems += [] if why else [f"{part.who}: {error}"]
    # What was taken by one that left nothing, or by nobody because all had ended.
    why = lost or UNTAKEN
    untold = [one for one in merged.scenarios if one.status == "not_run" and why in one.error]
    if lost or untold:
        suites.append(junit.suite(why, untold))
    codes = [merged.run.exit_code or 0, *(part.exit_code or 0 for part in parts)]
    merged = _closed(merged, codes, problems, len(parts))
    if merged.run.exit_code == 2 and not any(codes):
        why = next(one.error for one in merged.scenarios if one.status == "skipped")
        problems.append(f"nothing was shown, all of it was skipped: {why}")
    for part in parts:
        for name in OWN_FOLDERS:
            if (part.folder / name).is_dir():
                shutil.copytree(part.folder / name, target / name, dirs_exist_ok=True)
    merged.write(target / "results.json")
    write_whole(target / "junit.xml", junit.document(suites).encode())
    return merged, problems


def _clear(target: Path) -> None:
    for path in (target / name for name in (*OWN_FILES, *OWN_FOLDERS)):
        try:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        except OSError as error:
            what = f"what an older run left cannot be removed: {error.strerror}"
            raise ReportError(what, file=path, cure="remove it by hand") from error


def _explained(results: Results, why: str) -> Results:
    """The results of one worker; what it has not run says how it ended."""
    if not why:
        return results
    scenarios = (
        replace(one, error=_reason(one, one.error, why)) if one.untold else one
        for one in results.scenarios
    )
    return replace(results, scenarios=tuple(scenarios))


def _assigned(merged: Results, lost: str) -> Results:
    """What every worker left to another one was of those that left nothing."""
    why = lost or UNTAKEN
    scenarios = (
        replace(one, error=_reason(one, NOT_YET, why)) if one.error == ELSEWHERE else one
        for one in merged.scenarios
    )
    return replace(merged, scenarios=tuple(scenarios))


def _reason(scenario: ScenarioResult, said: str, why: str) -> str:
    return f"{said}: {why}. Cure: run it again with FEATURE={scenario.base_id}"


def _closed(merged: Results, codes: list[int], problems: Sequence[str], count: int) -> Results:
    """The run with its exit code: it is 0 only where every worker told of all its scenarios."""
    untold = any(one.untold for one in merged.scenarios)
    states = {one.status for one in merged.scenarios}
    code = worst([*codes, *([3] if problems else [])])
    # A failure is told of the guide: it must not hide that the rest of it was not looked at.
    code = 3 if untold and code in (0, 1) else code
    if code == 0 and "skipped" in states and "passed" not in states:
        code = 2  # as in a run of one worker: what showed nothing must not look like a success
    stopped = "; ".join(dict.fromkeys(one for one in (merged.run.stopped, *problems) if one))
    settings = {**merged.run.settings, "workers": str(count)}
    return replace(
        merged, run=replace(merged.run, exit_code=code, stopped=stopped, settings=settings)
    )
