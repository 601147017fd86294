"""Tomorrow's cell: what is said of each newer version, and that no cell is missing."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from test_nightly import FLUX, OWN, ROOT, asked, folder, night, runs

from guide import shelf
from sandbox.errors import SandboxError
from sandbox.providers import choice
from sandbox.toolchain.newer import asking
from sandbox.toolchain.newer.change import Change
from sandbox.toolchain.newer.offer import Offer
from sandbox.toolchain.newer.pinned import Pinned
from sandbox.toolchain.newer.tree import NewerTree
from steps.matrix import Cell
from steps.proved import Break, Proved
from steps.tomorrow import Tomorrow

__all__ = ["folder"]

HELM = Offer(Pinned("helm", "4.2.4", "helm.sh/helm/v4"), ("4.3.0", "4.3.1"))
KWOK = Offer(Pinned("kwok", "0.8.0", "sigs.k8s.io/kwok"), ("0.9.0",))
KIND = Offer(Pinned("kind", "0.33.0", "sigs.k8s.io/kind"), ("0.34.0",))
NEXT = f"{OWN}-next"
OPENS = Break("shop/opens", ("shop/opening",), "it broke")
CLOSES = Break("shop/closes", ("shop/closing", "shop/opening"), "it hangs")
RICH = Offer(Pinned("rich", "14.0"), ("15.0", "15.1"))
SH = Offer(Pinned("sh", "2.4.0"), ("2.5.0",))
CHANGES = [Change("rich", ("14.0",), ("15.1",)), Change("salt", (), ("1.0",))]
GREEN = Proved(True, "", {}, frozenset({"shop/opens", "shop/closes"}))
LOST = Proved(False, "it does not build", {}, frozenset())


def red(*breaks: Break) -> Proved:
    return Proved(True, "", {one.scenario: one for one in breaks}, frozenset())


class Trees:
    """In the place of the trees that go resolves: which programs cannot be had, or do not fit."""

    def __init__(self) -> None:
        self.left_out: dict[str, str] = {}
        self.trouble = ""
        self.changes: list[Change] = []
        self.made: list[tuple[str, list[str]]] = []

    def make(self, tree: NewerTree, offers: Sequence[Offer]) -> dict[str, str]:
        names = [offer.pinned.name for offer in offers]
        self.made.append((tree.folder.as_posix(), names))
        if self.trouble:
            raise SandboxError(self.trouble)
        tree.files.mkdir(parents=True, exist_ok=True)
        for name in ("report", "guide", "books", "docs", "features", "requirements.lock"):
            link = tree.files / name
            if not link.exists():
                link.symlink_to(ROOT / name)
        tree.diff_file.write_text("+helm.sh/helm/v4 v4.3.1\n")
        return {name: why for name, why in self.left_out.items() if name in names}


@pytest.fixture
def trees(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Trees:
    made = Trees()
    monkeypatch.setattr(NewerTree, "make", lambda tree, offers, *_: made.make(tree, offers))
    monkeypatch.setattr(NewerTree, "packages", lambda _: made.changes)
    monkeypatch.chdir(tmp_path)
    return made


class Night:
    """Answers a cell with what it was told that the cell proves, and notes what was asked."""

    def __init__(self, **proved: Proved) -> None:
        self.proved = proved
        self.asked: list[tuple[str, str, str]] = []

    def __call__(self, cell: Cell, tree: Path | None, trouble: str, only: str) -> Proved:
        self.asked.append((cell.newer, trouble, only))
        assert bool(tree) != bool(trouble)
        if trouble:
            return Proved(False, f"could not begin: {trouble}", {}, frozenset())
        return self.proved[cell.newer.replace("-", "_")]


def judged(night: Night, *offers: Offer, own: Proved | None = GREEN) -> list[str]:
    cell = Cell(shelf.find(), "embedded", "", "next")
    verdicts = list(Tomorrow.of(offers).judge(cell, own, night))
    return [line for verdict in verdicts for line in verdict.lines()]


def test_where_nothing_breaks_with_all_at_once_no_version_breaks(trees: Trees) -> None:
    night = Night(next=GREEN)
    assert judged(night, HELM, KWOK) == [
        "helm 4.2.4 -> 4.3.1: nothing breaks (together with kwok 0.9.0)",
        "kwok 0.8.0 -> 0.9.0: nothing breaks (together with helm 4.3.1)",
    ]
    assert night.asked == [("next", "", "")]


def test_what_breaks_is_tried_with_each_version_alone(trees: Trees) -> None:
    night = Night(next=red(OPENS, CLOSES), next_helm=red(CLOSES), next_kwok=GREEN)
    run = "run: what breaks with all at once"
    assert judged(night, HELM, KWOK) == [
        "helm 4.3.1 and kwok 0.9.0: 2 units in 2 scenarios broken "
        "(all at once; each alone follows)",
        "  shop/opening (shop/opens): it broke",
        "  shop/closing, shop/opening (shop/closes): it hangs",
        f"helm 4.2.4 -> 4.3.1: 2 units in 1 scenario broken ({run})",
        "  shop/closing, shop/opening (shop/closes): it hangs",
        f"kwok 0.8.0 -> 0.9.0: nothing breaks ({run})",
    ]
    only = "shop/opens,shop/closes"
    assert night.asked == [("next", "", ""), ("next-helm", "", only), ("next-kwok", "", only)]
    assert [names for _, names in trees.made] == [["helm", "kwok"], ["helm"], ["kwok"]]
    assert len({folder for folder, _ in trees.made}) == 3, "each has a tree of its own"


def test_the_first_bad_version_is_looked_for_where_it_is_asked_for(trees: Trees) -> None:
    helm = Offer(HELM.pinned, ("4.3.0", "4.3.1", "4.3.2"))
    night = Night(**{"next": red(OPENS), "next_helm_4.3.1": red(OPENS), "next_helm_4.3.0": GREEN})
    cell = Cell(shelf.find(), "embedded", "", "next")
    [verdict] = replace(Tomorrow.of([helm]), bisects=True).judge(cell, GREEN, night)
    assert verdict.note == "first bad version: 4.3.1 (4.3.0 holds)"
    names = ["next", "next-helm-4.3.0", "next-helm-4.3.1"]
    assert sorted(name for name, _, _ in night.asked) == names
    assert {only for name, _, only in night.asked if name != "next"} == {"shop/opens"}
    made = {Path(folder).name for folder, _ in trees.made}
    assert made == {"next", "4.3.0", "4.3.1"}


def test_a_version_that_breaks_otherwise_is_not_taken_for_good(trees: Trees) -> None:
    """A run that did not come to its end says nothing of what broke."""
    night = Night(**{"next": red(OPENS), "next_helm_4.3.0": LOST})
    cell = Cell(shelf.find(), "embedded", "", "next")
    [verdict] = replace(Tomorrow.of([HELM]), bisects=True).judge(cell, GREEN, night)
    said = "first bad version: 4.3.1 or one that cannot be run: 4.3.0 (4.2.4 holds)"
    assert verdict.note == said


def test_what_cannot_be_built_at_once_is_run_alone_and_whole(trees: Trees) -> None:
    night = Night(next=LOST, next_helm=GREEN, next_kwok=LOST)
    assert judged(night, HELM, KWOK) == [
        "helm 4.3.1 and kwok 0.9.0: not run: it does not build (all at once; each alone follows)",
        "helm 4.2.4 -> 4.3.1: nothing breaks",
        "kwok 0.8.0 -> 0.9.0: not run: it does not build",
    ]
    assert [only for _, _, only in night.asked] == ["", "", ""]


def test_what_does_not_hold_today_is_not_held_against_tomorrow(trees: Trees) -> None:
    [head] = judged(Night(next=red(OPENS)), HELM, own=red(OPENS))
    assert head == "helm 4.2.4 -> 4.3.1: nothing breaks (1 more fail with today's pins too)"
    head, broken = judged(Night(next=red(OPENS)), HELM, own=None)
    assert "1 unit in 1 scenario broken (not held against today's pins" in head
    assert broken.strip() == "shop/opening (shop/opens): it broke"
    assert "not held against" in judged(Night(next=GREEN), HELM, own=LOST)[0]


def test_what_nobody_serves_is_not_run_and_the_rest_is(trees: Trees) -> None:
    trees.left_out = {"helm": "nobody serves it"}
    assert judged(Night(next=GREEN), HELM, KWOK) == [
        "helm 4.2.4 -> 4.3.1: not run: nobody serves it",
        "kwok 0.8.0 -> 0.9.0: nothing breaks",
    ]
    night = Night()
    assert judged(night, HELM) == ["helm 4.2.4 -> 4.3.1: not run: nobody serves it"]
    assert night.asked == [("next", "nobody serves it", "")], "the cell is there, as not run"


def test_versions_that_do_not_fit_are_not_run_with_the_reason(trees: Trees) -> None:
    trees.trouble = "they do not fit"
    night = Night()
    why = "not run: could not begin: they do not fit"
    assert judged(night, HELM, KWOK) == [
        f"helm 4.3.1 and kwok 0.9.0: {why} (all at once; each alone follows)",
        f"helm 4.2.4 -> 4.3.1: {why}",
        f"kwok 0.8.0 -> 0.9.0: {why}",
    ]
    assert len(night.asked) == 3


def test_kind_is_run_by_cells_on_kind_only(trees: Trees) -> None:
    assert judged(Night(next=GREEN), HELM, KIND) == [
        "kind 0.33.0 -> 0.34.0: not run: a cell on kind runs it",
        "helm 4.2.4 -> 4.3.1: nothing breaks",
    ]


def test_a_cell_on_kind_says_nothing_of_what_only_the_other_provider_runs(trees: Trees) -> None:
    cell = Cell(shelf.find(), "kind", "", "next")
    verdicts = Tomorrow.of([KWOK, KIND]).judge(cell, GREEN, Night(next=GREEN))
    assert [line for verdict in verdicts for line in verdict.lines()] == [
        "kwok 0.8.0 -> 0.9.0: not run: a cell on embedded runs it",
        "kind 0.33.0 -> 0.34.0: nothing breaks",
    ]


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


def test_python_packages_go_together_and_are_named_one_by_one(trees: Trees) -> None:
    trees.changes, trees.left_out = CHANGES, {"sh": "it goes with nothing"}
    night = Night(next=red(OPENS), next_helm=GREEN, next_packages=red(OPENS))
    cell = Cell(shelf.find(), "embedded", "", "next")
    tomorrow = replace(Tomorrow.of([HELM, RICH, SH]), bisects=True)
    run = "run: what breaks with all at once"
    assert [each.head for each in tomorrow.judge(cell, GREEN, night)] == [
        "sh 2.4.0 -> 2.5.0: not run: it goes with nothing",
        "helm 4.3.1 and the Python packages: 1 unit in 1 scenario broken "
        "(all at once; each alone follows)",
        f"helm 4.2.4 -> 4.3.1: nothing breaks ({run})",
        "Python packages: rich 14.0 -> 15.1, salt not there -> 1.0: "
        f"1 unit in 1 scenario broken ({run})",
    ]
    assert [names for _, names in trees.made] == [["helm", "rich", "sh"], ["helm"], ["rich", "sh"]]


def test_packages_of_which_none_can_be_had_are_not_run_with_the_reasons(trees: Trees) -> None:
    trees.left_out = {"rich": "no wheel", "sh": "no file"}
    night = Night()
    assert judged(night, RICH, SH) == [
        "rich 14.0 -> 15.1: not run: no wheel",
        "sh 2.4.0 -> 2.5.0: not run: no file",
    ]
    assert night.asked == [("next", "no wheel; no file", "")], "the cell is there, as not run"


def test_what_the_newer_api_server_says_of_versions_that_pages_show_is_told(trees: Trees) -> None:
    old = {"v1 Endpoints": "v1 Endpoints is deprecated: use EndpointSlice (in a)"}
    new = {**old, "x/v1 Y": "x/v1 Y is gone: x/v2 is served (in b, c)"}
    night = Night(next=replace(GREEN, asked=7, passing=new))
    assert judged(night, HELM, own=replace(GREEN, asked=7, passing=old)) == [
        "apiVersions of the edition: 7 asked, 1 deprecated or gone (1 more with today's pins too)",
        "  x/v1 Y is gone: x/v2 is served (in b, c)",
        "helm 4.2.4 -> 4.3.1: nothing breaks",
    ]
    [head, *_] = judged(Night(next=replace(GREEN, asked=7)), HELM)
    assert head == "apiVersions of the edition: 7 asked, none deprecated or gone"


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
