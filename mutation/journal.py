"""The journal: build/mutants.json, written whenever something was found."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guide.errors import BadInput
from guide.mutant import Mutant
from mutation.controls import Control
from mutation.dressing import Dressed, Quiet
from mutation.plan import Plan
from mutation.verdict import ERROR, Verdict

SCHEMA = 1


@dataclass
class Journal:
    """What a campaign has found so far. A killed one loses nothing that is in it."""

    path: Path
    about: dict[str, Any]
    """What the campaign was asked for."""
    started: str = field(default_factory=lambda: _now())
    verdicts: list[Verdict] = field(default_factory=list)
    quiet: list[Quiet] = field(default_factory=list)
    controls: list[Control] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    """Counts and exit code, once it is complete."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def resume(self, plan: Plan) -> int:
        """Take over the verdicts of an earlier campaign that still count; how many.

        Edits of wording are tried again: they are few, and nothing says what they were made of.

        Raises BadInput where there is nothing to take over.
        """
        cure = "leave RESUME out"
        try:
            left = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise BadInput("nothing to resume", file=self.path, cure=cure) from None
        except ValueError as error:
            raise BadInput(f"is no JSON: {error}", file=self.path, cure=cure) from error
        if not isinstance(left, dict) or left.get("schema") != SCHEMA:
            raise BadInput(f"is not of schema {SCHEMA}", file=self.path, cure=cure)
        try:
            verdicts = [Verdict.from_row(row) for row in left["mutants"]]
            controls = [Control.from_row(row) for row in left["controls"]]
        except (KeyError, TypeError) as error:
            raise BadInput(f"is not whole: {error!r}", file=self.path, cure=cure) from error
        known = {mutant.key: plan.basis(*mutant.scenarios) for mutant in plan.known}
        self.verdicts = [
            each for each in verdicts if each.verdict != ERROR and known.get(each.key) == each.basis
        ]
        self.controls = [each for each in controls if each.passed and each.counts(plan.basis)]
        return len(self.verdicts)

    def begin(self) -> None:
        """Write what there is before anything is judged: an interrupted campaign can go on."""
        with self._lock:
            self._write()

    def has(self, job: Mutant | Dressed) -> bool:
        """Whether this was judged before."""
        if isinstance(job, Mutant):
            return any(each.key == job.key for each in self.verdicts)
        return any(each.id == job.id for each in self.quiet)

    def add(self, found: Verdict | Quiet) -> None:
        """Keep what was found, and write it."""
        with self._lock:
            if isinstance(found, Verdict):
                self.verdicts.append(found)
            else:
                self.quiet.append(found)
            self._write()

    def add_control(self, control: Control) -> None:
        """Keep a control, once."""
        with self._lock:
            if all(each.scenario != control.scenario for each in self.controls):
                self.controls.append(control)
                self._write()

    def finish(self, summary: dict[str, Any]) -> None:
        """It is complete."""
        with self._lock:
            self.summary = summary
            self._write()

    def _write(self) -> None:
        told = {
            "schema": SCHEMA,
            "complete": bool(self.summary),
            "about": self.about,
            "started": self.started,
            "written": _now(),
            "summary": self.summary,
            "mutants": [each.as_row() for each in self.verdicts],
            "wordings": [each.as_row() for each in self.quiet],
            "controls": [each.as_row() for each in self.controls],
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(told, indent=1), encoding="utf-8")
        new.replace(self.path)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
