"""The evidence of one run as an HTML page of its own, which no builder has to read.

It is written once, when the run is recorded: ninety of them would take a builder a minute. It has
our styles, not the theme's, and works without a script.
"""

from __future__ import annotations

from pathlib import Path

from report.pages.evidence import Evidence
from report.pages.outputs import Outputs, Shown
from report.pages.past import href
from report.pages.runs import unselected
from report.pages.text import anchor, line, plural
from report.results import Results, Scenario

UP = "../../"
"""The way from `data/<run>/evidence.html` to the root of the site."""

LARGEST = 500_000
"""Characters of evidence on a page; what passed comes last and is left out first."""

_ORDER = ("failed", "not_run", "skipped", "passed")


def html_page(results: Results) -> str:
    """Everything that the scenarios of a run left, those that failed first."""
    run = results.run
    # The whole of a long text is in the results, which lie beside the page.
    evidence = Evidence(run, Outputs(None, Shown(12, 6, 1_500)), UP, Path())
    way = (
        f'<a href="{href(run.id, UP)}">Run {line(run.id)}</a> · '
        '<a href="results.json.gz">results.json.gz</a>'
    )
    title = f"Evidence of run {line(run.id)}"
    return shell(title, way, _setup(results, evidence) + _scenarios(results, evidence), UP)


def shell(title: str, way: str, body: str, up: str) -> str:
    """A page with `body`; `way` are links beside those to the home page and the history.

    All of them are safe HTML.
    """
    return (
        '<!doctype html>\n<html lang="en" class="no-js pb-alone">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title>"
        f'<link rel="icon" href="{up}assets/favicon.svg">'
        f'<link rel="stylesheet" href="{up}assets/site.css"></head>\n'
        f'<body class="md-typeset"><main>\n<p><a href="{up}index.html">Home</a> · '
        f'<a href="{up}history.html">History</a>{" · " if way else ""}{way}</p>\n'
        f"<h1>{title}</h1>\n{body}</main></body></html>\n"
    )


def _setup(results: Results, evidence: Evidence) -> str:
    done = evidence.done(results.run.setup, f"{anchor(results.run.id)}/setup")
    return f'<h2 id="sandbox">The sandbox</h2>\n{done}\n' if done else ""


def _scenarios(results: Results, evidence: Evidence) -> str:
    parts: list[str] = []
    written, left = 0, 0
    title = ""
    for one in sorted((one for one in results.scenarios if not one.left_out), key=_rank):
        shown = evidence.scenario(one, f"s-{anchor(one.id)}")
        if written + len(shown) > LARGEST:
            left += 1
            parts.append(f'<p id="s-{anchor(one.id)}">{line(one.name)}: left out here</p>\n')
            continue
        written += len(shown)
        if one.feature != title:
            title = one.feature
            parts.append(f"<h2>{line(title)}</h2>\n")
        parts.append(shown + "\n")
    if left:
        parts.append(f"<p>{plural(left, 'scenario')} left out: the results have them.</p>\n")
    return "".join([*parts, unselected(results)])


def _rank(one: Scenario) -> tuple[int, str]:
    return (_ORDER.index(one.status), one.feature)
