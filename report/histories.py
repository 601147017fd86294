"""Histories as wholes: two of them united, and one that has grown too long cut at its old end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from report.clock import moment
from report.errors import ReportError
from report.files import replace
from report.history import KEPT_RUNS, LINES, Line, PastRun, folder_of, lines, writing

MOST_RUNS = 2000
"""Runs that a history holds; the oldest go first."""

OLDEST = timedelta(days=730)
"""Age at which a run goes, unless it is one of the newest KEPT_RUNS: clocks may be wrong."""

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Union:
    """What uniting two histories did."""

    added: tuple[str, ...]
    """Ids of the runs that were new."""
    problems: tuple[str, ...]
    """Lines of the other history that are no whole run: they were not taken."""


@dataclass(frozen=True)
class Joined:
    """The lines of two histories as one, in the order in which their runs ended."""

    runs: tuple[PastRun, ...]
    written: Mapping[str, bytes]
    """The line of each run, by its id, as its writer left it."""
    added: tuple[str, ...]
    """Ids of those that the first one lacked."""
    damaged: tuple[bytes, ...]
    """Lines of the first one that are no whole run, but for its last line."""
    torn: tuple[bytes, ...] = ()
    """Its last line, where that is none: what was recorded last is not known."""

    @property
    def content(self) -> bytes:
        """The file with the lines."""
        written = (self.written[run.id] for run in self.runs)
        return b"".join(line + b"\n" for line in (*self.damaged, *written, *self.torn))


def find(given: Path, place: Path, alone: bool = True) -> Path | None:
    """The history of a book, which lies at `place` in a build folder; None where there is none.

    `given` is the build folder or the one around it. Where nothing else is looked for (`alone`), it
    may be the history itself, or the folder around it.
    """
    inside = (given / place, given / "build" / place)
    itself = (given, given / "history", given / "build" / "history") if alone else ()
    return next((each for each in (*inside, *itself) if (each / LINES).is_file()), None)


def of_book(folder: Path, book: str) -> Path:
    """The folder again; ReportError where its runs are of another book."""
    path = folder / LINES
    others = {one.run.book for one in _read(path) if one.run} - {"", book}
    if others:
        names = ", ".join(sorted(others))
        cure = f"say BOOK={names}" if len(others) == 1 else "name the history of one book"
        raise ReportError(f"has runs of {names}, not of {book}", file=path, cure=cure)
    return folder


def unite(other: Path, folder: Path) -> Union:
    """Take every run of another history that this one lacks, with its files.

    The runs then lie in the order in which they ended: the same whichever is taken into which, and
    however often. ReportError where either is of a newer schema; nothing was written then.
    """
    source, target = other / LINES, folder / LINES
    try:
        with writing(folder):
            theirs = list(lines(source.read_bytes(), source))
            ours = list(lines(target.read_bytes(), target)) if target.is_file() else []
            joined = join(ours, theirs)
            for name in joined.added:
                _copy(folder_of(other, name), folder_of(folder, name))
            replace(target, joined.content)
    except OSError as error:
        raise ReportError(f"cannot be united: {error.strerror}", file=source) from error
    cut = (f"{source}:{one.number}: not a whole run; not taken" for one in theirs if not one.run)
    return Union(joined.added, tuple(cut))


def join(ours: Sequence[Line], theirs: Sequence[Line]) -> Joined:
    """The runs of both, each once."""
    known = {one.run.id for one in ours if one.run}
    found = _by_id([*ours, *theirs])
    torn = [one.content for one in ours[-1:] if one.run is None]
    damaged = [one.content for one in ours if one.run is None]
    return Joined(
        runs=tuple(sorted((run for run, _ in found.values()), key=_order)),
        written={name: content for name, (_, content) in found.items()},
        added=tuple(name for name in found if name not in known),
        damaged=tuple(damaged[: len(damaged) - len(torn)]),
        torn=tuple(torn),
    )


def trim(
    folder: Path, now: datetime, most: int = MOST_RUNS, oldest: timedelta = OLDEST
) -> tuple[str, ...]:
    """Take out the runs beyond the cap with their files; returns their ids.

    A line that is no whole run stays as it is, so that it is told of until somebody looks at it.
    """
    path = folder / LINES
    if not path.is_file():
        return ()
    try:
        with writing(folder):
            found = list(lines(path.read_bytes(), path))
            runs = [run for run, _ in _by_id(found).values()]
            old = set(_beyond(runs, now, most, oldest))
            if old:
                kept = (one.content for one in found if one.run is None or one.run.id not in old)
                replace(path, b"".join(line + b"\n" for line in kept))
                for name in old:
                    shutil.rmtree(folder_of(folder, name), ignore_errors=True)
    except OSError as error:
        raise ReportError(f"cannot be cut: {error.strerror}", file=path) from error
    return tuple(run.id for run in runs if run.id in old)


def _read(path: Path) -> list[Line]:
    try:
        return list(lines(path.read_bytes(), path))
    except OSError as error:
        raise ReportError(f"cannot be read: {error.strerror}", file=path) from error


def within(runs: Sequence[PastRun], now: datetime) -> tuple[PastRun, ...]:
    """The runs that a history holds at most, in their order."""
    old = set(_beyond(runs, now, MOST_RUNS, OLDEST))
    return tuple(run for run in runs if run.id not in old)


def _beyond(runs: Sequence[PastRun], now: datetime, most: int, oldest: timedelta) -> Iterable[str]:
    newest = {run.id for run in runs[-min(KEPT_RUNS, most) :]}
    for place, run in enumerate(reversed(runs)):
        ended = moment(run.finished)
        aged = ended is not None and now - ended > oldest
        if run.id not in newest and (place >= most or aged):
            yield run.id


def _by_id(found: Iterable[Line]) -> dict[str, tuple[PastRun, bytes]]:
    """Each run once, with its line; of two with one id the one that says more, wherever it is."""
    runs: dict[str, tuple[PastRun, bytes]] = {}
    for one in found:
        if one.run is not None:
            this = (one.run, one.carried)
            other = runs.setdefault(one.run.id, this)
            if other[1] != this[1]:
                runs[one.run.id] = max(this, other, key=_says)
    return runs


def _says(given: tuple[PastRun, bytes]) -> tuple[int, str, int, bytes]:
    """What this version knows comes first: blanks make a line longer, and say nothing."""
    run, content = given
    line = run.line()
    return len(line), line, len(content), content


def _order(run: PastRun) -> tuple[datetime, str]:
    return moment(run.finished) or moment(run.started) or _NEVER, run.id


def _copy(source: Path, target: Path) -> None:
    """Copy a run's folder, if there is one and it is not here; never half of it."""
    if target.exists() or not source.is_dir():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as name:
        beside = Path(name) / "run"
        shutil.copytree(source, beside, symlinks=True)
        beside.rename(target)
