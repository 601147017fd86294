"""A scenario's evidence as HTML: each sentence with its state, seconds, and what it did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

import guide
from report.pages import diffs
from report.pages.chain import timeline
from report.pages.outputs import Outputs
from report.pages.states import State, badge, of_status, status_badge
from report.pages.text import anchor, html, line, plain, plural, seconds
from report.results import Command, Condition, Run, Scenario, Step, Wait
from report.results import Evidence as Recorded

# Output of so many lines or fewer is shown at once; longer output is folded.
OPEN_LINES = 14


@dataclass(frozen=True)
class Beside:
    """A unit beside which a scenario is shown that has its whole evidence elsewhere."""

    unit: str
    blocks: frozenset[str]
    """The ids of the blocks under the unit."""
    paths: frozenset[str]
    """The files that those blocks are written to."""

    @classmethod
    def of(cls, unit: str, edition: guide.Edition) -> Beside:
        """The unit of that id with its blocks."""
        blocks = edition.blocks_of(unit, every=True)
        return cls(
            unit,
            frozenset(block.id for block in blocks),
            frozenset(block.path for block in blocks if block.path),
        )

    def owns(self, step: Step) -> bool:
        """Whether a sentence is about this unit alone: names its block, or follows only it."""
        said = guide.Step(step.keyword, step.text, step.line, step.table)
        return bool(self.blocks.intersection(said.blocks)) or _units(said) == [self.unit]


def _units(step: guide.Step) -> list[str]:
    return [f"{page}/step-{number}" for page, number in step.followed]


@dataclass(frozen=True)
class Evidence:
    """Writes the evidence of one run's scenarios on one page."""

    run: Run
    outputs: Outputs
    up: str
    """The way from the page to the root of the site: `""` or `"../"`."""
    folder: Path
    """The folder of results.json: whole outputs lie below it."""

    def scenario(
        self,
        scenario: Scenario,
        ident: str,
        *,
        beside: Beside | None = None,
        note: str = "",
        stale: str = "",
    ) -> str:
        """The folded evidence of a scenario; a failed one is open.

        `ident` is its HTML id. With `beside` only what belongs to that unit keeps its details.
        `note` is safe HTML shown first, `stale` says why a green result no longer counts.
        """
        failed = scenario.status == "failed"
        steps = "".join(
            self._step(step, f"{anchor(scenario.id)}-{number}", beside)
            for number, step in enumerate(scenario.steps, 1)
        )
        return (
            f'<details class="pb-scenario {of_status(scenario.status).css}" id="{ident}"'
            f"{' open' if failed else ''}><summary>{_badge(scenario, stale)} "
            f'<span class="pb-name">{line(scenario.name)}{_example(scenario)}</span> '
            f'<span class="pb-num">{self._numbers(scenario)}</span></summary>'
            f'<div class="pb-body">{note}{self._error(scenario)}'
            f'<ol class="pb-steps">{steps}</ol>{self._foot(scenario)}</div></details>'
        )

    def _whole(self, file: str) -> Path | None:
        return self.folder / file if file else None

    def _numbers(self, scenario: Scenario) -> str:
        parts = [seconds(scenario.duration_s)] if scenario.status in ("passed", "failed") else []
        if scenario.attempts > 1:
            parts.append(f'<strong class="pb-retried">{scenario.attempts} attempts</strong>')
        return " · ".join([*parts, line(self.run.provider)])

    def _error(self, scenario: Scenario) -> str:
        before = "".join(
            f'<p class="pb-wait"><span class="pb-kind">attempt {number}</span> failed after '
            f"{seconds(one.duration_s)}: {line(one.error.strip().split(chr(10))[0])}</p>"
            for number, one in enumerate(scenario.failed_attempts, 1)
        )
        if not scenario.error:
            return before
        said = {"failed": "What went wrong", "skipped": "Why it was skipped"}
        title = said.get(scenario.status, "Why it was not run")
        return (
            f'{before}<div class="pb-error"><p class="pb-h">{title}</p>'
            f'<pre class="pb-out" tabindex="0" role="group" aria-label="{title}"><code>'
            f"{html(scenario.error)}</code></pre></div>"
        )

    def _foot(self, scenario: Scenario) -> str:
        where = scenario.feature
        if scenario.line:
            where += f":{scenario.line}"
        return (
            f'<p class="pb-foot"><code>{line(scenario.id)}</code> in <code>{line(where)}</code> · '
            f'<a href="{self.up}runs/{anchor(self.run.id)}.html">run {line(self.run.id)}</a></p>'
        )

    def _step(self, step: Step, name: str, beside: Beside | None) -> str:
        took = f'<span class="pb-num">{seconds(step.duration_s)}</span>' if step.duration_s else ""
        if beside is None or step.status == "failed" or beside.owns(step):
            place = anchor(beside.unit) if beside else ""
            details = self._details(step, name, place)
        else:
            details = self._part(step, name, beside)
        return (
            f'<li class="pb-step {of_status(step.status).css}"><p class="pb-sentence">'
            f'<span class="pb-sign" role="img" aria-label="{_word(step.status)}"></span>'
            f'<span class="pb-words"><b>{line(step.keyword)}</b> {line(step.text)}</span>{took}</p>'
            f"{_table(step)}{details}</li>"
        )

    def _details(self, step: Step, name: str, place: str) -> str:
        failed = step.status == "failed"
        return self.done(step, f"{anchor(self.run.id)}/{name}", opened=failed, place=place)

    def _part(self, step: Step, name: str, beside: Beside) -> str:
        """What of a sentence's deeds belongs to one of the units that the scenario proves."""
        parts = [
            diffs.commit(
                made,
                f"{anchor(self.run.id)}/{name}-diff-{number}-{anchor(beside.unit)}",
                self.outputs,
                self.up,
                whole=self._whole(made.diff_file),
                only=beside.paths,
            )
            for number, made in enumerate(step.commits, 1)
            if beside.paths
        ]
        for number, ran in enumerate(step.commands, 1):
            if ran.block in beside.blocks:
                parts.append(self._command(ran, f"{anchor(self.run.id)}/{name}-{number}", False))
        return f'<div class="pb-did">{"".join(parts)}</div>' if any(parts) else ""

    def done(
        self, what: Step | Recorded, name: str, *, opened: bool = False, place: str = ""
    ) -> str:
        """Commits, commands, waits, conditions and chain; `name` is where long texts are saved.

        `place` tells apart what stands several times on a page.
        """
        parts = [
            diffs.commit(
                made,
                f"{name}-diff-{number}",
                self.outputs,
                self.up,
                opened=opened,
                whole=self._whole(made.diff_file),
            )
            for number, made in enumerate(what.commits, 1)
        ]
        for number, ran in enumerate(what.commands, 1):
            parts.append(self._command(ran, f"{name}-{number}", opened))
        parts.extend(_wait(wait) for wait in what.waits)
        if what.conditions:
            parts.append(_conditions(what.conditions))
        parts.append(timeline(what.chain, f"{name}/{place}" if place else name))
        return f'<div class="pb-did">{"".join(parts)}</div>' if any(parts) else ""

    def _command(self, ran: Command, name: str, failed: bool) -> str:
        output = ran.output or f"{ran.stdout}{ran.stderr}".rstrip()
        short = 0 < len(output) < 2000 and output.count("\n") < OPEN_LINES
        wrong = "" if ran.exit_code == 0 else " pb-bad"
        ended = "stopped" if ran.exit_code is None else f"exit {ran.exit_code}"
        text = plain(ran.line).strip()
        first, more = text.split("\n")[0], "\n" in text
        whole = (
            f'<pre class="pb-out pb-cmd" tabindex="0" role="group" aria-label="the command">'
            f"<code>{html(text)}</code></pre>"
            if more
            else ""
        )
        shown = f'<p class="pb-h">{line(ran.note)}</p>' if ran.note else ""
        for label, said, file in (
            # In the order in which it came, where both streams have something.
            (("output and standard error", ran.output, ran.output_file),)
            if ran.output
            else (
                ("output", ran.stdout, ran.stdout_file),
                ("standard error", ran.stderr, ran.stderr_file),
            )
        ):
            if said.strip():
                title = f'<p class="pb-h">{label}</p>' if label != "output" else ""
                where = f"{name}-{anchor(label)}"
                shown += title + self.outputs.pre(said, where, label, self.up, self._whole(file))
        folder = line(PurePath(ran.cwd).name or ".")
        shown += "" if output.strip() else '<p class="pb-none">no output</p>'
        return (
            f'<details class="pb-io"{" open" if short or failed else ""}><summary>'
            f'<code class="pb-line"><span class="pb-prompt" aria-hidden="true">$ </span>'
            f"{line(first)}{' …' if more else ''}</code> "
            f'<span class="pb-num"><span class="pb-exit{wrong}">{ended}</span> · '
            f"{seconds(ran.duration_s)}</span></summary>"
            f'{whole}{shown}<p class="pb-cwd">in <code>{folder}</code></p></details>'
        )


def _table(step: Step) -> str:
    """The data table and the text of a sentence, as the feature has them."""
    shown = ""
    if step.table:
        head, *rows = step.table
        cells = "".join(f'<th scope="col">{line(cell)}</th>' for cell in head)
        body = "".join(
            "<tr>" + "".join(f"<td>{line(cell)}</td>" for cell in row) + "</tr>" for row in rows
        )
        shown = (
            f'<table class="pb-given"><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>'
        )
    if step.doc_string:
        shown += (
            '<pre class="pb-out" tabindex="0" role="group" aria-label="text of the sentence">'
            f"<code>{html(step.doc_string)}</code></pre>"
        )
    return shown


def _badge(scenario: Scenario, stale: str) -> str:
    if stale and scenario.status == "passed":
        return badge(State.STALE)
    return status_badge(scenario.status)


def _example(scenario: Scenario) -> str:
    values = ", ".join(f"{line(name)}: {line(value)}" for name, value in scenario.example.items())
    return f' <span class="pb-example">{values}</span>' if values else ""


def _word(status: str) -> str:
    state = of_status(status)
    return "passed" if status == "passed" else str(state)


def _wait(wait: Wait) -> str:
    last = (
        f' <span class="pb-last">last seen: {line(wait.last_seen)}</span>' if wait.last_seen else ""
    )
    return (
        f'<p class="pb-wait"><span class="pb-kind">waited</span> {seconds(wait.duration_s)} for '
        f"{line(wait.what)}{last}</p>"
    )


def _conditions(conditions: Iterable[Condition]) -> str:
    rows = [
        f"<tr><td><code>{line(c.object)}</code></td><td>{line(c.type)}</td>"
        f"<td>{line(c.status)}</td><td>{line(c.reason)}</td><td>{line(c.message)}</td></tr>"
        for c in conditions
    ]
    return (
        f'<details class="pb-io"><summary><span class="pb-kind">conditions</span> '
        f"{plural(len(rows), 'condition')} read from the cluster</summary>"
        f'<div class="pb-scroll" tabindex="0" role="group" aria-label="conditions"><table>'
        "<thead><tr><th>object</th><th>type</th><th>status</th><th>reason</th><th>message</th></tr>"
        f"</thead><tbody>{''.join(rows)}</tbody></table></div></details>"
    )
