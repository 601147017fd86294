"""No page says more than the results: what they do not show is not said in words either."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import site_sample as sample

from report.errors import ReportError
from report.results import Results


@pytest.mark.parametrize("status", ["failed", "skipped", "not_run"])
def test_results_with_a_pass_of_which_a_step_did_not_pass_are_refused(
    tmp_path: Path, status: str
) -> None:
    data = sample.green(sample.clone(tmp_path / "clone")).dump()
    data["scenarios"][0]["steps"][-1]["status"] = status
    with pytest.raises(ReportError, match="breaks the results schema at scenarios/0/steps/"):
        Results.parse(json.dumps(data))


def test_the_results_of_another_book_prove_nothing_of_this_one(tmp_path: Path) -> None:
    def other(root: Path, **more: object) -> Results:
        results = sample.green(root, **more)
        return dataclasses.replace(results, run=dataclasses.replace(results.run, book="other"))

    with pytest.raises(ReportError, match=r"is of other, not of operational"):
        sample.write(tmp_path, other)


def test_what_no_parser_gets_to_the_end_of_is_no_json() -> None:
    with pytest.raises(ReportError, match="is no JSON"):
        Results.parse("[" * 200_000)
