"""A past run: what the history remembers of one run, and the one line of JSON that holds it.

A line is of LINE bytes at most for as many scenarios as a guide has: each scenario is a list of
values in the order of `PastScenario`, hashes are short, and equal reasons stand there once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any, NamedTuple

from report import migration
from report.reasons import left_out, outcome, untold
from report.results import Results, ScenarioResult

LINE = 20 * 1024
"""Bytes that a line should not exceed; reasons are cut to keep it."""

REASONS = (200, 140, 100, 70, 50, 30)
"""Characters of a reason that a line holds: as many as leave it within LINE."""

DIGITS = 12
"""Hexadecimal digits of a hash: enough to tell two texts of one scenario apart."""


class PastScenario(NamedTuple):
    """How one scenario went in one run. A tuple: a history holds hundreds of thousands."""

    status: str
    """passed, failed, skipped or not_run."""
    duration_s: float
    attempts: int
    content_hash: str
    """Of its sentences and of the units that it proves."""
    convergence_s: float
    """Seconds that its steps waited for the cluster."""
    reason: str = ""
    """The first line of why it failed, was skipped or was not run."""
    feature_hash: str = ""
    """Of its sentences alone, without its name; '' in lines of older versions."""
    text_hash: str = ""
    """Of its units and blocks alone; '' in lines of older versions."""

    @property
    def outcome(self) -> str:
        """Its status, or flaky where it passed at a later attempt."""
        return outcome(self.status, self.attempts)

    @property
    def left_out(self) -> bool:
        """Whether the run was told not to run it, as far as the line says so."""
        return left_out(self.status, self.reason)

    @property
    def untold(self) -> bool:
        """Whether the run was to run it and tells nothing about it."""
        return untold(self.status, self.reason)

    @classmethod
    def of(cls, scenario: ScenarioResult) -> PastScenario:
        """What is remembered of a scenario."""
        waited = sum(wait.duration_s for step in scenario.steps for wait in step.waits)
        said = scenario.error.strip().split("\n")[0] if scenario.status != "passed" else ""
        return cls(
            status=scenario.status,
            duration_s=scenario.duration_s,
            attempts=scenario.attempts,
            content_hash=scenario.content_hash[:DIGITS],
            convergence_s=round(waited, 3),
            reason=said[: REASONS[0]],
            feature_hash=scenario.feature_hash[:DIGITS],
            text_hash=scenario.text_hash[:DIGITS],
        )


@dataclass(frozen=True)
class PastRun:
    """One recorded run: its header and every scenario by its id."""

    id: str
    started: str
    finished: str
    duration_s: float
    provider: str
    versions: Mapping[str, str]
    edition_hash: str
    commit: str
    exit_code: int | None
    scenarios: Mapping[str, PastScenario]
    book: str = ""
    """The name of the book; '' in lines of older versions, like the fields below."""
    command: str = ""
    """What runs the same again."""
    simulated: tuple[str, ...] = ()
    stopped: str = ""
    host: str = ""
    """The kind of machine."""
    code: Mapping[str, str] = field(default_factory=dict)
    """Hashes of what ran beside edition and features: steps, sandbox, charts."""
    settings: Mapping[str, str] = field(default_factory=dict)
    load: float | None = None
    """The highest load of the machine that was seen meanwhile."""

    @property
    def cell(self) -> str:
        """What it was a run of: only runs of one cell are held against each other.

        A cell of a matrix has a name, which outlives its versions; else book and provider name it.
        """
        return self.settings.get("cell") or f"{self.book or 'book'}, {self.provider or 'nothing'}"

    @property
    def newer(self) -> bool:
        """Whether it ran on versions that nobody has taken up: a cell of tomorrow, or a bisection.

        Their names are those of today's cell with `-next` behind, and what else may follow.
        """
        cell, today = self.settings.get("cell", ""), f"{self.book}-{self.provider}"
        return cell.startswith(today) and "-next" in cell.removeprefix(today)

    @classmethod
    def of(cls, results: Results) -> PastRun:
        """What is remembered of a run."""
        run = results.run
        return cls(
            id=run.id,
            started=run.started,
            finished=run.finished,
            duration_s=run.duration_s,
            provider=run.provider,
            versions=run.versions,
            edition_hash=run.edition_hash,
            commit=run.commit,
            exit_code=run.exit_code,
            scenarios={scenario.id: PastScenario.of(scenario) for scenario in results.scenarios},
            book=run.book,
            command=run.command,
            simulated=run.simulated,
            stopped=run.stopped,
            host=run.host,
            code={name: digest[:DIGITS] for name, digest in run.code.items()},
            settings=run.settings,
            load=run.load,
        )

    def line(self) -> str:
        """The run as JSON on one line, without a line break."""
        for length in REASONS:
            line = self._line(length)
            if len(line) < LINE:
                break
        return line

    def _line(self, length: int) -> str:
        reasons = sorted({one.reason[:length] for one in self.scenarios.values() if one.reason})
        places = {reason: place for place, reason in enumerate(reasons)}
        data: dict[str, Any] = {name: value for name, value in vars(self).items() if value != ()}
        data["schema"] = migration.SCHEMA
        data["reasons"] = reasons
        data["scenarios"] = {
            name: _values(one, places.get(one.reason[:length]))
            for name, one in self.scenarios.items()
        }
        return json.dumps(data, separators=(",", ":"), sort_keys=True)

    @classmethod
    def load_line(cls, data: Mapping[str, Any]) -> PastRun:
        """A run from the JSON of its line, of this schema or an older one.

        NewerSchema where a newer proofbook wrote it; one of NO_RUN where it is none.
        """
        data = migration.current(data)
        reasons: Sequence[str] = data["reasons"]
        scenarios = {name: _scenario(values, reasons) for name, values in data["scenarios"].items()}
        if not _ID.fullmatch(data["id"]):
            raise ValueError(f"{data['id']!r} names no folder")
        given = {name: data[name] for name in data.keys() & _OF_RUN}
        simulated = tuple(data.get("simulated", ()))
        return _sound(cls(**{**given, "scenarios": scenarios, "simulated": simulated}))


NO_RUN = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)

# A run has a folder of this name, and pages.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_STATES = frozenset({"passed", "failed", "skipped", "not_run"})
_KINDS = (int, str, str, str)
_OF_RUN = frozenset(PastRun.__dataclass_fields__)


def _values(one: PastScenario, reason: int | None) -> list[Any]:
    hashes = [one.content_hash, one.feature_hash, one.text_hash]
    values = [one.status, one.duration_s, one.attempts, one.convergence_s, *hashes]
    return values if reason is None else [*values, reason]


def _sound(run: PastRun) -> PastRun:
    """The run again; TypeError where a value of its line is not what it should be."""
    pairs = [pair for each in (run.versions, run.code, run.settings) for pair in each.items()]
    texts = [run.id, run.started, run.finished, run.provider, run.edition_hash, run.commit]
    texts += [run.book, run.command, run.stopped, run.host, *run.simulated]
    _are(str, *texts, *(word for pair in pairs for word in pair))
    _are((int, float), run.duration_s, *([] if run.load is None else [run.load]))
    _are(int, *([] if run.exit_code is None else [run.exit_code]))
    return run


def _are(kind: type | tuple[type, ...], *values: object) -> None:
    if not all(isinstance(each, kind) for each in values):
        raise TypeError(f"one of {values!r} is not of {kind!r}")


def _scenario(values: Sequence[Any], reasons: Sequence[str]) -> PastScenario:
    status, duration, attempts, waited, content, feature, text, *reason = values
    said = reasons[reason[0]] if reason else ""
    # As one look at all: there are hundreds of thousands.
    kinds = (attempts.__class__, content.__class__, feature.__class__, text.__class__)
    timed = 0 <= duration < inf and 0 <= waited < inf
    if status not in _STATES or kinds != _KINDS or not timed or said.__class__ is not str:
        raise ValueError(f"{values!r} is no scenario")
    return PastScenario(status, duration, attempts, content, waited, said, feature, text)
