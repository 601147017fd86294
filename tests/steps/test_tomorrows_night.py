"""A night with tomorrow's cell: which tree it is run on; it is there where that cannot be had."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path

import pytest
from newer_trees import CHANGES, HELM, KIND, KWOK, RICH, Trees, trees
from test_nightly import FLUX, OWN, asked, folder, night, runs

from sandbox.providers import choice
from sandbox.toolchain.newer import asking
from sandbox.toolchain.newer.offer import Offer
from sandbox.toolchain.newer.tree import NewerTree
from steps import tomorrow
from steps.cell_run import CellRun
from steps.run_end import RunEnd
from steps.tomorrow import Tomorrow

pytestmark = pytest.mark.integration

__all__ = ["folder", "trees"]

NEXT = f"{OWN}-next"


def test_where_the_provider_lacks_its_engine_nothing_is_pinned_for_it(
    folder: Path, trees: Trees, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The cell is there with the reason; each version alone is not even resolved."""
    why = "no Docker engine answers: nobody is there"
    monkeypatch.setattr(choice, "lacking", lambda provider: why if provider == "kind" else "")
    monkeypatch.setattr(asking, "everything", lambda: [HELM, KIND])
    (folder / "nightly.yaml").write_text("- provider: [kind]\n- provider: [embedded]\n")
    on_kind = "operational-kind-next"
    plan = {NEXT: "passed", "operational-kind": "3"}
    assert night("--next", **plan) == 3
    assert trees.made == [("build/next", ["helm", "kind"])]
    assert why in runs()[on_kind].stopped
    assert {one.status for one in runs()[on_kind].scenarios.values()} == {"not_run"}
    assert runs()[NEXT].exit_code == 0
    said = capfd.readouterr().out
    assert said.count(f"not run: {why}") == 2
    assert "helm 4.2.4 -> 4.3.1: nothing breaks" in said


def test_a_night_runs_tomorrows_cell_on_its_tree_and_names_the_break(
    folder: Path,
    trees: Trees,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(asking, "everything", lambda: [HELM, Offer(KWOK.pinned, ())])
    cells = f"--cells={OWN},{NEXT}"
    assert night("--next", cells, **{NEXT: "failed"}) == 1
    said = capfd.readouterr().out
    assert "helm 4.2.4 -> 4.3.1: 0 units in 1 scenario broken" in said
    assert "no unit (shop/opens): it broke" in said
    assert set(runs()) == {OWN, NEXT}
    there = folder / "build/next/tree"
    lines = [json.loads(line)["words"] for line in (there / "asked").read_text().splitlines()]
    [ran] = [words for words in lines if words[0] == "steps"]
    assert f"--build={folder}/build" in ran
    assert f"--book={there}/books/operational" in ran
    assert "shop/opens" in (folder / "build/next/report.md").read_text()
    assert "v4.3.1" in (folder / "build/next/report.md").read_text()
    assert not [each for each in asked() if each["cell"] == NEXT and each["words"][0] == "steps"]


@pytest.mark.parametrize("installs", [True, False])
def test_tomorrows_cell_is_run_with_the_packages_of_its_tree(
    folder: Path, trees: Trees, monkeypatch: pytest.MonkeyPatch, installs: bool
) -> None:
    tree, python = NewerTree(Path("build/next")), folder / "python"
    python.write_text(f'#!/bin/sh\ntouch ran\nexec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    set_up = tree.files / "sandbox/toolchain/venv.py"
    set_up.parent.mkdir(parents=True)
    set_up.write_text(f"print({str(python)!r})" if installs else "raise SystemExit('no room')")
    (tree.files / "requirements.lock").write_text("rich==15.1\n")
    trees.changes = CHANGES
    monkeypatch.setattr(asking, "everything", lambda: [RICH])
    code = night("--next", f"--cells={NEXT}", **{NEXT: "passed"})
    assert (tree.files / "ran").exists() == installs
    [report] = [
        line
        for line in Path("build/next/report.md").read_text().splitlines()
        if line.startswith("Python packages: ")
    ]
    if installs:
        assert code == 0
        assert "nothing breaks" in report
    else:
        assert code == 3
        assert "not run: " in report
        assert "tomorrow's Python packages cannot be installed: no room" in runs()[NEXT].stopped


def test_tomorrows_cell_is_there_where_it_cannot_be_pinned(
    folder: Path, trees: Trees, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "everything", lambda: [HELM])
    trees.trouble = "they do not fit"
    assert night("--next", f"--cells={NEXT},{FLUX}") == 3
    assert "could not begin: they do not fit" in runs()[NEXT].stopped
    assert {one.status for one in runs()[NEXT].scenarios.values()} == {"not_run"}
    assert runs()[NEXT].command == "make nightly NEXT=1"


@pytest.mark.parametrize("cut", ["", "next", "next-helm"])
def test_what_is_said_after_an_interruption_is_of_this_night_and_says_so(
    folder: Path,
    trees: Trees,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    cut: str,
) -> None:
    """An older night's report would stand beside newer pins."""
    report = Path("build/next/report.md")
    report.parent.mkdir(parents=True)
    report.write_text("helm 4.2.4 -> 4.2.9: nothing breaks")
    prove = CellRun.prove

    def interrupted(one: CellRun) -> RunEnd | None:
        if one.cell.newer != cut:
            return prove(one)
        one.turns.received.append(2)
        return None

    monkeypatch.setattr(CellRun, "prove", interrupted)
    monkeypatch.setattr(asking, "everything", lambda: [HELM, KWOK])
    assert night("--next", f"--cells={OWN}", **{NEXT: "failed", f"{NEXT}-helm": "failed"}) == 130
    text = report.read_text()
    first = "interrupted: not all that is newer was run"
    assert text.splitlines()[0] == f"**{first}**"
    assert "4.2.9" not in text
    assert ("helm 4.3.1 and kwok 0.9.0: 0 units" in text) == (cut == "next-helm")
    said = capfd.readouterr().out
    assert first in said
    assert "othing is newer" not in said + text


def test_no_older_report_stays_where_nothing_new_can_be_pinned(folder: Path, trees: Trees) -> None:
    report = Path("build/next/report.md")
    report.parent.mkdir(parents=True)
    report.write_text("helm 4.2.4 -> 4.2.9: nothing breaks")
    trees.trouble = "they do not fit"
    Tomorrow.of([HELM])
    assert not report.exists()


def test_a_report_that_cannot_be_written_is_one_line_and_hides_no_break(
    folder: Path,
    trees: Trees,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tomorrow, "replace_file", full)
    monkeypatch.setattr(asking, "everything", lambda: [HELM])
    assert night("--next", f"--cells={OWN}", **{NEXT: "passed"}) == 3
    [line] = [line for line in capfd.readouterr().err.splitlines() if "No space" in line]
    assert line.startswith("build/next/report.md cannot be written: No space left on device")
    assert night("--next", f"--cells={OWN}", **{NEXT: "failed"}) == 1


def test_a_cell_for_which_nothing_is_newer_says_so_and_one_on_kind_is_not_promised(
    folder: Path, trees: Trees, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "nightly.yaml").write_text("- provider: [embedded, kind]\n")
    monkeypatch.setattr(asking, "everything", lambda: [KIND])
    assert night("--next", "--cells=*-embedded*") == 3
    said = capfd.readouterr().out
    assert f"cell 2 of 2: {NEXT} runs nothing: nothing that is newer is for it" in said
    assert "kind 0.33.0 -> 0.34.0: not run: no cell on kind was chosen" in said
    assert "no cell on kind was chosen" in Path("build/next/report.md").read_text()


def test_a_part_of_the_guide_is_named_beside_what_is_said_of_it(
    folder: Path, trees: Trees, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(asking, "everything", lambda: [HELM])
    assert night("--next", "--feature=namespaces", f"--cells={OWN}", **{NEXT: "passed"}) == 0
    line = "helm 4.2.4 -> 4.3.1: nothing breaks in 1 scenario (FEATURE=namespaces)"
    assert line in capfd.readouterr().out
    assert line in Path("build/next/report.md").read_text()
