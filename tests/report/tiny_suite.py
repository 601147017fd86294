"""Tiny suites: features and steps that a test shows, run by a pytest of their own."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warm_pytest import warm

from report.results import Results, ScenarioResult

ROOT = Path(__file__).resolve().parents[2]
HEAD = """
import pytest
from pytest_bdd import given, parsers, scenarios, then, when

scenarios("features")
"""


@dataclass(frozen=True)
class Outcome:
    """What a run left."""

    exit_code: int
    stdout: str
    stderr: str
    folder: Path

    @property
    def results(self) -> Results:
        return Results.read(self.folder / "build/results.json")

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "build/results.json").read_text())
        return found

    def __getitem__(self, scenario_id: str) -> ScenarioResult:
        return next(one for one in self.results.scenarios if one.id == scenario_id)

    def statuses(self) -> dict[str, str]:
        return {one.id: one.status for one in self.results.scenarios}

    def steps(self, scenario_id: str) -> list[str]:
        return [step.status for step in self[scenario_id].steps]


class TinySuite:
    """A folder with features and a test module."""

    def __init__(self, folder: Path, feature: str, steps: str, **files: str) -> None:
        self.folder = folder
        (folder / "features").mkdir()
        (folder / "features/shop.feature").write_text(textwrap.dedent(feature))
        (folder / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n")
        (folder / "test_shop.py").write_text(HEAD + textwrap.dedent(steps))
        for name, text in files.items():
            (folder / f"{name}.py").write_text(textwrap.dedent(text))

    def command(self, *options: str) -> list[str]:
        plugins = ("cacheprovider", "asyncio", "anyio", "hypothesispytest", "timeout")
        plugins += ("randomly", "xdist", "xdist.looponfail")
        return [
            *(sys.executable, "-m", "pytest", "-p", "report.collect"),
            *(word for name in plugins for word in ("-p", f"no:{name}")),
            *("--results", "build/results.json", "--edition-folder="),
            *options,
        ]

    @property
    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, *options: str) -> Outcome:
        done = warm().run(
            self.command(*options)[3:], cwd=self.folder, env=self.environment, timeout=120
        )
        return Outcome(done.returncode, done.stdout, done.stderr, self.folder)
