"""No page says more than the results: what they do not show is not said in words either."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
import site_sample as sample

from report.errors import ReportError
from report.results import Results

SHOWN = "Each was run as written and failed, then corrected and run again."
PROOF = "add_service/deep-path"


def test_an_erratum_that_was_shown_is_told_as_such(tmp_path: Path) -> None:
    site, _ = sample.write(tmp_path, sample.green)
    page = (site.source / "guide" / "add-service.md").read_text()
    assert "This scenario shows that the source guide fails here" in page
    assert "This scenario shows that the correction holds" in page
    assert "It does not hold; the evidence shows how it fails." in page
    assert SHOWN in (site.source / "errata.md").read_text()


@pytest.mark.parametrize("status", ["failed", "skipped", "not_run"])
def test_an_erratum_that_was_not_shown_is_not_said_to_be(tmp_path: Path, status: str) -> None:
    def holds(root: Path, **more: object) -> Results:
        results = sample.green(root, **more)
        return sample.change(results, PROOF, lambda one: sample.stopped(one, status, "no", 1))

    site, _ = sample.write(tmp_path, holds)
    page = (site.source / "guide" / "add-service.md").read_text()
    assert "is there to show, and does not, that the source guide fails here" in page
    assert "This scenario shows that the correction holds" in page
    errata = (site.source / "errata.md").read_text()
    # A failure counts, whoever passed beside it; what did not run here was shown with kind.
    failed = status == "failed"
    assert ("It does not hold; the evidence shows how it fails." not in page) is failed
    assert ("That it does not hold is not shown now" in page) is failed
    assert (SHOWN not in errata) is failed
    assert ("0 of them were run as written and failed" in errata) is failed


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
