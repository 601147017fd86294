"""The edition of this repository, built with results in which each scenario saw what it claims."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import site_sample

import guide
from report.archive import Archive
from report.evidence import Command, Condition
from report.known.inputs import Inputs
from report.results import StepResult
from report.site.site import Site

ROOT = Path(__file__).resolve().parents[2]
_REFUSED = re.compile(r'block "(?P<block>[^"]+)".* fails with "(?P<words>.+)"$')
_NOT_READY = re.compile(r'(?P<object>\w+ "[^"]+").* reports Ready as False with "(?P<words>.+)"$')


def build(folder: Path) -> Path:
    """The site of the operational guide; a page shows a message where a run would show it."""
    results = site_sample.green(ROOT)
    scenarios = tuple(
        dataclasses.replace(one, steps=tuple(map(_seen, one.steps))) for one in results.scenarios
    )
    results = dataclasses.replace(results, scenarios=scenarios)
    kept = folder / "kept"
    kept.mkdir()
    results.write(kept / "results.json")
    archive = Archive(kept / "history")
    archive.add(results, kept)
    book = guide.Book.read(ROOT / "books" / "operational")
    inputs = Inputs(ROOT, book, kept / "results.json", archive.folder, now=site_sample.END)
    site = Site(inputs, folder / "operational")
    site.build()
    return site.out


def _seen(step: StepResult) -> StepResult:
    if found := _REFUSED.search(step.text):
        said = Command("typed", "flux-config", 1, "", found["words"], 0.4, block=found["block"])
        return dataclasses.replace(step, commands=(said,))
    if found := _NOT_READY.search(step.text):
        seen = Condition(found["object"], "Ready", "False", "Failed", found["words"])
        return dataclasses.replace(step, conditions=(seen,))
    return step
