"""Pace: whether a scenario takes longer than it used to, on a machine that is not slow itself.

All is judged in logarithms, for what is slow is slow by a factor. A run whose scenarios are all
slow is the machine's: a scenario must stand out from its own run as well.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import exp, log
from statistics import median

from report.history import PastRun
from report.regression.tracks import Outcome, Tracks

WINDOW = 14
"""Passed runs before it that a run is held against."""
FEWEST = 7
"""Passed runs without which nothing is said."""
COMPARED = 5
"""Scenarios of a run without which a slow scenario and a slow machine are the same."""
SPREADS = 6.0
"""Robust standard deviations beyond which a time is no chance."""
FACTOR = 1.5
"""What is slower by less is never called slow."""
FLOOR_S = 2.0
"""Nor is what is slower by less than this."""
DRIFT_SPAN = 90
"""Passed runs that a slow drift is looked for in."""
QUIET = 28
"""Runs after a drift was told in which it is not told again."""

_SIGMA = 1.4826  # of a normal distribution, from its median absolute deviation


@dataclass(frozen=True)
class Slow:
    """How much longer a scenario takes, the slowness of its run taken out."""

    usual_s: float
    now_s: float
    run_factor: float
    """How slow the whole run was: 1 is as usual."""
    drift: bool = False
    """It got slower little by little; `usual_s` is what it took at first."""
    runs: int = WINDOW
    """Runs that `usual_s` is the median of."""


class Pace:
    """The times of one cell."""

    def __init__(self, tracks: Tracks) -> None:
        order = {run.id: number for number, run in enumerate(tracks.runs)}
        self._times = {name: _Times(one.outcomes, order) for name, one in tracks.by_id.items()}
        self._factors: dict[str, tuple[float, float] | None] = {}
        self._machine: dict[int, float | None] = {}

    def slow(self, name: str, run: PastRun) -> Slow | None:
        """Whether a scenario is slow since this run, which is the newest one."""
        times = self._times[name]
        place = times.place(run.id)
        if place is None or place != len(times.logs) - 1:
            return None
        found = self._sudden(times, place)
        if found is not None:
            # Near the limit it goes above and below: told once is enough while it is compared.
            earlier = range(max(0, place - WINDOW), place)
            return None if any(self._sudden(times, at) for at in earlier) else found
        return self._drift(times)

    def run_factor(self, run: PastRun) -> float | None:
        """How slow a whole run was: 1 is as usual; None where nothing can tell."""
        found = self._factor(run.id)
        return None if found is None else exp(found[0])

    def _sudden(self, times: _Times, place: int) -> Slow | None:
        factor = self._factor(times.runs[place])
        usual = times.usual(place)
        if factor is None or usual is None:
            return None
        middle, spread = usual
        slowness, unevenness = factor
        limit = slowness + max(log(FACTOR), SPREADS * spread, SPREADS * unevenness)
        now = times.logs[place]
        if now - middle <= limit or exp(now) - exp(middle + slowness) <= FLOOR_S:
            return None
        count = min(place, WINDOW)
        return Slow(exp(middle), exp(now), exp(slowness), runs=count)

    def _factor(self, run_id: str) -> tuple[float, float] | None:
        """How slow a whole run was, and how unevenly; None where too few scenarios can tell."""
        if run_id not in self._factors:
            ratios = []
            for times in self._times.values():
                place = times.place(run_id)
                usual = times.usual(place) if place is not None else None
                if place is not None and usual is not None:
                    ratios.append(times.logs[place] - usual[0])
            found = None
            if len(ratios) >= COMPARED:
                middle = median(ratios)
                # A fast machine makes nothing slow.
                found = max(0.0, middle), _spread(ratios, middle)
            self._factors[run_id] = found
        return self._factors[run_id]

    def _drift(self, times: _Times) -> Slow | None:
        newest = times.numbers[-1]
        rise = self._rise(times, newest)
        earlier = times.numbers[-1 - QUIET : -1]
        if rise <= log(FACTOR) or any(self._rise(times, at) > log(FACTOR) for at in earlier):
            return None
        now = median(times.logs[-WINDOW:])
        machine = self._machine[newest] or 0.0
        first = now - rise - machine
        if exp(now) - exp(first + machine) <= FLOOR_S:
            return None
        return Slow(exp(first), exp(now), exp(machine), drift=True)

    def _rise(self, times: _Times, number: int) -> float:
        """How far a scenario had risen at a run of this number, beyond all others; 0: unknown."""
        risen = times.risen(number)
        if risen is None or risen <= log(FACTOR):
            return 0.0
        if number not in self._machine:
            known = [
                one for each in self._times.values() if (one := each.risen(number)) is not None
            ]
            enough = len(known) >= COMPARED
            self._machine[number] = max(0.0, median(known)) if enough else None
        machine = self._machine[number]
        return 0.0 if machine is None else risen - machine


class _Times:
    """The logarithms of the seconds that one scenario took when it passed at once."""

    def __init__(self, outcomes: Sequence[Outcome], order: Mapping[str, int]) -> None:
        timed = (one for one in reversed(outcomes) if one.steady and one.past.duration_s > 0)
        steady = list(islice(timed, DRIFT_SPAN + QUIET))[::-1]
        self.runs = [one.run.id for one in steady]
        self.numbers = [order[name] for name in self.runs]
        self.logs = [log(one.past.duration_s) for one in steady]
        self._places = {name: place for place, name in enumerate(self.runs)}

    def place(self, run_id: str) -> int | None:
        return self._places.get(run_id)

    def usual(self, place: int) -> tuple[float, float] | None:
        """The median before a place, and the spread around it; None where too little is known.

        The spread is that of the window, or of windows before it where it is wider there: 14
        values may lie close by chance.
        """
        if place < FEWEST:
            return None
        spreads = []
        for end in range(place, max(0, place - 4 * WINDOW), -WINDOW):
            window = self.logs[max(0, end - WINDOW) : end]
            if len(window) >= FEWEST:
                spreads.append(_spread(window, median(window)))
        middle = median(self.logs[max(0, place - WINDOW) : place])
        return middle, max(spreads[0], median(spreads))

    def risen(self, number: int) -> float | None:
        """How far the median of the last WINDOW up to a run of this number is above the oldest.

        A jump begins a level of its own: it is sudden, and told as that.
        """
        end = bisect_right(self.numbers, number)
        logs = self.logs[max(0, end - DRIFT_SPAN) : end]
        if len(logs) < 2 * WINDOW:
            return None
        risen = median(logs[-WINDOW:]) - median(logs[:WINDOW])
        if risen <= log(FACTOR):
            return risen
        half = WINDOW // 2
        for at in range(len(logs) - half, half - 1, -1):
            before, after = logs[at - half : at], logs[at : at + half]
            if abs(median(after) - median(before)) > log(1.35):
                logs = logs[at:]
                break
        if len(logs) < 2 * WINDOW:
            return None
        return median(logs[-WINDOW:]) - median(logs[:WINDOW])


def _spread(values: Sequence[float], middle: float) -> float:
    return _SIGMA * median(abs(value - middle) for value in values)
