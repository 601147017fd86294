"""History: every run that was recorded, one JSON line each, without a server.

`<folder>/runs.jsonl` has what trends need; `<folder>/runs/<run id>/results.json.gz` the whole.
`report.archive` puts the other files of a run beside it.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from report.errors import ReportError
from report.files import replace
from report.migration import SCHEMA, NewerSchema
from report.past_run import NO_RUN
from report.past_run import PastRun as PastRun
from report.past_run import PastScenario as PastScenario
from report.results import Results

WHOLE = "results.json.gz"
LINES = "runs.jsonl"
LOCK_S = 120
"""Seconds that a writer waits for the others."""

KEPT_RUNS = 90
"""The newest runs: they are shown, and keep more than their results."""


@dataclass(frozen=True)
class History:
    """The recorded runs in the order of their recording, and what could not be read.

    That order is of what happened: a run's own times are as good as the clock of its machine.
    """

    folder: Path
    runs: tuple[PastRun, ...]
    problems: tuple[str, ...]
    """One line for each line of the file that was skipped: where, and why."""
    torn: bool = False
    """Whether the last line was: the newest run is then none of `runs`."""

    @classmethod
    def read(cls, folder: Path) -> History:
        """Read a history; a folder without one is an empty history.

        ReportError where a newer version wrote to it: what this one left out would be missed.
        """
        path = folder / LINES
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            content = b""
        except OSError as error:
            raise ReportError(f"cannot be read: {error.strerror}", file=path) from error
        runs: dict[str, PastRun] = {}
        problems = []
        torn = False
        for line in lines(content, path):
            torn = line.run is None
            if line.run is None:
                what = "not a whole run (cut off or damaged); skipped"
                problems.append(f"{path}:{line.number}: {what}")
            else:
                runs.setdefault(line.run.id, line.run)
        return cls(folder, tuple(runs.values()), tuple(problems), torn)

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
    path = folder / LINES
    line = PastRun.of(results).line().encode()
    try:
        with writing(folder):
            content = path.read_bytes() if path.exists() else b""
            known = {one.run.id for one in lines(content, path) if one.run is not None}
            if results.run.id in known:
                return False
            whole = json.dumps(results.dump()).encode()
            path_of_whole = folder_of(folder, results.run.id) / WHOLE
            replace(path_of_whole, gzip.compress(whole, mtime=0))
            _append(path, line, after=content)
    except OSError as error:
        raise ReportError(f"cannot be written: {error.strerror}", file=path) from error
    return True


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Only one process at a time is in here; the folder is made.

    The lock is a file of its own: the file with the lines may be replaced by a shorter one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / f"{LINES}.lock"
    try:
        with FileLock(lock, timeout=LOCK_S):
            yield
    except Timeout as error:
        what = f"another process has been writing to the history for {LOCK_S} s"
        raise ReportError(what, file=lock, cure="wait for it, or end it, and try again") from error


def _append(path: Path, line: bytes, *, after: bytes) -> None:
    # A half line that a killed run left gets its own end, so that it spoils no other.
    gap = b"\n" if after and not after.endswith(b"\n") else b""
    with path.open("ab") as file:
        file.write(gap + line + b"\n")
        file.flush()
        os.fsync(file.fileno())


def folder_of(history: Path, run_id: str) -> Path:
    """The folder of a run's files."""
    return history / "runs" / run_id


@dataclass(frozen=True)
class Line:
    """A line of the file: its number from 1, its bytes, and the run; None where it is none."""

    number: int
    content: bytes
    run: PastRun | None
    older: bool = False
    """Whether it is of an older schema."""

    @property
    def carried(self) -> bytes:
        """The line as it goes into another history.

        One of this schema as it is: it may hold what another version knows and this one does not.
        """
        return self.run.line().encode() if self.run and self.older else self.content


def lines(content: bytes, path: Path) -> Iterator[Line]:
    """The lines of a history that are not blank; ReportError for one of a newer schema."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            run = PastRun.load_line(data)
        except NewerSchema as newer:
            what = f"is of history schema {newer.version}; this proofbook reads up to {SCHEMA}"
            cure = "use the proofbook that wrote it, or another history"
            raise ReportError(what, file=f"{path}:{number}", cure=cure) from newer
        except NO_RUN:
            yield Line(number, line, None)
        else:
            yield Line(number, line, run, older=data.get("schema", 1) < SCHEMA)
