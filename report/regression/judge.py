"""The judge: holds the newest run of a cell against those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace

from report.history import PastRun, PastScenario
from report.regression import flakes
from report.regression.finding import CellReport, Event, Finding, Kind
from report.regression.pace import Pace
from report.regression.quarantine import Quarantine
from report.regression.suspects import shared, suspects
from report.regression.tracks import DECIDED, Outcome, Track, Tracks
from report.regression.words import plain


def judge(runs: Sequence[PastRun], quarantine: Quarantine, place: int | None = None) -> CellReport:
    """What is to be told of the last of these runs of one cell, oldest first.

    `place` is that of the run which it is held against, -1 for none; None: the one before it.
    """
    place = len(runs) - 2 if place is None else place
    tracks = Tracks.of(runs, place)
    run = runs[-1]
    pace = Pace(tracks)
    before = runs[place] if place >= 0 else None
    known = frozenset(one.id for one in runs[: place + 1])
    case = _Case(tracks, pace, quarantine, run, before, known)
    events = [event for name in run.scenarios for event in case.events(name)]
    events += case.vanished()
    ledger = flakes.ledger([one for name, one in tracks.by_id.items() if name in run.scenarios])
    return CellReport(
        cell=run.cell,
        run=run,
        before=before,
        findings=tuple(findings(events)),
        flakes=tuple(ledger),
        run_factor=pace.run_factor(run),
        former=tracks.former,
    )


def findings(events: Sequence[Event]) -> Iterator[Finding]:
    """The events by kind, those with the same words and the same beginning as one."""
    groups: dict[tuple[str, ...], list[Event]] = {}
    for event in events:
        alone = event.scenario if event.kind not in _BY_WORDS else ""
        since = event.since.id if event.since else ""
        groups.setdefault((event.kind, plain(event.words), since, alone), []).append(event)
    order = {kind: place for place, kind in enumerate(Kind)}
    for group in sorted(groups.values(), key=lambda group: (order[group[0].kind], -len(group))):
        yield Finding(tuple(group), shared([event.suspects for event in group]))


_BY_WORDS = (
    *(Kind.NEW_FAILURE, Kind.STILL_FAILING, Kind.QUARANTINED),
    *(Kind.STALE, Kind.FIXED),
)


class _Case:
    """The newest run of a cell and what is known from before."""

    def __init__(
        self,
        tracks: Tracks,
        pace: Pace,
        quarantine: Quarantine,
        run: PastRun,
        before: PastRun | None,
        known: Set[str],
    ) -> None:
        self._tracks = tracks
        self._pace = pace
        self._quarantine = quarantine
        self._run = run
        self._before = before
        self._known = known
        """The ids of the runs up to that one: what they showed is told already."""

    def events(self, name: str) -> Iterator[Event]:
        """What is to be told of a scenario of the newest run."""
        past = self._run.scenarios[name]
        track = self._tracks.by_id.get(name, Track(name))
        if old := self._tracks.renamed.get(name):
            words = f"was {old}: the same sentences under another name"
            yield Event(Kind.RENAMED, name, words, since=self._run, was=old)
        if past.status not in DECIDED:
            yield from self._undecided(track, past)
        elif past.status == "failed":
            yield self._failure(track)
        else:
            yield from self._green(track)

    def vanished(self) -> Iterator[Event]:
        """The scenarios that the newest run has no longer."""
        for name, track in self._tracks.gone.items():
            last = track.outcomes[-1] if track.outcomes else None
            how = f"last {last.past.status} in run {last.run.id}" if last else "never ran here"
            yield Event(Kind.GONE, name, f"no feature has it any more; {how}", since=self._run)

    def _failure(self, track: Track) -> Event:
        green, failures = track.until_green()
        first, now = failures[0], failures[-1]
        told = [one for one in failures if one.run.id in self._known and self._was(track)]
        event = Event(
            Kind.STILL_FAILING,
            track.id,
            now.past.reason,
            since=first.run,
            last_good=green.run if green else None,
            runs=len(failures),
            suspects=suspects(green, first) if green else (),
            new=False,
        )
        if entry := self._quarantine.covers(track.id, self._run):
            note = f"in quarantine until {entry.until}: {entry.reason}"
            return replace(event, kind=Kind.QUARANTINED, notes=(note,), new=not told)
        notes = tuple(self._doubts(track, green, first))
        if not told:
            return replace(event, kind=Kind.NEW_FAILURE, notes=notes, new=True)
        if entry := self._quarantine.covers(track.id, told[-1].run):
            notes = (f"its quarantine ended on {entry.until}: {entry.reason}", *notes)
            return replace(event, kind=Kind.NEW_FAILURE, notes=notes, new=True)
        return replace(event, notes=notes)

    def _doubts(self, track: Track, green: Outcome | None, first: Outcome) -> Iterator[str]:
        if green is None:
            yield "it was never green here"
        elif flakes.same(green, first):
            yield "nothing that is recorded differs: it may be flaky, or the cause lies outside"
        if flakes.known(track.outcomes, len(track.outcomes) - 1):
            yield "it is known to be flaky on this text"

    def _green(self, track: Track) -> Iterator[Event]:
        outcomes = track.outcomes
        place = len(outcomes) - 1
        now = outcomes[-1]
        green, failures = self._red_before(outcomes)
        if flakes.shown(outcomes, place):
            again = flakes.known(outcomes, place)
            if now.steady:
                words = "passed again and nothing that is recorded had changed"
            else:
                words = f"passed at attempt {now.past.attempts}"
            kind = Kind.FLAKY if again else Kind.NEWLY_FLAKY
            over = now.steady and bool(failures)
            yield Event(kind, track.id, words, since=now.run, new=not again, over=over)
            if not now.steady and self._untold(track):
                failure = self._failure(track)
                yield replace(failure, notes=(f"run {now.run.id} {words}", *failure.notes))
        elif failures:
            yield Event(
                Kind.FIXED,
                track.id,
                f"failed in {len(failures)} of the runs before: {failures[-1].past.reason}",
                since=now.run,
                last_good=green.run if green else None,
                runs=len(failures),
                suspects=suspects(failures[-1], now),
                over=True,
            )
        slow = self._pace.slow(track.id, self._run)
        if slow is not None:
            earlier = outcomes[:-1] if not slow.drift else outcomes[-slow.runs :]
            yield Event(
                Kind.NEWLY_SLOW,
                track.id,
                since=now.run,
                suspects=suspects(earlier[0 if slow.drift else -1], now),
                slow=slow,
            )

    def _red_before(self, outcomes: Sequence[Outcome]) -> tuple[Outcome | None, Sequence[Outcome]]:
        """The failures of which the newest outcome is the end, and the last green before them.

        Whatever came between is of runs of which nobody was told.
        """
        green: Outcome | None = None
        failures: list[Outcome] = []
        for one in outcomes[:-1]:
            if one.failed:
                failures.append(one)
            elif one.steady and (one.run.id in self._known or not failures):
                green, failures = one, []
        return green, failures

    def _undecided(self, track: Track, past: PastScenario) -> Iterator[Event]:
        last = track.outcomes[-1] if track.outcomes else None
        name = self._tracks.renamed.get(track.id, track.id)
        before = self._before.scenarios.get(name) if self._before else None
        if past.left_out:
            # The run was told to leave it out: that says nothing, unless the text has changed.
            if last is None or last.past.content_hash == past.content_hash:
                yield from self._unseen(track)
                return
            words = "its text changed after its last run"
            new = before is None or before.content_hash != past.content_hash
        elif last is None and past.status == "skipped":
            return
        else:
            words = f"{past.status.replace('_', ' ')}: {past.reason or 'no reason is known'}"
            new = before is None or before.status in DECIDED
        if self._untold(track):
            # The next report takes it for told.
            yield from self._unseen(track)
        green, _ = track.until_green()
        last_run, last_good = (one.run if one else None for one in (last, green))
        yield Event(Kind.STALE, track.id, words, since=last_run, last_good=last_good, new=new)

    def _was(self, track: Track) -> bool:
        """Whether the run that this one is held against had it; else its report called it gone."""
        name = self._tracks.renamed.get(track.id, track.id)
        return self._before is not None and name in self._before.scenarios

    def _untold(self, track: Track) -> bool:
        """Whether it failed since it was last green, and no report has spoken of that."""
        _, failures = track.until_green()
        return bool(failures) and not any(one.run.id in self._known for one in failures)

    def _unseen(self, track: Track) -> Iterator[Event]:
        """A failure of an earlier run that this one did not look at."""
        if track.outcomes and (track.outcomes[-1].failed or self._untold(track)):
            event = self._failure(track)
            note = f"not looked at since run {track.outcomes[-1].run.id}"
            shown = track.outcomes[-1].run.id in self._known
            told = event.kind is Kind.NEW_FAILURE and shown
            kind = Kind.STILL_FAILING if told else event.kind
            yield replace(event, kind=kind, notes=(note, *event.notes), new=not shown)
