"""Cells side by side: each on its own, and the night leaves what it leaves with one at a time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from newer_trees import HELM, Trees, trees
from night_program import results
from test_nightly import FLUX, OWN, PINNED, asked, folder, night, runs

from report.history import History
from sandbox.toolchain.newer import asking
from steps import cell_run, crew

pytestmark = pytest.mark.integration

__all__ = ["folder", "trees"]

GIB = 1024**3


@pytest.fixture(autouse=True)
def roomy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the machine of the test has free."""
    monkeypatch.setattr(crew, "in_memory", lambda *_: (8, "16.0 GiB free"))


def test_two_cells_are_there_at_once_and_are_told_apart(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo("meeting")
    both = {PINNED: "read, passed", OWN: "write, passed"}
    assert night("--at-once=2", f"--cells={PINNED},{OWN}", **both) == 0
    said = capfd.readouterr().out
    lines = said.splitlines()
    assert lines[0] == "2 cells at once, workers of each: 1 on embedded (16.0 GiB free)"
    assert set(lines[1:3]) == {f"cell 1 of 2: {PINNED}", f"cell 2 of 2: {OWN}"}
    assert f"cell 1 of 2: {PINNED} ended with 0 after " in said
    for cell, run in runs().items():
        assert f"[{cell}] run {run.id} is in build/history" in lines
    given = [each["words"] for each in asked() if each["words"][0] == "steps"]
    for word in ("--build=", "--sandbox-name="):
        own = {next(each for each in words if each.startswith(word)) for words in given}
        assert len(own) == 2, own
    assert all("--workers=1" in words for words in given)


def test_the_order_is_that_of_the_matrix_whichever_ends_first(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The first one waits for the third, which begins when the second has ended."""
    (folder / "nightly.yaml").write_text(
        "- {provider: [embedded], kubernetes: [own, 1.35.4]}\n"
        "- {provider: [embedded], flux: [2.9.2]}\n"
    )
    old_flux = f"{OWN}-flux-2.9.2"
    os.mkfifo("meeting")
    assert night("--at-once=2", **{OWN: "read, passed", old_flux: "write, passed"}) == 0
    said = capfd.readouterr().out
    assert said.index(f"{PINNED} ended with 0") < said.index(f"{OWN} ended with 0")
    recorded = History.read(Path("build/history")).runs
    assert [run.cell for run in recorded] == [OWN, PINNED, old_flux]
    shown = (folder / "build/results.json").read_text()
    assert recorded[-1].id in shown
    assert {run.settings["at_once"] for run in recorded} == {"2"}


def test_what_a_night_leaves_is_the_same(folder: Path) -> None:
    """Also where an older run has left more than this one."""
    left: list[list[str]] = []
    for number in (1, 2):
        bundle = folder / "build/bundles/old/log"
        bundle.parent.mkdir(parents=True, exist_ok=True)
        bundle.touch()
        results("failed", 1).write(folder / "build/results.json")
        assert night(f"--at-once={number}", f"--cells={PINNED},{OWN},{FLUX}") == 0
        assert runs()[OWN].id in (folder / "build/results.json").read_text()
        assert (
            runs("build/books/flux")[FLUX].id in Path("build/books/flux/results.json").read_text()
        )
        left.append(sorted(each.name for each in Path("build").iterdir()))
    assert set(left[0]) - set(left[1]) == {"bundles"}, "of a run that is no longer the last"
    assert set(left[1]) <= set(left[0])
    assert sorted(each.name for each in Path("build/books/flux").iterdir()) == [
        *("history", "regression.json", "regression.md", "results.json")
    ]


@pytest.mark.parametrize(("planned", "why"), [("kill", "was ended by SIGKILL"), ("3", "with 3")])
def test_a_cell_that_ends_without_a_word_stops_no_other(
    folder: Path, planned: str, why: str
) -> None:
    results("passed", 0).write(folder / "build/results.json")
    assert night("--at-once=2", f"--cells={PINNED},{OWN}", **{PINNED: planned}) == 3
    assert why in runs()[PINNED].stopped
    assert {one.status for one in runs()[PINNED].scenarios.values()} == {"not_run"}
    assert runs()[OWN].exit_code == 0


def test_a_cell_whose_folder_cannot_be_made_is_not_run_with_the_reason(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay = cell_run.Apart.lay

    def refuse(apart: cell_run.Apart) -> None:
        lay(apart)
        if apart.folder.name == PINNED:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(cell_run.Apart, "lay", refuse)
    assert night("--at-once=2", f"--cells={PINNED},{OWN}") == 3
    assert "could not begin: [Errno 13] Permission denied" in runs()[PINNED].stopped
    assert runs()[OWN].exit_code == 0


def test_a_cell_that_cannot_be_put_in_its_place_is_told_and_nothing_is_said_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    put = cell_run.Apart.put

    def refuse(apart: cell_run.Apart) -> None:
        if apart.folder.name == PINNED:
            raise PermissionError(13, "Permission denied", "build/bundles")
        put(apart)

    monkeypatch.setattr(cell_run.Apart, "put", refuse)
    assert night("--at-once=2", f"--cells={PINNED},{OWN}") == 3
    assert f"cell {PINNED} cannot be recorded: " in capfd.readouterr().err
    assert set(runs()) == {OWN}


def test_the_worst_code_of_all_is_that_of_the_night(folder: Path) -> None:
    both = f"--cells={PINNED},{OWN}"
    assert night("--at-once=2", both) == 0
    assert night("--at-once=2", both, **{PINNED: "failed", OWN: "3"}) == 1
    assert night("--at-once=2", both, **{PINNED: "failed"}) == 0, "it is not new"


def test_results_that_another_run_has_replaced_are_not_taken_for_the_cells(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Somebody types `make e2e` in the same clone in the moment in which a cell is recorded."""
    put = cell_run.Apart.put

    def replaced(apart: cell_run.Apart) -> None:
        put(apart)
        if apart.folder.name == PINNED:
            results("passed", 0).write(folder / "build/results.json")

    monkeypatch.setattr(cell_run.Apart, "put", replaced)
    assert night("--at-once=2", f"--cells={PINNED},{OWN}") == 3
    said = f"cell {PINNED} cannot be recorded: another run has put its results in their place"
    assert said in capfd.readouterr().err


def test_a_cell_that_others_are_recorded_behind_began_when_it_began(folder: Path) -> None:
    """Also where it is noted at its end only, as one that somebody kills: else the clock is wrong
    of whatever ended while it ran."""
    assert night("--at-once=2", f"--cells={PINNED},{OWN}", **{PINNED: "kill"}) == 3
    killed = runs()[PINNED]
    assert killed.started < killed.finished


def test_what_cells_of_a_night_that_was_killed_have_left_goes(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    old = folder / "build/cells/gone/results.json"
    old.parent.mkdir(parents=True)
    old.touch()
    assert night(f"--cells={OWN}") == 0
    assert not (folder / "build/cells").exists()
    assert "a night that was killed has not recorded gone: removed" in capfd.readouterr().out


def test_tomorrows_cell_comes_after_all_others_and_is_held_against_its_own(
    folder: Path, trees: Trees, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What fails with the pins of today too is not held against the newer version."""
    monkeypatch.setattr(asking, "everything", lambda: [HELM])
    later, cells = f"{OWN}-next", f"--cells={PINNED},{OWN},{OWN}-next"
    night("--next", "--at-once=2", cells, **{OWN: "failed", later: "failed"})
    said = capfd.readouterr().out
    begins = said.index(f"cell 3 of 3: {later}")
    assert said.index(f"{PINNED} ended with 0") < begins
    assert said.index(f"{OWN} ended with 1") < begins
    assert "1 more fail with today's pins too" in said
    assert [run.cell for run in History.read(Path("build/history")).runs] == [PINNED, OWN, later]
    assert "at_once" not in runs()[later].settings
