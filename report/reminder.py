"""What was not green, in a line each: said again where another book's run came after it."""

from __future__ import annotations

from collections.abc import Iterator

from report.reasons import FLAKY
from report.results import Results
from report.view import SIGN, words


def reminder(results: Results) -> Iterator[str]:
    """How the run ended, then each scenario that failed or was not run, with why; or nothing."""
    run = results.run
    bad = [
        one
        for one in results.scenarios
        if one.outcome in ("failed", FLAKY, "not_run") and not one.left_out  # which is no bad news
    ]
    if not bad and run.exit_code == 0:
        return
    code = "broke off" if run.exit_code is None else f"ended with {run.exit_code}"
    yield f"book {run.book}: its run {code}" + (f", early: {run.stopped}" if run.stopped else "")
    for one in bad:
        flaky = f"it passed at attempt {one.attempts}: that is not green"
        said = flaky if one.outcome == FLAKY else one.error
        first = (said.splitlines() or ["no reason was given"])[0]
        yield f"  {SIGN[one.outcome]} {words(one.outcome)}: {one.id}: {first}"
