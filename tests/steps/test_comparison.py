"""What tomorrow's run is held against: today's excuses no more, and proves no more, than it did."""

from __future__ import annotations

from dataclasses import replace

import pytest
from newer_trees import HELM, KWOK, Trees, trees
from test_tomorrow import CLOSES, GREEN, LOST, OPENS, Night, judged, red

from guide import shelf
from steps.comparison import Comparison
from steps.matrix import Cell
from steps.proved import Break, Proved
from steps.tomorrow import Tomorrow
from steps.verdict import Verdict

__all__ = ["trees"]

FLAKY = Break(OPENS.scenario, OPENS.units, "passed only at attempt 2")
WOBBLY = Proved(
    True,
    "",
    {FLAKY.scenario: FLAKY},
    frozenset({"shop/closes"}),
    flaky=frozenset({FLAKY.scenario}),
)
BISECTED = "first bad version not looked for: nothing shows that 4.2.4 holds"


def bisected(own: Proved | None) -> tuple[Verdict, Night]:
    night = Night(next=red(OPENS))
    cell = Cell(shelf.find(), "embedded", "", "next")
    [verdict] = replace(Tomorrow.of([HELM]), bisects=True).judge(cell, own, night)
    return verdict, night


@pytest.mark.parametrize(
    "own", [None, LOST, WOBBLY, replace(GREEN, held=frozenset({"shop/closes"}))]
)
def test_no_first_bad_version_is_said_where_the_pinned_one_is_not_known_to_hold(
    trees: Trees, own: Proved | None
) -> None:
    verdict, night = bisected(own)
    assert BISECTED in verdict.note
    assert "holds)" not in verdict.note
    assert [name for name, _, _ in night.asked] == ["next"]


def test_a_version_in_which_what_broke_was_skipped_is_not_taken_for_good(trees: Trees) -> None:
    skipped = Proved(True, "", {}, frozenset())
    night = Night(**{"next": red(OPENS), "next_helm_4.3.0": skipped})
    cell = Cell(shelf.find(), "embedded", "", "next")
    [verdict] = replace(Tomorrow.of([HELM]), bisects=True).judge(cell, GREEN, night)
    assert "4.3.1 or one that cannot be run: 4.3.0 (4.2.4 holds)" in verdict.note


def test_what_is_flaky_today_excuses_no_failure_tomorrow(trees: Trees) -> None:
    head, broken = judged(Night(next=red(OPENS)), HELM, own=WOBBLY)
    assert head.startswith("helm 4.2.4 -> 4.3.1: 1 unit in 1 scenario broken")
    assert broken.strip() == "shop/opening (shop/opens): it broke"


def test_what_is_flaky_on_both_is_told_and_not_held_against_tomorrow(trees: Trees) -> None:
    [head] = judged(Night(next=WOBBLY), HELM, own=WOBBLY)
    assert head == "helm 4.2.4 -> 4.3.1: nothing breaks (1 more flaky with today's pins too)"
    [head] = judged(Night(next=WOBBLY), HELM, own=red(OPENS))
    assert head == "helm 4.2.4 -> 4.3.1: nothing breaks (1 more fail with today's pins too)"


def test_where_nothing_holds_nothing_is_known(trees: Trees) -> None:
    failed = red(OPENS, CLOSES)
    found = verdicts(Night(next=failed), own=failed)
    assert [each.head for each in found] == [
        "helm 4.2.4 -> 4.3.1: nothing is known: no scenario holds with it "
        "(2 more fail with today's pins too)"
    ]
    assert found[0].code == 3


def test_what_held_today_and_was_skipped_tomorrow_is_not_known_to_hold(trees: Trees) -> None:
    part = replace(GREEN, held=frozenset({"shop/opens"}))
    together = verdicts(Night(next=part), own=GREEN, both=True)
    assert [each.code for each in together] == [3, 3]
    assert "nothing is known: shop/closes held with today's pins and did not run" in (
        together[0].head
    )
    [alone] = verdicts(Night(next=replace(red(OPENS), held=frozenset())), own=GREEN)
    assert alone.code == 1
    assert "shop/closes held with today's pins and did not run" in alone.note


def verdicts(night: Night, own: Proved, both: bool = False) -> list[Verdict]:
    cell = Cell(shelf.find(), "embedded", "", "next")
    return list(Tomorrow.of([HELM, KWOK] if both else [HELM]).judge(cell, own, night))


def test_where_a_part_is_asked_for_every_verdict_says_so(trees: Trees) -> None:
    cell = Cell(shelf.find(), "embedded", "", "next")
    some = replace(GREEN, held=frozenset({"shop/opens"}))
    part = replace(Tomorrow.of([HELM]), asked="FEATURE=shop")
    [verdict] = part.judge(cell, some, Night(next=some))
    assert verdict.head == "helm 4.2.4 -> 4.3.1: nothing breaks in 1 scenario (FEATURE=shop)"
    [verdict] = part.judge(cell, GREEN, Night(next=red(OPENS)))
    assert "1 unit in 1 scenario broken, of 2 scenarios (FEATURE=shop)" in verdict.head
    both = replace(Tomorrow.of([HELM, KWOK]), asked="FEATURE=shop")
    for each in both.judge(cell, some, Night(next=some)):
        assert "nothing breaks in 1 scenario (FEATURE=shop)" in each.head
    part.write([verdict])
    text = (part.folder / "report.md").read_text()
    assert "make pin NEXT=1 takes it. Of the guide only FEATURE=shop was run with it." in text


def test_what_was_to_run_again_and_did_not_is_not_said_to_have_held(trees: Trees) -> None:
    found = Comparison.of(Proved(True, "", {}, frozenset()), None, ["shop/opens"])
    assert found.unknown == "shop/opens did not run with it"
