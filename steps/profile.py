"""The pytest plugin of `make profile`: what each scenario uses, and what its seconds go by with.

Each scenario has three parts: what comes before it (for the first one the sandbox comes up), its
steps, and the return to the baseline. All that is measured is below the run, its supervisor too.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Generator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from sandbox import events
from sandbox.record import folder_of
from sandbox.usage import audit, cpu
from sandbox.usage.part import Part
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
        self._asked: Counter[audit.Request] = Counter()
        self.parts: list[Part] = []

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """What comes before the steps."""
        return (yield from self._measured(item, "before"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """The steps."""
        return (yield from self._measured(item, "steps"))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """The return to the baseline."""
        return (yield from self._measured(item, "return"))

    def _measured(self, item: pytest.Item, part: str) -> Generator[None, Any, Any]:
        before, began = cpu.of_tree(os.getpid()), time.monotonic()
        try:
            with events.subscribe(self._hear):
                return (yield)
        finally:
            took = time.monotonic() - began
            used = cpu.between(before, cpu.of_tree(os.getpid()))
            scenario = str(dict(item.user_properties).get("scenario", item.name))
            self.parts.append(
                Part(
                    scenario=scenario,
                    part=part,
                    seconds=round(took, 2),
                    cpu=used,
                    waits=self._waits.taken(),
                    requests=self._requests(),
                )
            )

    def _hear(self, event: events.Event) -> None:
        self._waits.hear(event)
        if isinstance(event, events.PhaseStarted) and event.phase == "down":
            self._read_logs()  # they go with the sandbox

    def _read_logs(self) -> None:
        for folder in self._folder.glob("clusters/*"):
            log = self._logs.setdefault(folder, audit.AuditLog(folder))
            self._asked += log.new()

    def _requests(self) -> list[tuple[str, str, str, int]]:
        self._read_logs()
        found = [
            (each.client, each.verb, each.resource, count)
            for each, count in sorted(self._asked.items(), key=lambda pair: (-pair[1], pair[0]))
        ]
        self._asked.clear()
        return found

    def pytest_terminal_summary(self) -> None:
        """Keep the profile beside the results, and show it."""
        told = {"parts": [asdict(part) for part in self.parts]}
        self._file.write_text(json.dumps(told, indent=1), encoding="utf-8")
        for line in table(self.parts):
            print(line)
