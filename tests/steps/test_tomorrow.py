"""Tomorrow's cell: what is said of each newer version, and that no cell is missing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from newer_trees import CHANGES, HELM, KIND, KWOK, RICH, Trees, trees

from guide import shelf
from sandbox.toolchain.newer.offer import Offer
from sandbox.toolchain.newer.pinned import Pinned
from steps.matrix import Cell
from steps.proved import Break, Proved
from steps.tomorrow import Tomorrow

__all__ = ["trees"]

OPENS = Break("shop/opens", ("shop/opening",), "it broke")
CLOSES = Break("shop/closes", ("shop/closing", "shop/opening"), "it hangs")
SH = Offer(Pinned("sh", "2.4.0"), ("2.5.0",))
GREEN = Proved(True, "", {}, frozenset({"shop/opens", "shop/closes"}))
LOST = Proved(False, "it does not build", {}, frozenset())


def red(*breaks: Break) -> Proved:
    broken = {one.scenario: one for one in breaks}
    return replace(GREEN, breaks=broken, held=GREEN.held - broken.keys())


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
    tomorrow = replace(Tomorrow.of(offers), providers=frozenset({"embedded", "kind"}))
    verdicts = list(tomorrow.judge(cell, own, night))
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
    tomorrow = replace(Tomorrow.of([KWOK, KIND]), providers=frozenset({"embedded", "kind"}))
    verdicts = tomorrow.judge(cell, GREEN, Night(next=GREEN))
    assert [line for verdict in verdicts for line in verdict.lines()] == [
        "kwok 0.8.0 -> 0.9.0: not run: a cell on embedded runs it",
        "kind 0.33.0 -> 0.34.0: nothing breaks",
    ]


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


def test_what_no_cell_that_was_chosen_runs_is_not_promised(trees: Trees) -> None:
    cell = Cell(shelf.find(), "embedded", "", "next")
    tomorrow = replace(Tomorrow.of([KIND]), providers=frozenset({"embedded"}))
    night = Night()
    [verdict] = tomorrow.judge(cell, GREEN, night)
    assert verdict.head == "kind 0.33.0 -> 0.34.0: not run: no cell on kind was chosen"
    assert (tomorrow.code, tomorrow.concerns(cell), night.asked) == (3, False, [])
    both = replace(tomorrow, providers=frozenset({"embedded", "kind"}))
    assert (both.code, both.concerns(replace(cell, provider="kind"))) == (0, True)


def test_where_nothing_fits_together_no_program_is_called_a_package(trees: Trees) -> None:
    trees.trouble = "they do not fit"
    assert [each.what for each in Tomorrow.of([HELM, RICH]).trials] == [
        "helm 4.2.4 -> 4.3.1",
        "Python packages: rich 14.0 -> 15.1",
    ]
