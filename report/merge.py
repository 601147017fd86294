"""Put the results of runs that shared the scenarios among them together as one run."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

from report.errors import ReportError
from report.files import replace as write_whole
from report.results import Results, Scenario

_WORST_FIRST = (130, 3, 2, 1, 0)


def merge(parts: Sequence[Results]) -> Results:
    """One run: each scenario from the part that ran it, the worst exit code, the whole time.

    Raises ReportError where the parts are not of one plan.
    """
    if not parts:
        raise ReportError("there are no results to put together", cure="run `make e2e`")
    plans = {tuple(scenario.id for scenario in part.scenarios) for part in parts}
    if len(plans) != 1 or len({(part.run.book, part.run.edition_hash) for part in parts}) != 1:
        what = "the results are of different features or editions"
        raise ReportError(what, cure="run `make e2e` again and change nothing meanwhile")
    runs = [part.run for part in parts]
    first, last = min(run.started for run in runs), max(run.finished for run in runs)
    seconds = (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds()
    codes = [3 if run.exit_code is None else run.exit_code for run in runs]
    run = replace(
        runs[0],
        started=first,
        finished=last,
        duration_s=seconds,
        exit_code=next((code for code in _WORST_FIRST if code in codes), 1),
        stopped="; ".join(dict.fromkeys(run.stopped for run in runs if run.stopped)),
        settings={**runs[0].settings, "workers": str(len(parts))},
    )
    rows = zip(*(part.scenarios for part in parts), strict=True)
    return Results(run=run, scenarios=tuple(_one(row) for row in rows))


def _one(row: Sequence[Scenario]) -> Scenario:
    ran = [scenario for scenario in row if scenario.status != "not_run"]
    stopped = [scenario for scenario in row if not scenario.left_out]
    return (ran or stopped or row)[0]


def merge_folders(folders: Sequence[Path], target: Path) -> Results:
    """Merge `results.json` of each folder into `target`, with the files that belong to them."""
    merged = merge([Results.read(folder / "results.json") for folder in folders])
    for folder in folders:
        for name in ("outputs", "bundles"):
            if (folder / name).is_dir():
                shutil.copytree(folder / name, target / name, dirs_exist_ok=True)
    merged.write(target / "results.json")
    junit = [folder / "junit.xml" for folder in folders if (folder / "junit.xml").exists()]
    write_whole(target / "junit.xml", _suites(junit).encode())
    return merged


def _suites(files: Sequence[Path]) -> str:
    """One JUnit document with the suites of all files."""
    whole = ElementTree.Element("testsuites", name="pytest tests")
    for file in files:
        whole.extend(ElementTree.parse(file).getroot())
    return ElementTree.tostring(whole, encoding="unicode", xml_declaration=True)
