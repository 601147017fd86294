"""History: every run that was recorded, one JSON line each, without a server.

`<folder>/runs.jsonl` has what trends need; `<folder>/runs/<run id>/results.json.gz` the whole.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from report.errors import ReportError
from report.files import replace
from report.results import Results, Scenario


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
        )

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> PastRun:
        """A run from its line; KeyError, TypeError or AttributeError where it is none."""
        names = [name for name in cls.__dataclass_fields__ if name != "scenarios"]
        scenarios = {
            str(one): PastScenario(**{key: found[key] for key in PastScenario.__dataclass_fields__})
            for one, found in data["scenarios"].items()
        }
        return cls(**{name: data[name] for name in names}, scenarios=scenarios)


def _past(scenario: Scenario) -> PastScenario:
    waited = sum(wait.duration_s for step in scenario.steps for wait in step.waits)
    return PastScenario(
        status=scenario.status,
        duration_s=scenario.duration_s,
        attempts=scenario.attempts,
        content_hash=scenario.content_hash,
        convergence_s=round(waited, 3),
    )


@dataclass(frozen=True)
class History:
    """The recorded runs, the oldest first, and what could not be read."""

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
        path = _stored(self.folder, run_id)
        try:
            text = gzip.decompress(path.read_bytes()).decode()
        except (OSError, EOFError, UnicodeDecodeError) as error:
            what = f"the results of run {run_id} cannot be read: {error}"
            raise ReportError(what, file=path, cure="record the run again") from error
        return Results.parse(text, file=path)


def record(results: Results, folder: Path) -> bool:
    """Add a run; False where a run of that id is there already, and nothing was written."""
    path = folder / "runs.jsonl"
    line = json.dumps(asdict(PastRun.of(results)), separators=(",", ":"), sort_keys=True).encode()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            content = file.read()
            if any(run.id == results.run.id for run in _parse(content, path)[0]):
                return False
            whole = json.dumps(results.dump()).encode()
            replace(_stored(folder, results.run.id), gzip.compress(whole, mtime=0))
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


def _stored(folder: Path, run_id: str) -> Path:
    return folder / "runs" / run_id / "results.json.gz"


def _parse(content: bytes, path: Path) -> tuple[tuple[PastRun, ...], tuple[str, ...]]:
    runs: dict[str, PastRun] = {}
    problems: list[str] = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            run = PastRun.load(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError):
            problems.append(f"{path}:{number}: not a whole run (cut off or damaged); skipped")
        else:
            runs.setdefault(run.id, run)
    return tuple(sorted(runs.values(), key=lambda run: (run.started, run.id))), tuple(problems)
