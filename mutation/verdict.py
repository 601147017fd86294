"""What became of a mutant: caught, by whom and how, or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from guide import Edition
from guide.mutant import Mutant
from mutation.controls import Control, Run, tried
from mutation.outcome import Ended, Outcome
from sandbox.copying import working_copy
from steps import leftover

CAUGHT, SURVIVED, ERROR = "caught", "survived", "error"
CHECK = "guide check"
"""How a mutant is caught that every scenario passes and `python -m guide check` refuses."""


@dataclass(frozen=True)
class Verdict:
    """One mutant and what became of it."""

    id: str
    operator: str
    block: str
    page: str
    line: int
    what: str
    verdict: str
    how: str = ""
    """Where caught: failed (a step), clean-up, bring-up, refused, or guide check."""
    scenario: str = ""
    """The scenario that caught it, or in which it could not be judged."""
    step: str = ""
    error: str = ""
    seconds: float = 0.0
    """Of the runs of this mutant, controls apart."""
    patience_s: float = 0.0
    """The longest that the scenario which caught it waited for anything."""
    attempts: int = 0
    """Runs of that scenario; 2 where the first one said nothing about the mutant."""
    passed: tuple[str, ...] = ()
    """Scenarios that ran and noticed nothing."""
    refused_by_check: str = ""
    """What `python -m guide check` says about the edition with the fault, if anything."""

    basis: str = ""
    """Hash of the scenarios and of what they write and type: `Plan.basis`."""

    @property
    def key(self) -> str:
        """Names the mutant, as `Mutant.key` does."""
        return f"{self.id} {self.what}"

    def __str__(self) -> str:
        by = f" by {self.scenario or self.how} ({self.how})" if self.how else ""
        return (
            f"{self.verdict}{by}, {self.seconds:.0f} s: {self.id}: {self.what} {self.error[:150]}"
        )

    @property
    def is_run(self) -> bool:
        """Whether running the guide caught it, not reading it."""
        return self.verdict == CAUGHT and self.how not in (CHECK, Ended.REFUSED)

    @classmethod
    def of(cls, mutant: Mutant, refusal: str, basis: str) -> Verdict:
        """A mutant that nobody has noticed yet."""
        names = ("id", "operator", "block", "page", "line", "what")
        told = {name: getattr(mutant, name) for name in names}
        return cls(**told, verdict=SURVIVED, refused_by_check=refusal, basis=basis)

    def after(self, done: Outcome, attempts: int, patience: float) -> Verdict:
        """The verdict after one more run."""
        seconds = round(self.seconds + done.seconds, 1)
        if done.ended is Ended.PASSED:
            passed = (*self.passed, done.scenario)
            return replace(self, seconds=seconds, passed=passed)
        return replace(
            self,
            verdict=ERROR if done.ended is Ended.BROKEN else CAUGHT,
            how=done.ended,
            scenario=done.scenario,
            step=done.step,
            error=done.line,
            seconds=seconds,
            patience_s=round(patience, 1),
            attempts=attempts,
        )

    def as_row(self) -> dict[str, Any]:
        """As it is written into the results."""
        return asdict(self)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Verdict:
        """As it was written."""
        return cls(**{**row, "passed": tuple(row["passed"])})


def rewritten(edition: Path, folder: Path, pages: Mapping[str, str]) -> Edition:
    """A copy of the edition in `folder` with these pages rewritten, by their file names."""
    leftover.remove(folder)
    working_copy(edition, folder)
    for page, text in pages.items():
        (folder / page).write_text(text, encoding="utf-8")
    return Edition.read(folder)


def judge(
    mutant: Mutant,
    edition: Edition,
    in_order: Callable[[Iterable[str]], list[str]],
    control: Callable[[str], Control | None],
    run: Run,
    refusal: str,
    basis: str,
) -> Verdict | None:
    """Run the scenarios up to the first that notices; None where somebody interrupted it."""
    verdict = Verdict.of(mutant, refusal, basis)
    lacking: list[Control] = []
    ahead = [*mutant.scenarios]
    while ahead:
        scenario = in_order(ahead)[0]
        known = control(scenario)
        if known is None:
            return None
        if in_order(ahead)[0] != scenario:
            continue  # its control has shown that another one is cheaper
        ahead.remove(scenario)
        if not known.passed:
            lacking.append(known)
            continue
        done, attempts, patience = tried(edition, known, run)
        verdict = verdict.after(done, attempts, patience)
        if done.ended is Ended.STOPPED:
            return None
        if done.ended is not Ended.PASSED:
            return verdict
    for each in lacking:
        # Who had no sandbox might have noticed; who fails without any fault never will.
        if not each.had_sandbox:
            return replace(verdict, verdict=ERROR, scenario=each.scenario, error=each.line)
    if lacking and not verdict.passed:
        first = lacking[0].scenario
        return replace(verdict, verdict=ERROR, scenario=first, error="no control passed")
    if refusal:
        return replace(verdict, verdict=CAUGHT, how=CHECK, error=refusal)
    return verdict
