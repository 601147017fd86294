"""The evidence of one run as an HTML page of its own, which no builder has to read.

It is written once, when the run is recorded: ninety of them would take a builder a minute. It has
our styles, not the theme's, and works without a script.
"""

from __future__ import annotations

from pathlib import Path

from report.known.places import anchor, href
from report.known.states import rank
from report.pages.evidence import RunEvidence
from report.pages.outputs import Outputs, Shown
from report.pages.render import page
from report.results import Results, ScenarioResult

UP = "../../"
"""The way from `data/RUN/evidence.html` to the root of the site."""

LARGEST = 500_000
"""Characters of evidence on a page; what passed comes last and is left out first."""


def html_page(results: Results) -> str:
    """Everything that the scenarios of a run left, those that failed first."""
    run = results.run
    # The whole of a long text is in the results, which lie beside the page.
    evidence = RunEvidence(run, Outputs(None, Shown(12, 6, 1_500)), UP, Path())
    shown: list[tuple[str, ScenarioResult, str]] = []
    written, left, title = 0, 0, ""
    ran = [one for one in results.scenarios if not one.left_out]
    for one in sorted(ran, key=lambda one: (rank(one.outcome), one.feature)):
        made = evidence.scenario(one, f"s-{anchor(one.id)}")
        if written + len(made) > LARGEST:
            left += 1
            shown.append(("", one, ""))
            continue
        written += len(made)
        shown.append(("" if one.feature == title else one.feature, one, made))
        title = one.feature
    return page(
        "run-evidence.html",
        up=UP,
        run=run,
        at=href(run.id, UP),
        done=evidence.setup(),
        scenarios=shown,
        left=left,
        unselected=[one for one in results.scenarios if one.left_out],
    )
