"""Runs of a part after a run that broke off: what it did not come to stays not run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
import site_sample as sample

from report.archive import Archive
from report.history import History, PastRun
from report.known.counting import counted
from report.known.states import State
from report.reasons import NOT_YET
from report.results import Results

ONE = "rotate_key/read-only"


def broke_off(results: Results) -> Results:
    """A run of the same that ended before its first scenario."""
    run = replace(results.run, exit_code=3, stopped="no sandbox")
    none = (sample.stopped(one, "not_run", NOT_YET, attempts=0) for one in results.scenarios)
    return Results(run, tuple(none))


def of_part(results: Results, name: str = ONE) -> Results:
    """The same run, asked for one scenario only."""
    why = f"not selected (FEATURE={name})"
    return replace(
        results,
        scenarios=tuple(
            one if one.id == name else sample.stopped(one, "not_run", why, attempts=0)
            for one in results.scenarios
        ),
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.clone(tmp_path_factory.mktemp("parts") / "clone")


@pytest.fixture(scope="module")
def runs(root: Path) -> Sequence[Results]:
    """All green, then one that broke off at once, then one of one scenario."""
    whole, broken, part = (sample.green(root, ident=ident) for ident in "abc")
    return [whole, broke_off(broken), of_part(part)]


def kept(runs: Sequence[Results], past: Sequence[PastRun]) -> Mapping[str, set[str]]:
    stored = {run.run.id: run for run in runs}
    parts = counted(runs[-1], past, stored.get)
    return {part.run.id: {one.id for one in part.scenarios} for _, part in parts}


def test_what_broke_off_is_not_forgotten_after_a_run_of_a_part(runs: Sequence[Results]) -> None:
    found = kept(runs, [PastRun.of(run) for run in runs])
    every = {one.id for one in runs[0].scenarios}
    assert found == {"b": every - {ONE}, "c": {ONE}}


def test_nor_is_it_where_the_line_of_history_is_read_again(
    runs: Sequence[Results], root: Path, tmp_path: Path
) -> None:
    archive = Archive(tmp_path / "history")
    for run in runs:
        archive.add(run, tmp_path)
    past = History.read(archive.folder).runs
    assert kept(runs, past) == kept(runs, [PastRun.of(run) for run in runs])
    runs[-1].write(tmp_path / "results.json")
    book, _ = sample.inputs(root, tmp_path / "results.json", archive.folder).read()
    proven = {unit.id for unit in book.counted() if book.state(unit) is State.PROVEN}
    assert proven == {"rotate-key/key-rights"}
    assert book.counts()[State.NOT_RUN] > 1


def test_a_run_of_a_part_that_broke_off_leaves_the_rest(root: Path) -> None:
    other = "add_service/whole-way"
    whole, broken, part = (sample.green(root, ident=ident) for ident in "abc")
    cut = sample.change(
        of_part(broken), ONE, lambda one: sample.stopped(one, "not_run", NOT_YET, attempts=0)
    )
    runs = [whole, cut, of_part(part, other)]
    found = kept(runs, [PastRun.of(run) for run in runs])
    every = {one.id for one in whole.scenarios}
    assert found == {"a": every - {ONE, other}, "b": {ONE}, "c": {other}}
