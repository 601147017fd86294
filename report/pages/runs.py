"""A page per run: everything of one run that is stored, and the command that reproduces it."""

from __future__ import annotations

from collections import Counter

from report.history import PastRun, PastScenario
from report.pages import past
from report.pages.book import Book
from report.pages.evidence import Evidence
from report.pages.facts import Fact, facts
from report.pages.outputs import Outputs
from report.pages.states import of_status, status_badge
from report.pages.tables import table
from report.pages.text import anchor, line, plural, seconds
from report.pages.text import markdown as inert
from report.results import Results, Run

UP = "../"
EVIDENCE = "evidence"
"""The words of the link to the page with the evidence of an older run."""

_ORDER = ("failed", "not_run", "skipped", "passed")


def full(book: Book, results: Results, outputs: Outputs, files: list[tuple[str, str]]) -> str:
    """The page of a run whose results are at hand; `files` are (words, href) to download."""
    run = results.run
    evidence = Evidence(run, outputs, UP, book.folder(results))
    ghosts = {one.id for one in book.ghosts(results)}
    found = Counter[str](one.status for one in results.scenarios)
    parts = [
        f"---\ntitle: Run {inert(run.id)}\nsearch:\n  exclude: true\n---",
        f"# Run {inert(run.id)}",
        f'<div class="pb-panel">{_counts(found)}'
        f"{facts([Fact.of(results)], UP, book.up)}"
        f"{_settings(results)}{_command(run.command)}{_files(files)}</div>",
        _ended(run),
        _setup(run, evidence),
    ]
    chapters: dict[str, list[str]] = {}
    for one in results.scenarios:
        if one.id not in ghosts and not one.left_out:
            shown = evidence.scenario(one, f"s-{anchor(one.id)}")
            chapters.setdefault(one.feature, []).append(shown)
    for feature, shown_ in chapters.items():
        known = book.features.files.get(feature.removesuffix(".feature").rsplit("/", 1)[-1])
        title = known.name if known else feature
        parts.append(f"## {inert(title)}")
        parts.extend(shown_)
    parts.append(unselected(results))
    if ghosts:
        parts.append("## Results without a scenario { #ghosts }")
        parts.append(
            "No feature has these scenarios any more. They count for nothing in the guide."
        )
        parts += [
            evidence.scenario(one, f"g-{anchor(one.id)}")
            for one in results.scenarios
            if one.id in ghosts
        ]
    return "\n\n".join(filter(None, parts)) + "\n"


def unselected(results: Results) -> str:
    """The scenarios that the run was told not to run, folded: it says nothing about them."""
    found = [one for one in results.scenarios if one.left_out]
    if not found:
        return ""
    rows = "".join(
        f'<li id="s-{anchor(one.id)}">{line(one.name)} <code>{line(one.id)}</code></li>'
        for one in found
    )
    return (
        f'<details class="pb-io"><summary>{status_badge("not_run")} '
        f"{plural(len(found), 'scenario')} {line(found[0].error)}</summary>"
        f"<ul>{rows}</ul></details>"
    )


def ended(run: Run | PastRun) -> str:
    """How a run ended early, as safe HTML; '' for one that came to its end."""
    if run.exit_code in (0, 1) and not run.stopped:
        return ""
    how = "without a word" if run.exit_code is None else f"with exit code {run.exit_code}"
    return how + (f": {line(run.stopped)}" if run.stopped else "")


def _ended(run: Run | PastRun) -> str:
    how = ended(run)
    return f'<p class="pb-warn">This run ended early, {how}</p>' if how else ""


def _setup(run: Run, evidence: Evidence) -> str:
    done = evidence.done(run.setup, f"{anchor(run.id)}/setup")
    return f"## The sandbox {'{ #sandbox }'}\n\n{done}" if done else ""


def _settings(results: Results) -> str:
    settings = results.run.settings
    if not settings:
        return ""
    said = ", ".join(f"<code>{line(key)}={line(value)}</code>" for key, value in settings.items())
    return f"<p>Settings: {said}</p>"


def _command(command: str) -> str:
    return f"<p>Run it again: <code>{line(command)}</code></p>" if command else ""


def _files(files: list[tuple[str, str]]) -> str:
    if not files:
        return ""
    said = " · ".join(f'<a href="{href}">{line(words)}</a>' for words, href in files)
    return f"<p>Files: {said}</p>"


def stored(book: Book, run: PastRun, files: list[tuple[str, str]], said: str) -> str:
    """The page of an older run: its line in the history, and links to everything else.

    `files` are (words, href) to download, EVIDENCE among them if it was kept; `said` is the
    problem where it could not be read.
    """
    evidence = next((href for words, href in files if words == EVIDENCE), "")
    found = Counter[str](one.status for one in run.scenarios.values())
    rows = "".join(
        f"<tr><td>{status_badge(one.status)}</td><td>{_name(book, ident, evidence)}{_why(one)}</td>"
        f'<td class="pb-n">{seconds(one.duration_s)}</td>'
        f'<td class="pb-n">{seconds(one.convergence_s)}</td>'
        f'<td class="pb-n">{one.attempts}</td></tr>'
        for ident, one in sorted(
            run.scenarios.items(), key=lambda item: (_rank(item[1].status), item[0])
        )
    )
    heads = ("state", "scenario", "took", "waited", "attempts")
    parts = [
        f"---\ntitle: Run {inert(run.id)}\nsearch:\n  exclude: true\n---",
        f"# Run {inert(run.id)}",
        f'<div class="pb-panel">{_counts(found)}{facts([Fact.of_past(run)], UP, book.up)}'
        f"{_command(run.command)}{_files(files)}</div>",
        _ended(run),
        f'<p class="pb-warn">{line(said)}</p>' if said else "",
        "" if evidence or said else _not_kept(),
        table(heads, rows, "scenarios"),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _not_kept() -> str:
    return (
        '<p class="pb-warn">The evidence of this run was not kept as a page. '
        "<code>python -m report record</code> makes the pages of the newest runs from their "
        "results.</p>"
    )


def _counts(found: Counter[str]) -> str:
    shown = "".join(
        f'<span class="pb-badge {of_status(s).css}">{found[s]} {s.replace("_", " ")}</span>'
        for s in _ORDER
        if found[s]
    )
    return f'<div class="pb-counts">{shown}</div>'


def _why(one: PastScenario) -> str:
    return f'<span class="pb-why">{line(one.reason)}</span>' if one.reason else ""


def _rank(status: str) -> int:
    return _ORDER.index(status) if status in _ORDER else 0


def _name(book: Book, ident: str, evidence: str) -> str:
    known = book.features.scenarios.get(past.base_id(ident))
    name = line(known.name) if known else f"<code>{line(ident)}</code>"
    if evidence:
        name = f'<a href="{evidence}#s-{anchor(ident)}">{name}</a>'
    if known is None:
        return f'{name} <span class="pb-ghost">no longer a scenario</span>'
    return f"{name} <code>{line(ident)}</code>"
