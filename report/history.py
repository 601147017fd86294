"""History: every run that was recorded, one JSON line each, without a server.

`<folder>/runs.jsonl` has what trends need; `<folder>/runs/<run id>/results.json.gz` the whole.
`report.archive` puts the other files of a run beside it.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from report.errors import ReportError
from report.files import replace
from report.reasons import left_out
from report.results import Results, Scenario

WHOLE = "results.json.gz"

KEPT_RUNS = 90
"""The newest runs: they are shown, and keep more than their results."""

REASON = 200
"""Characters of a reason that a line holds."""


@dataclass(frozen=True)
class PastScenario:
    """How one scenario went in one run."""

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

    @property
    def left_out(self) -> bool:
        """Whether the run was told not to run it, as far as the line says so."""
        return left_out(self.status, self.reason)


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

    @classmethod
    def of(cls, results: Results) -> PastRun:
        """The line of a run."""
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
            scenarios={scenario.id: _past(scenario) for scenario in results.scenarios},
            book=run.book,
            command=run.command,
            simulated=run.simulated,
            stopped=run.stopped,
        )

    def line(self) -> str:
        """The run as JSON on one line, without a line break."""
        # vars, not asdict: thousands of runs of flat values need no deep copy.
        scenarios = {name: vars(one) for name, one in self.scenarios.items()}
        data = {**vars(self), "scenarios": scenarios}
        return json.dumps(data, separators=(",", ":"), sort_keys=True)

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> PastRun:
        """A run from its line; one of NO_RUN where it is none."""
        scenarios = {
            str(one): PastScenario(**{key: found[key] for key in found.keys() & _OF_SCENARIO})
            for one, found in data["scenarios"].items()
        }
        if not _ID.fullmatch(data["id"]):
            raise ValueError(f"{data['id']!r} names no folder")
        given = {name: data[name] for name in data.keys() & _OF_RUN}
        simulated = tuple(data.get("simulated", ()))
        return cls(**{**given, "scenarios": scenarios, "simulated": simulated})


NO_RUN = (ValueError, KeyError, TypeError, AttributeError)

# A run has a folder of this name, and pages.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_OF_SCENARIO = frozenset(PastScenario.__dataclass_fields__)
_OF_RUN = frozenset(PastRun.__dataclass_fields__)


def _past(scenario: Scenario) -> PastScenario:
    waited = sum(wait.duration_s for step in scenario.steps for wait in step.waits)
    said = scenario.error.strip().split("\n")[0] if scenario.status != "passed" else ""
    return PastScenario(
        status=scenario.status,
        duration_s=scenario.duration_s,
        attempts=scenario.attempts,
        content_hash=scenario.content_hash,
        convergence_s=round(waited, 3),
        reason=said[:REASON],
    )


@dataclass(frozen=True)
class History:
    """The recorded runs in the order of their recording, and what could not be read.

    That order is of what happened: a run's own times are as good as the clock of its machine.
    """

    folder: Path
    runs: tuple[PastRun, ...]
    problems: tuple[str, ...]
    """One line for each line of the file that was skipped: where, and why."""

    @classmethod
    def read(cls, folder: Path) -> History:
        """Read a history; a folder without one is an empty history."""
        path = folder / "runs.jsonl"
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            content = b""
        except OSError as error:
            raise ReportError(f"cannot be read: {error.strerror}", file=path) from error
        return cls(folder, *_parse(content, path))

    def results(self, run_id: str) -> Results:
        """The whole of a recorded run; ReportError where it is gone or damaged."""
        path = folder_of(self.folder, run_id) / WHOLE
        try:
            text = gzip.decompress(path.read_bytes()).decode()
        except (OSError, EOFError, UnicodeDecodeError) as error:
            what = f"the results of run {run_id} cannot be read: {error}"
            raise ReportError(what, file=path, cure="record the run again") from error
        return Results.parse(text, file=path)


def record(results: Results, folder: Path) -> bool:
    """Add a run; False where a run of that id is there already, and nothing was written."""
    path = folder / "runs.jsonl"
    line = PastRun.of(results).line().encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            content = file.read()
            if any(run.id == results.run.id for run in _parse(content, path)[0]):
                return False
            whole = json.dumps(results.dump()).encode()
            path_of_whole = folder_of(folder, results.run.id) / WHOLE
            replace(path_of_whole, gzip.compress(whole, mtime=0))
            _append(file, line, after=content)
    except OSError as error:
        raise ReportError(f"cannot be written: {error.strerror}", file=path) from error
    return True


def _append(file: BinaryIO, line: bytes, *, after: bytes) -> None:
    # A half line that a killed run left gets its own end, so that it spoils no other.
    gap = b"\n" if after and not after.endswith(b"\n") else b""
    file.write(gap + line + b"\n")
    file.flush()
    os.fsync(file.fileno())


def folder_of(history: Path, run_id: str) -> Path:
    """The folder of a run's files."""
    return history / "runs" / run_id


def _parse(content: bytes, path: Path) -> tuple[tuple[PastRun, ...], tuple[str, ...]]:
    runs: dict[str, PastRun] = {}
    problems: list[str] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            run = PastRun.load(json.loads(line))
        except NO_RUN:
            problems.append(f"{path}:{number}: not a whole run (cut off or damaged); skipped")
        else:
            runs.setdefault(run.id, run)
    return tuple(runs.values()), tuple(problems)
