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
