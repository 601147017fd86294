"""The page of a mutant: the fault alone, what stays, and steps that trade places."""

from __future__ import annotations

from pathlib import Path

from guide import Edition
from guide.mutant import Mutant


def test_the_page_of_a_mutant_differs_in_the_fault_alone(
    found: list[Mutant], tmp_path: Path
) -> None:
    before = Edition.read(tmp_path)
    for mutant in found:
        (tmp_path / "adding.md").write_text(mutant.page_text, encoding="utf-8")
        after = Edition.read(tmp_path)
        changed = [b.id for b in after.blocks.values() if b.text != before.block(b.id).text]
        assert changed == ([mutant.block] if mutant.block else []), mutant.id
        assert not mutant.block or after.block(mutant.block).text == mutant.text
        assert after.content_hash != before.content_hash or mutant.operator == "dropped-step"


def test_a_skipped_step_is_not_followed(found: list[Mutant], tmp_path: Path) -> None:
    mutant = next(m for m in found if m.id == "adding/step-1:dropped-step:1")
    (tmp_path / "adding.md").write_text(mutant.page_text, encoding="utf-8")
    edition = Edition.read(tmp_path)
    assert edition.blocks_of("adding/step-1") == []
    assert [block.id for block in edition.blocks_of("adding/step-2")] == ["push", "bootstrap"]


def test_swapped_steps_keep_their_places_and_trade_their_blocks(
    found: list[Mutant], tmp_path: Path
) -> None:
    mutant = next(m for m in found if m.id == "adding/step-1:swapped-steps:1")
    (tmp_path / "adding.md").write_text(mutant.page_text, encoding="utf-8")
    edition = Edition.read(tmp_path)
    assert [block.id for block in edition.blocks_of("adding/step-1")] == ["push", "bootstrap"]
    assert [block.id for block in edition.blocks_of("adding/step-2")][:2] == ["overlay", "entry"]
