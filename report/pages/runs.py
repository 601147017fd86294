"""A page per run: everything of one run that is stored, and the command that reproduces it."""

from __future__ import annotations

from collections import Counter

from report.history import PastRun
from report.pages import past
from report.pages.book import Book
from report.pages.evidence import Evidence
from report.pages.facts import Fact, facts
from report.pages.outputs import Outputs
from report.pages.states import of_status, status_badge
from report.pages.tables import both, table
from report.pages.text import anchor, line, plural, seconds, when
from report.pages.text import markdown as inert
from report.results import Results, Run

UP = "../"
_ORDER = ("failed", "not_run", "skipped", "passed")


def full(book: Book, results: Results, outputs: Outputs, files: list[tuple[str, str]]) -> str:
    """The page of a run whose results are at hand; `files` are (words, href) to download."""
    run = results.run
    evidence = Evidence(run, outputs, UP, book.folder(results))
    ghosts = {one.id for one in book.ghosts(results)}
    found = Counter[str](one.status for one in results.scenarios)
    count = "".join(
        f'<span class="pb-badge {of_status(s).css}">{found[s]} {s.replace("_", " ")}</span>'
        for s in _ORDER
        if found[s]
    )
    parts = [
        f"---\ntitle: Run {inert(run.id)}\nsearch:\n  exclude: true\n---",
        f"# Run {inert(run.id)}",
        f'<div class="pb-panel"><div class="pb-counts">{count}</div>'
        f"{facts([Fact.of(results)], UP)}"
        f"{_settings(results)}{_command(run.command)}{_files(files)}</div>",
        _ended(run),
        _setup(run, evidence),
    ]
    chapters: dict[str, list[str]] = {}
    for one in results.scenarios:
        if one.id not in ghosts:
            shown = evidence.scenario(one, f"s-{anchor(one.id)}")
            chapters.setdefault(one.feature, []).append(shown)
    for feature, shown_ in chapters.items():
        known = book.features.files.get(feature.removesuffix(".feature").rsplit("/", 1)[-1])
        title = known.name if known else feature
        parts.append(f"## {inert(title)}")
        parts.extend(shown_)
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


def _ended(run: Run) -> str:
    if run.exit_code in (0, 1) and not run.stopped:
        return ""
    how = "without a word" if run.exit_code is None else f"with exit code {run.exit_code}"
    why = f": {line(run.stopped)}" if run.stopped else ""
    return f'<p class="pb-warn">This run ended early, {how}{why}</p>'


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


def stored(book: Book, run: PastRun) -> str:
    """The page of an older run, from its line in the history."""
    rows = "".join(
        f"<tr><td>{status_badge(one.status)}</td><td>{_name(book, ident)}</td>"
        f'<td class="pb-n">{seconds(one.duration_s)}</td>'
        f'<td class="pb-n">{seconds(one.convergence_s)}</td>'
        f'<td class="pb-n">{one.attempts}</td></tr>'
        for ident, one in sorted(
            run.scenarios.items(), key=lambda item: (_rank(item[1].status), item[0])
        )
    )
    versions = ", ".join(f"{line(name)} {line(value)}" for name, value in run.versions.items())
    about = both(
        (
            ("result", past.words(run)),
            ("finished", when(run.finished)),
            ("provider", line(run.provider or "no sandbox")),
            ("versions", versions or "unknown"),
            ("took", seconds(run.duration_s)),
            ("whole results", f"<code>runs/{line(run.id)}/results.json.gz</code> in the history"),
        )
    )
    heads = ("state", "scenario", "took", "waited", "attempts")
    return (
        f"---\ntitle: Run {inert(run.id)}\nsearch:\n  exclude: true\n---\n\n"
        f"# Run {inert(run.id)}\n\n{about}\n\n{table(heads, rows, 'scenarios')}\n\n"
        f"{plural(len(run.scenarios), 'scenario')}.\n"
    )


def _rank(status: str) -> int:
    return _ORDER.index(status) if status in _ORDER else 0


def _name(book: Book, ident: str) -> str:
    known = book.features.scenarios.get(past.base_id(ident))
    if known is None:
        return f'<code>{line(ident)}</code> <span class="pb-ghost">no longer a scenario</span>'
    return f"{line(known.name)} <code>{line(ident)}</code>"
