"""The rows of an outline, as the feature has them now, and the results that a run left of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import site_sample as sample

import guide
from report.history import PastRun
from report.known.book import Book
from report.known.counting import counted
from report.known.states import State
from report.results import Results

OUTLINE = "rotate_key/new-key-works"
ROWS = "      | ed25519 |\n      | ecdsa   |\n"
MISSED = "a row of the outline has not run"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return sample.clone(tmp_path / "clone")


def known(root: Path, *results: Results) -> Book:
    edition = guide.Edition.read(root / "docs" / "guide")
    features = guide.Features.read(root / "features", edition)
    history = [PastRun.of(one) for one in results]
    return Book(edition, features, results, history, sample.END)


def with_rows(root: Path, rows: str, was: str = ROWS) -> None:
    feature = root / "features" / "rotate_key.feature"
    text = feature.read_text()
    assert was in text
    feature.write_text(text.replace(was, rows))


def judged(made: Book) -> tuple[State, set[str]]:
    """The state of the unit that the outline proves, and why its results do not count."""
    scenario = made.features.scenarios[OUTLINE]
    stale = {proof.stale for proof in made.proofs(scenario)}
    return made.state(made.edition.units["rotate-key/step-1"]), stale


def test_a_row_that_came_after_the_run_is_not_green_because_the_others_are(root: Path) -> None:
    results = sample.green(root)
    assert judged(known(root, results)) == (State.PROVEN, {""})
    with_rows(root, f"{ROWS}      | rsa     |\n")
    made = known(root, results)
    assert judged(made) == (State.STALE, {MISSED})
    scenario = made.features.scenarios[OUTLINE]
    assert made.reason(scenario, State.STALE) == f"with embedded: {MISSED}"


def test_a_scenario_that_became_an_outline_has_rows_that_never_ran(root: Path) -> None:
    with_rows(root, "      | ed25519 |\n")
    results = sample.green(root)
    only = f"{OUTLINE}[1]"
    results = sample.change(results, only, lambda one: replace(one, id=OUTLINE))
    with_rows(root, ROWS, was="      | ed25519 |\n")
    assert judged(known(root, results)) == (State.STALE, {MISSED})


@pytest.mark.parametrize("left", ["      | ed25519 |\n", "      | ecdsa   |\n"])
def test_a_row_that_went_makes_stale_what_ran_with_it(root: Path, left: str) -> None:
    """The outline that passed was another one, and its last row has no sentences any more."""
    results = sample.green(root)
    with_rows(root, left)
    state, why = judged(known(root, results))
    assert state is State.STALE
    assert "the feature changed after this run" in why


def _of_rows(results: Results, numbers: Sequence[int]) -> Results:
    """The same run, asked for these rows only."""
    return sample.deselected(results, *(f"{OUTLINE}[{number}]" for number in numbers))


@pytest.mark.parametrize("numbers", [[1], [2]])
def test_a_run_of_one_row_does_not_speak_for_the_others(root: Path, numbers: list[int]) -> None:
    runs = [sample.green(root, ident="a"), _of_rows(sample.green(root, ident="b"), numbers)]
    stored = {run.run.id: run for run in runs}
    parts = counted(runs[-1], [PastRun.of(run) for run in runs], stored.get)
    state, why = judged(known(root, *(part for _, part in parts)))
    assert (state, why) == (State.STALE, {MISSED})


def test_a_row_that_was_not_run_says_why_though_the_feature_has_changed(root: Path) -> None:
    results = sample.change(
        sample.green(root),
        f"{OUTLINE}[2]",
        lambda one: sample.stopped(one, "not_run", "the run was interrupted", attempts=0),
    )
    with_rows(root, f"{ROWS}      | rsa     |\n")
    made = known(root, results)
    state, _ = judged(made)
    assert state is State.NOT_RUN
    why = made.reason(made.features.scenarios[OUTLINE], state)
    assert why == "with embedded: the run was interrupted"
