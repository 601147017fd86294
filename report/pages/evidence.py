"""A scenario's evidence: each sentence with its state, seconds, and what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from markupsafe import Markup

from report.evidence import Command, Commit, Condition, Evidence, Wait
from report.known.beside import Beside
from report.known.places import anchor
from report.pages.chain import Chain
from report.pages.diffs import Diff
from report.pages.outputs import Output, Outputs
from report.pages.render import piece
from report.pages.text import plain
from report.results import Run, ScenarioResult, StepResult

# Output of so many lines or fewer is shown at once; longer output is folded.
OPEN_LINES = 14


@dataclass(frozen=True)
class Ran:
    """A command as a page shows it."""

    command: Command
    text: str
    """What was typed."""
    outputs: Sequence[Output]
    opened: bool

    @property
    def first(self) -> str:
        """Its first line."""
        return self.text.split("\n")[0]

    @property
    def folder(self) -> str:
        """Where it ran."""
        return PurePath(self.command.cwd).name or "."


@dataclass(frozen=True)
class Done:
    """What a sentence, or the sandbox before the first one, did and saw."""

    commits: Sequence[Diff]
    commands: Sequence[Ran]
    waits: Sequence[Wait] = ()
    conditions: Sequence[Condition] = ()
    chain: Chain | None = None

    def __bool__(self) -> bool:
        return any((self.commits, self.commands, self.waits, self.conditions, self.chain))


@dataclass(frozen=True)
class RunEvidence:
    """Shows the evidence of one run's scenarios on one page."""

    run: Run
    outputs: Outputs
    up: str
    """The way from the page to the root of the site: `""` or `"../"`."""
    folder: Path
    """The folder of results.json: whole outputs lie below it."""

    def scenario(
        self,
        scenario: ScenarioResult,
        ident: str,
        *,
        beside: Beside | None = None,
        note: Markup | str = "",
        stale: str = "",
    ) -> Markup:
        """The folded evidence of a scenario; a failed one is open.

        `ident` is its HTML id. With `beside` only what belongs to that unit keeps its details.
        `note` is shown first, `stale` says why a green result no longer counts.
        """
        steps = [
            (step, self._step(step, f"{anchor(scenario.id)}-{number}", beside))
            for number, step in enumerate(scenario.steps, 1)
        ]
        return piece("scenario", self, scenario, ident, steps, note, stale)

    def _step(self, step: StepResult, name: str, beside: Beside | None) -> Done:
        name = f"{anchor(self.run.id)}/{name}"
        failed = step.status == "failed"
        if beside is None or failed or beside.owns(step):
            return self.done(step, name, opened=failed, place=anchor(beside.unit) if beside else "")
        # What of the sentence's deeds belongs to one of the units that the scenario proves.
        commits = [
            self._commit(made, f"{name}-diff-{number}-{anchor(beside.unit)}", only=beside.paths)
            for number, made in enumerate(step.commits, 1)
            if beside.paths
        ]
        commands = [
            self._command(ran, f"{name}-{number}", False)
            for number, ran in enumerate(step.commands, 1)
            if ran.block in beside.blocks
        ]
        return Done([made for made in commits if made], commands)

    def done(
        self, what: StepResult | Evidence, name: str, *, opened: bool = False, place: str = ""
    ) -> Done:
        """Commits, commands, waits, conditions and chain; `name` is where long texts are saved.

        `place` tells apart what stands several times on a page.
        """
        commits = [
            self._commit(made, f"{name}-diff-{number}", opened=opened)
            for number, made in enumerate(what.commits, 1)
        ]
        return Done(
            [made for made in commits if made],
            [
                self._command(ran, f"{name}-{number}", opened)
                for number, ran in enumerate(what.commands, 1)
            ],
            what.waits,
            what.conditions,
            Chain.of(what.chain, f"{name}/{place}" if place else name),
        )

    def setup(self) -> Done:
        """What the sandbox did before the first scenario."""
        return self.done(self.run.setup, f"{anchor(self.run.id)}/setup")

    def _whole(self, file: str) -> Path | None:
        return self.folder / file if file else None

    def _commit(
        self, made: Commit, name: str, *, opened: bool = False, only: frozenset[str] = frozenset()
    ) -> Diff | None:
        whole = self._whole(made.diff_file)
        return Diff.of(made, name, self.outputs, self.up, opened=opened, whole=whole, only=only)

    def _command(self, ran: Command, name: str, failed: bool) -> Ran:
        # In the order in which it came, where both streams have something.
        both = (("output and standard error", ran.output, ran.output_file),)
        each = (
            ("output", ran.stdout, ran.stdout_file),
            ("standard error", ran.stderr, ran.stderr_file),
        )
        outputs = [
            self.outputs.output(said, f"{name}-{anchor(label)}", label, self.up, self._whole(file))
            for label, said, file in (both if ran.output else each)
            if said.strip()
        ]
        output = ran.output or f"{ran.stdout}{ran.stderr}".rstrip()
        short = 0 < len(output) < 2000 and output.count("\n") < OPEN_LINES
        return Ran(ran, plain(ran.line).strip(), outputs, short or failed)
