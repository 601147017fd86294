"""The pytest plugin of `make profile`: what each scenario uses, and what its seconds go by with.

A scenario has two parts, its steps and the return to the baseline; for the first one the sandbox
comes up, after the last one it goes down. All that is measured is below the run.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from sandbox import events
from sandbox.record import folder_of
from sandbox.usage import audit, cpu
from sandbox.usage.part import Asked, Part
from sandbox.usage.table import table
from sandbox.usage.waits import Waits

NAME = "profile.json"


def pytest_configure(config: pytest.Config) -> None:
    """Measure the run."""
    file = Path(config.getoption("--results")).with_name(NAME)
    file.unlink(missing_ok=True)  # an older one is not this run's
    profile = Profile(file, folder_of(config.getoption("--sandbox")))
    config.pluginmanager.register(profile, "proofbook-profile")


class Profile:
    """One run that is measured."""

    def __init__(self, file: Path, folder: Path) -> None:
        self._file = file
        self._folder = folder
        self._waits = Waits()
        self._logs: dict[Path, audit.AuditLog] = {}
        self._asked: dict[audit.Request, audit.Served] = defaultdict(audit.Served)
        self._scenario = ""
        self._since = self._now()
        self._going = False
        self.parts: list[Part] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """A scenario begins."""
        self._scenario = str(dict(item.user_properties).get("scenario", item.name))
        self._since = self._now()
        with events.subscribe(self._hear):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, Any, Any]:
        """A sandbox has come up: what is used from now on are the steps."""
        try:
            return (yield)
        finally:
            if fixturedef.argname == "ground":
                self._close("up")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Generator[None, Any, Any]:
        """The steps end."""
        try:
            return (yield)
        finally:
            self._close("steps")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self) -> Generator[None, Any, Any]:
        """The return to the baseline ends, or the sandbox with it."""
        try:
            return (yield)
        finally:
            self._close("down" if self._going else "return")
            self._going = False

    def _now(self) -> tuple[cpu.Spending, float]:
        return cpu.of_tree(os.getpid()), time.monotonic()

    def _close(self, part: str) -> None:
        """All since the last look was this part of the scenario."""
        (before, began), self._since = self._since, self._now()
        after, ended = self._since
        self.parts.append(
            Part(
                scenario=self._scenario,
                part=part,
                seconds=round(ended - began, 2),
                cpu={} if part == "down" else cpu.between(before, after),
                waits=self._waits.taken(),
                requests=self._requests(),
            )
        )

    def _hear(self, event: events.Event) -> None:
        if isinstance(event, events.PhaseStarted) and event.phase == "down":
            self._close("return")  # and logs go with the sandbox
            self._going = True
        self._waits.hear(event)

    def _read_logs(self) -> None:
        for folder in self._folder.glob("clusters/*"):
            log = self._logs.setdefault(folder, audit.AuditLog(folder))
            for request, served in log.new().items():
                self._asked[request] += served

    def _requests(self) -> list[Asked]:
        self._read_logs()
        most_first = sorted(self._asked.items(), key=lambda pair: (-pair[1].count, pair[0]))
        found = [
            (each.client, each.verb, each.resource, served.count, round(served.seconds, 4))
            for each, served in most_first
        ]
        self._asked.clear()
        return found

    def pytest_terminal_summary(self) -> None:
        """Keep the profile beside the results, and show it."""
        told = {"parts": [asdict(part) for part in self.parts]}
        self._file.write_text(json.dumps(told, indent=1), encoding="utf-8")
        for line in table(self.parts):
            print(line)
