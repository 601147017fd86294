"""What a run of a cell has proved, read from the results that it left."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from report.reasons import untold
from report.results import ApiVersion


@dataclass(frozen=True)
class Break:
    """A scenario that does not hold."""

    scenario: str
    units: tuple[str, ...]
    """The units of the guide that it proves."""
    words: str
    """The first line of why."""


@dataclass(frozen=True)
class Proved:
    """How every scenario of one run went."""

    whole: bool
    """Whether the run came to its end: only then a scenario that is not broken holds."""
    stopped: str
    """Why it did not."""
    breaks: Mapping[str, Break]
    """What does not hold, by the scenario's id."""
    held: frozenset[str]
    """The scenarios that passed."""
    asked: int = 0
    """How many apiVersions of the edition its API server serves, or served once."""
    passing: Mapping[str, str] = field(default_factory=dict)
    """Those that are deprecated or gone there: what the API server says, by version and kind."""
    flaky: frozenset[str] = frozenset()
    """Those of `breaks` that passed when they were tried again."""

    @property
    def failed(self) -> frozenset[str]:
        """What failed at every attempt."""
        return frozenset(self.breaks) - self.flaky

    @property
    def told(self) -> frozenset[str]:
        """The scenarios of which it says something."""
        return self.held | frozenset(self.breaks)

    @classmethod
    def of_nothing(cls) -> Proved:
        """A run that has left nothing to read."""
        return cls(False, "it left no results that can be read", {}, frozenset())

    @classmethod
    def read(cls, results: Path) -> Proved:
        """The results of a run; one whose results cannot be read did not come to its end."""
        try:
            told = json.loads(results.read_text(encoding="utf-8"))
            run, scenarios = told["run"], told["scenarios"]
            code, stopped = run["exit_code"], str(run.get("stopped", ""))
            breaks = {one.scenario: one for one in _breaks(scenarios)}
            held = frozenset(str(each["id"]) for each in scenarios if each["status"] == "passed")
            flaky = held & breaks.keys()
            silent = [str(each["id"]) for each in scenarios if _untold(each)]
            known = [ApiVersion(**each) for each in run.get("api_versions") or ()]
        except (OSError, ValueError, KeyError, TypeError):
            return cls.of_nothing()
        why = stopped or ("" if code in (0, 1) else f"it ended with {code}")
        why = why or (f"it did not come to {silent[0]}" if silent else "")
        asked = sum(each.state != "unasked" for each in known)
        passing = {f"{one.api_version} {one.kind}": str(one) for one in known if one.passes}
        return cls(not why, why, breaks, held - flaky, asked, passing, flaky)


def _untold(scenario: Mapping[str, Any]) -> bool:
    return untold(scenario["status"], str(scenario.get("error", "")))


def _breaks(scenarios: list[dict[str, Any]]) -> Iterator[Break]:
    """What failed, and what passed only when it was tried again: flaky is not green."""
    for each in scenarios:
        words = ""
        if each["status"] == "failed":
            words = (str(each.get("error", "")).strip() or "it failed").splitlines()[0]
        elif each["status"] == "passed" and each.get("attempts", 1) > 1:
            words = f"passed only at attempt {each['attempts']}"
        if words:
            yield Break(str(each["id"]), tuple(each.get("units") or ()), words)
