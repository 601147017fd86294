"""A site of several books: a section for each, also where two have a feature of one name."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
import site_sample as sample

import guide
from report.__main__ import main
from report.archive import Archive
from report.history import History

pytestmark = pytest.mark.integration

OTHER = """title: Second guide
description: The same once more, for somebody else
chapters:
  - rotate-key
  - add-service
sources:
  - second.md
layout:
  group: team
  project: second
  clusters: [one]
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with a red run of the first book and a green one of the second."""
    root = sample.build(tmp_path / "clone", past=3).root
    place = root / "books" / "second"
    shutil.copytree(root / "docs" / "guide", place / "edition")
    shutil.copytree(root / "features", place / "features")
    (place / "book.yaml").write_text(OTHER)
    build = root / "build" / "books" / "second"
    build.mkdir(parents=True)
    results = sample.green(root, ident="s1")
    results = dataclasses.replace(results, run=dataclasses.replace(results.run, book="second"))
    results.write(build / "results.json")
    Archive(build / "history").add(results, build)
    monkeypatch.chdir(root)
    monkeypatch.setattr(guide.shelf, "ROOT", root)
    return root


def test_each_book_has_a_section_with_its_own_proof(clone: Path) -> None:
    assert main(["site", "--root", "."]) == 0
    site = clone / "build" / "site"
    home = (site / "index.html").read_text()
    assert 'href="second/index.html"' in home
    assert "Second guide" in home
    first = (site / "guide" / "add-service.html").read_text()
    second = (site / "second" / "guide" / "add-service.html").read_text()
    assert "pb-failed" in first
    assert "pb-failed" not in second
    assert "docs/guide" not in second
    assert "books/second/features/add_service.feature" in second
    assert "make e2e BOOK=second FEATURE=add_service" in second
    assert 'href="../../how-proof-works.html"' in second
    for page in ("index", "errata", "coverage", "history", "runs/s1"):
        assert (site / "second" / f"{page}.html").is_file()
    assert not (site / "runs" / "s1.html").exists()


def test_every_link_of_a_section_leads_somewhere(clone: Path) -> None:
    main(["site", "--root", "."])
    site = clone / "build" / "site"
    broken = []
    for page in (site / "second").rglob("*.html"):
        for part in page.read_text().split('href="')[1:]:
            target = part.split('"', 1)[0].split("#")[0].split("?")[0]
            if target and "://" not in target and not target.startswith(("data:", "mailto:")):
                found = (page.parent / target).resolve()
                if not (found.exists() or (found / "index.html").exists()):
                    broken.append((page.relative_to(site).as_posix(), target))
    assert broken == []


def test_results_and_history_of_books_are_apart(clone: Path) -> None:
    assert main(["after", "--root", ".", "--book", "all"]) == 0
    first = History.read(clone / "build" / "history")
    second = History.read(clone / "build" / "books" / "second" / "history")
    assert {run.book for run in second.runs} == {"second"}
    assert "s1" not in {run.id for run in first.runs}


def test_a_book_without_results_has_no_section(clone: Path) -> None:
    shutil.rmtree(clone / "build" / "books")
    assert main(["site", "--root", "."]) == 0
    assert not (clone / "build" / "site" / "second").exists()
    assert main(["site", "--root", ".", "--book", "secund"]) == 2


def test_a_book_alone_is_the_whole_site(clone: Path) -> None:
    (clone / "build" / "results.json").unlink()
    assert main(["site", "--root", ".", "--book", "second"]) == 0
    home = (clone / "build" / "site" / "index.html").read_text()
    assert "Second guide and its proof" in home
