"""The account of a campaign: counts, survivors, and whether that is good enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mutation.controls import Control
from mutation.dressing import Quiet
from mutation.outcome import Ended
from mutation.survivors import Explained
from mutation.verdict import CAUGHT, CHECK, ERROR, SURVIVED, Verdict

REACH = 95
"""Percentage of the mutants that has to be caught."""
_RATE_FROM = 40
"""How many mutants it takes to speak of percentages."""
_WAYS = {
    Ended.FAILED: "a step failed",
    Ended.UNCLEAN: "the baseline did not come back",
    Ended.NOT_UP: "the cluster did not take the repository",
    Ended.REFUSED: "the run refused to begin",
    CHECK: "no scenario failed, the check of the guide refuses it",
}


@dataclass(frozen=True)
class Account:
    """Everything that a campaign found, put into words."""

    planned: int
    verdicts: Sequence[Verdict]
    quiet: Sequence[Quiet]
    controls: Sequence[Control]
    explained: Mapping[str, Explained]
    stale: Sequence[str]
    seconds: float

    def _of(self, verdict: str) -> list[Verdict]:
        return [each for each in self.verdicts if each.verdict == verdict]

    @property
    def survivors(self) -> list[Verdict]:
        """Those that nobody noticed and nobody explained."""
        return [each for each in self._of(SURVIVED) if each.key not in self.explained]

    @property
    def excused(self) -> list[Verdict]:
        """Those that nobody noticed, with an explanation."""
        return [each for each in self._of(SURVIVED) if each.key in self.explained]

    @property
    def percent(self) -> float:
        """How many of the judged mutants were caught; explained ones count as not caught."""
        caught, missed = len(self._of(CAUGHT)), len(self._of(SURVIVED))
        return 100 * caught / (caught + missed) if caught + missed else 0.0

    def shortcomings(self) -> Iterator[str]:
        """Why it is not good enough, each on one line; nothing where it is."""
        if len(self.verdicts) < self.planned:
            yield f"{self.planned - len(self.verdicts)} of {self.planned} mutants were not judged"
        # Of a few a rate says nothing; there each survivor counts by itself.
        if len(self.verdicts) >= _RATE_FROM and self.percent < REACH:
            yield f"{self.percent:.1f} % caught, {REACH} % is to be reached"
        if self.survivors:
            yield f"{len(self.survivors)} survivors without an explanation"
        if self._of(ERROR):
            yield f"{len(self._of(ERROR))} mutants could not be judged"
        for control in self.controls:
            if not control.passed:
                yield f"control {control.scenario} does not pass: {control.line}"
        alarms = [each for each in self.quiet if each.alarm]
        if alarms:
            yield f"{len(alarms)} edits of wording raised an alarm"
        if any(not each.measured for each in self.quiet):
            yield "edits of wording that could not be tried"
        yield from self.stale

    @property
    def exit_code(self) -> int:
        """0 where it is good enough, else 1."""
        return 1 if any(self.shortcomings()) else 0

    def summary(self) -> dict[str, Any]:
        """The counts, as they are written into the results."""
        return {
            "exit_code": self.exit_code,
            "planned": self.planned,
            "caught": len(self._of(CAUGHT)),
            "caught_by_running": sum(each.is_run for each in self.verdicts),
            "survived": len(self.survivors),
            "explained": len(self.excused),
            "errors": len(self._of(ERROR)),
            "percent_caught": round(self.percent, 1),
            "wordings": len(self.quiet),
            "alarms": sum(bool(each.alarm) for each in self.quiet),
            "seconds": round(self.seconds),
            "shortcomings": list(self.shortcomings()),
        }

    def markdown(self) -> str:
        """The report."""
        return "\n".join(self._lines()) + "\n"

    def _lines(self) -> Iterator[str]:
        caught = self._of(CAUGHT)
        yield "# Faults in the edition, and who noticed"
        yield ""
        yield (
            f"{len(caught)} of {len(self.verdicts)} faults caught ({self.percent:.1f} %), "
            f"{sum(each.is_run for each in caught)} of them by running the guide; "
            f"{len(self.survivors)} survived, {len(self.excused)} explained, "
            f"{len(self._of(ERROR))} not judged. {self.seconds / 60:.1f} minutes."
        )
        yield from _table(("caught because", "faults"), Counter(_WAYS[e.how] for e in caught))
        yield from self._operators()
        yield from self._missed("Survivors", self.survivors)
        yield from self._missed("Explained survivors", self.excused)
        yield from _section(
            "Not judged",
            (
                f"{_place(e)}: {e.scenario}: {e.error} ({e.attempts} attempts)"
                for e in self._of(ERROR)
            ),
        )
        yield from _section(
            "Caught in a second run",
            (f"{_place(e)}: {e.scenario}: {e.error}" for e in caught if e.attempts > 1),
        )
        yield from self._wordings()
        yield from self._controls()
        yield from _section("Not good enough", self.shortcomings())

    def _operators(self) -> Iterator[str]:
        yield from ("", "| operator | faults | caught | survived | explained | not judged |")
        yield "|---|---|---|---|---|---|"
        for operator in sorted({each.operator for each in self.verdicts}):
            own = [each for each in self.verdicts if each.operator == operator]
            parts = (own, self._of(CAUGHT), self.survivors, self.excused, self._of(ERROR))
            cells = (str(sum(each in own for each in part)) for part in parts)
            yield f"| {operator} | {' | '.join(cells)} |"

    def _missed(self, title: str, missed: Sequence[Verdict]) -> Iterator[str]:
        def told() -> Iterator[str]:
            for each in missed:
                why = self.explained[each.key].reason if each.key in self.explained else ""
                yield f"{_place(each)}. Passed: {', '.join(each.passed)}. {why}".rstrip()

        yield from _section(title, told())

    def _wordings(self) -> Iterator[str]:
        ran = sum(bool(each.scenario) for each in self.quiet)
        alarms = [each for each in self.quiet if each.alarm]
        yield from ("", "## Edits that change wording only", "")
        yield f"{len(self.quiet)} edits, {ran} of them in blocks and run; {len(alarms)} alarms."
        yield from _section("Alarms", (f"{e.id}: {e.scenario} {e.alarm}" for e in alarms))

    def _controls(self) -> Iterator[str]:
        yield from ("", "## Controls", "")
        yield "Each scenario without a fault, and the longest that it then waits with one."
        yield from (
            "",
            "| scenario | seconds | longest wait | waits at most |",
            "|---|---|---|---|",
        )
        for each in sorted(self.controls, key=lambda one: one.scenario):
            waits = f"{each.longest_wait_s:.1f} s | {each.patience:.0f} s"
            yield f"| {each.scenario} | {each.seconds:.0f} s | {waits} |"


def _place(each: Verdict) -> str:
    return f"`{each.id}` ({each.page}:{each.line}): {each.what}"


def _section(title: str, lines: Iterator[str]) -> Iterator[str]:
    told = list(lines)
    if told:
        yield from ("", f"## {title}", "", *(f"- {line}" for line in told))


def _table(head: tuple[str, str], counts: Mapping[str, int]) -> Iterator[str]:
    yield from ("", f"| {head[0]} | {head[1]} |", "|---|---|")
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        yield f"| {name} | {count} |"
