"""A scenario while it runs: what is known so far, until it is frozen into the results."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from report.evidence import ChainLink, Command, Commit, Condition, Evidence, Wait
from report.masking import MARK
from report.results import FailedAttempt, ScenarioResult, Status, StepResult
from report.texts import Texts, clean

KINDS = ("commands", "commits", "waits", "chain", "conditions")
_VALUES: Mapping[str, type[Any]] = {
    "commands": Command,
    "commits": Commit,
    "waits": Wait,
    "chain": ChainLink,
    "conditions": Condition,
}
_LONG = frozenset({"stdout", "stderr", "output", "diff"})


def _in_order(command: Mapping[str, Any]) -> str:
    """Both streams of a command in their order; '' where one is empty, or would show a secret.

    One that was written in two pieces, with something on the other stream between them, can be
    found in its own stream only.
    """
    streams = [str(command[name]) for name in ("stdout", "stderr")]
    both = str(command["output"])
    if not all(streams):
        return ""
    masked = sum(clean(text).count(MARK) for text in streams)
    return both if clean(both).count(MARK) == masked else ""


@dataclass
class Gathered:
    """Evidence by kind, in the order in which it came."""

    texts: Texts
    by_kind: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, kind: str, value: Mapping[str, Any]) -> None:
        """Keep one piece of evidence; TypeError for fields that the kind does not have.

        Raises KeyError for an unknown kind.
        """
        kept: dict[str, Any] = {}
        for name, content in value.items():
            if name == "output":
                content = _in_order(value)
            if name in _LONG:
                kept[name], path = self.texts.keep(str(content))
                if path:
                    kept[f"{name}_file"] = path
            elif isinstance(content, str):
                kept[name] = clean(content)
            elif isinstance(content, float):
                kept[name] = round(content, 3)
            else:
                kept[name] = content
        self.by_kind.setdefault(kind, []).append(_VALUES[kind](**kept))

    def take(self, other: Gathered) -> None:
        """Move what another one holds to this one."""
        for kind, values in other.by_kind.items():
            self.by_kind.setdefault(kind, []).extend(values)
        other.by_kind.clear()

    def frozen(self) -> dict[str, tuple[Any, ...]]:
        """Each kind with what was gathered, as the values of the results take it."""
        return {kind: tuple(self.by_kind.get(kind, ())) for kind in KINDS}

    def evidence(self) -> Evidence:
        """What was gathered, as a value."""
        return Evidence(**self.frozen())


@dataclass
class StepDraft:
    """One sentence while its scenario runs."""

    written: StepResult
    evidence: Gathered
    status: Status = "not_run"
    started: float | None = None
    """On the monotonic clock, in seconds; None while it has not begun."""
    duration_s: float = 0.0

    @property
    def running(self) -> bool:
        """True from its beginning to its end."""
        return self.started is not None and self.status == "not_run"

    def end(self, status: Status) -> None:
        """It ended like this."""
        self.status = status
        self.cut()

    def cut(self) -> None:
        """It takes no more time, however it goes."""
        if self.started is not None:
            self.duration_s = round(max(0.0, time.monotonic() - self.started), 3)

    def frozen(self) -> StepResult:
        """The step as a value."""
        gathered: dict[str, Any] = self.evidence.frozen()
        return replace(self.written, status=self.status, duration_s=self.duration_s, **gathered)


class Draft:
    """One scenario of the plan; every attempt begins with all its steps not run."""

    def __init__(self, planned: ScenarioResult, texts: Texts) -> None:
        self.planned = planned
        self.status: Status = "not_run"
        self.attempts = 0
        self.duration_s = 0.0
        self.error = planned.error
        self.bundle = ""
        self.failed: list[FailedAttempt] = []
        self._texts = texts
        self._frozen: ScenarioResult | None = planned
        self._fresh()

    def _fresh(self) -> None:
        self.steps = [StepDraft(step, Gathered(self._texts)) for step in self.planned.steps]
        self._waiting = Gathered(self._texts)
        self._after = Gathered(self._texts)
        self.templates: Mapping[str, str] = {}
        self._decided = False
        self._aside_s = 0.0

    def leave(self, reason: str) -> None:
        """It is not run, and this is why."""
        self.error = clean(reason)
        self._frozen = None

    def begin(self) -> None:
        """Another attempt begins."""
        if self.status == "failed":
            self.failed.append(FailedAttempt(self.error, self.duration_s))
        self.attempts += 1
        self.status, self.duration_s, self.bundle = "not_run", 0.0, ""
        self.error = "the run broke off in it"
        self._fresh()
        self._frozen = None

    @property
    def step(self) -> StepDraft | None:
        """The step that is running."""
        return next((step for step in self.steps if step.running), None)

    def begin_step(self, index: int) -> StepResult:
        """Step `index` begins; what was recorded before it is its own."""
        step = self.steps[index]
        step.started = time.monotonic()
        step.evidence.take(self._waiting)
        self._frozen = None
        return step.written

    def end_step(self, status: Status) -> StepResult | None:
        """The running step ended; None where none was running."""
        step = self.step
        if step is None:
            return None
        step.end(status)
        self._frozen = None
        return step.frozen()

    def add(self, kind: str, value: Mapping[str, Any]) -> None:
        """Keep evidence: of the running step, else of the next one; after the last, of clean-up."""
        step = self.step
        if self._decided:
            self._after.add(kind, value)
        else:
            (step.evidence if step else self._waiting).add(kind, value)
        self._frozen = None

    def stand_on(self, templates: Mapping[str, str]) -> None:
        """Its sandbox has these clusters, from templates made when; '' from none."""
        self.templates = {clean(name): made for name, made in templates.items()}
        self._frozen = None

    def aside(self, seconds: float) -> None:
        """So many seconds of what ran just now were not the scenario's own."""
        self._aside_s += seconds
        step = self.step
        if step is not None and step.started is not None:
            step.started += seconds

    def end(self, status: Status, error: str, duration_s: float = 0.0) -> None:
        """Set-up, steps or clean-up decided how it went; what comes now is clean-up."""
        self._decided = True
        self.duration_s = round(max(0.0, self.duration_s + duration_s - self._aside_s), 3)
        self._aside_s = 0.0
        step = self.step
        if step is not None:
            step.cut()
            if status in ("failed", "skipped"):
                step.end(status)
        if self.status != "failed":
            self.status = status
            self.error = clean(error)
        elif error:
            self.error = f"{self.error}\n\n{clean(error)}"
        self._frozen = None

    def frozen(self) -> ScenarioResult:
        """The scenario as a value; the same one as long as nothing changes."""
        if self._frozen is None:
            self._frozen = replace(
                self.planned,
                status=self.status,
                attempts=self.attempts,
                duration_s=self.duration_s,
                error=self.error,
                bundle=self.bundle,
                steps=tuple(step.frozen() for step in self.steps),
                failed_attempts=tuple(self.failed),
                clean_up=self._after.evidence(),
                templates=self.templates,
            )
        return self._frozen

    def settle(self) -> None:
        """The attempt is over: what still waits for a step goes to the last that ran.

        Where none ran, it goes to the first: no evidence gets lost.
        """
        if self._waiting.by_kind and self.steps:
            begun = [each for each in self.steps if each.started is not None]
            (begun[-1] if begun else self.steps[0]).evidence.take(self._waiting)
            self._frozen = None
