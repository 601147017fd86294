"""A run notes for each scenario what it stands on, and `make e2e` asks it to."""

from __future__ import annotations

from pathlib import Path

from tiny_suite import TinySuite

from guide import Book, Edition, Features, shelf
from guide.footing import WORDS, Footing
from report.merge import merge
from steps.__main__ import _options
from steps.arguments import arguments_of

FEATURE = """
    Feature: A shop
      @id:opens @unit:shop/step-1
      Scenario Outline: It opens
        When the engineer follows step <number> of "shop"
        Examples:
          | number |
          | 1      |
          | 2      |
"""
STEPS = """
    @when(parsers.parse('the engineer follows step {number} of "shop"'))
    def follows(number):
        pass
"""
PAGE = """# Shop

## Step 1: Open it { #step-1 }

``` { .bash #unlock }
unlock door
```

## Step 2: Close it { #step-2 }

Lock the door.
"""
BOOK = """title: Shop
description: A shop
chapters: [shop]
sources: [shop.md]
layout: {group: a, project: b, clusters: [one]}
folders: {edition: pages, features: ../features}
"""


def test_each_row_of_a_run_notes_what_its_scenario_stands_on(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, STEPS)
    (tmp_path / "shop/pages").mkdir(parents=True)
    (tmp_path / "shop/pages/shop.md").write_text(PAGE)
    (tmp_path / "shop/book.yaml").write_text(BOOK)
    done = suite.run("--edition-folder=shop/pages", "--book-folder=shop")
    assert done.exit_code == 0, done.stderr
    book = Book.read(tmp_path / "shop")
    edition = Edition.read(book.edition)
    features = Features.read(book.features, edition)
    [scenario] = features.scenarios.values()
    now = Footing(book, edition, features).of(scenario)
    assert set(now) == set(WORDS)
    assert [one.stands_on for one in done.results.scenarios] == [now, now]
    assert [one.stands_on for one in merge([done.results]).scenarios] == [now, now]
    again = suite.run("--edition-folder=shop/pages")
    assert [one.stands_on for one in again.results.scenarios] == [{}, {}]
    broken = suite.run("--edition-folder=shop/pages", "--book-folder=pages")
    assert broken.exit_code == 2
    assert "pages/book.yaml: is not there" in broken.stderr


def test_make_e2e_names_the_book(tmp_path: Path) -> None:
    book = shelf.find("flux")
    asked = arguments_of([f"--build={tmp_path}"], "")
    options = _options(asked, book, book.edition, "embedded", tmp_path / "seed")
    assert f"--book-folder={book.file.parent.resolve()}" in options
