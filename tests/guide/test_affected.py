"""What a change can touch: of 40 seeded faults, no scenario that uses one is left out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from guide import Edition, shelf
from guide.affected import Version, affected, everything
from guide.features import Features
from guide.mutant import Mutant
from guide.mutants import mutants

BOOK = shelf.find()
EDITION = Edition.read(BOOK.edition)
FEATURES = Features.read(BOOK.features, EDITION)
COUNT = 40


def at(edition: Edition) -> Version:
    shown = {
        block.path: block.text
        for page in BOOK.layout.pages
        for block in edition.pages[page].blocks
        if block.path and block.is_followed
    }
    return Version(BOOK, edition, FEATURES, shown)


@pytest.fixture(scope="module")
def faults() -> list[Mutant]:
    # Not where tests are collected: all faults take seconds, in each process that collects.
    found = mutants(EDITION, FEATURES, seed=7, count=COUNT)
    assert len(found) == COUNT
    return found


@pytest.mark.parametrize("number", range(COUNT))
def test_no_scenario_that_uses_a_changed_block_is_left_out(
    faults: list[Mutant], number: int, tmp_path: Path
) -> None:
    fault = faults[number]
    pages = tmp_path / "guide"
    shutil.copytree(BOOK.edition, pages, copy_function=shutil.copyfile)
    (pages / fault.page).write_text(fault.page_text)
    before, after = at(EDITION), at(Edition.examine(pages))
    found = affected(before, after)
    assert set(fault.scenarios) <= set(found), fault.id
    on_first_page = Path(fault.page).stem in BOOK.layout.pages
    assert not everything(before, after) or on_first_page or fault.block == BOOK.layout.commit
    assert len(found) < len(FEATURES.scenarios) or everything(before, after)


def test_nothing_is_touched_where_nothing_has_changed() -> None:
    same = at(EDITION)
    assert everything(same, same) == ""
    assert affected(same, same) == {}
