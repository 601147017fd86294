"""A book is read whole, or refused on one line with file, line and the nearest valid name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from guide import Book, Edition, GuideError, shelf
from guide.__main__ import main
from guide.book import Placeholder

ROOT = Path(__file__).parents[2]
BOOK = """\
title: Word list
description: How the list of words is kept
chapters:
  - word-list
sources:
  - guide.md
layout:
  group: words
  project: list
  clusters:
    - one
  baseline:
    pages:
      - word-list
placeholders:
  host: {fact: gitlab-host}
  owner: the team
"""


@pytest.fixture
def book(second: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a book on a shelf of its own, which is the current folder's."""
    (second.parent / "books").mkdir()
    place = Path(shutil.move(second, second.parent / "books" / "words"))
    (place / "book.yaml").write_text(BOOK, encoding="utf-8")
    monkeypatch.chdir(second.parent)
    monkeypatch.setattr(shelf, "ROOT", second.parent)
    return Path("books/words")


@pytest.fixture
def edit(book: Path) -> Callable[[str, str], None]:
    """Replace a text that is there in book.yaml."""

    def replace(old: str, new: str) -> None:
        path = book / "book.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return replace


def refused(name: str = "words") -> str:
    with pytest.raises(GuideError) as found:
        shelf.find(name)
    assert found.value.exit_code == 2
    assert "\n" not in str(found.value)
    return str(found.value)


def test_a_book_is_one_value(book: Path) -> None:
    read = shelf.find("words")
    assert (read.name, read.title, read.chapters) == ("words", "Word list", ("word-list",))
    assert (read.edition, read.lock) == (book / "edition", book / "source.lock")
    assert read.start == "bootstrapped"
    assert read.layout.path == "clusters/{cluster}"
    assert read.placeholders == {
        "host": Placeholder(fact="gitlab-host"),
        "owner": Placeholder(text="the team"),
    }
    assert read.settings.interval_s == 5


def test_a_book_is_found_by_its_name_its_folder_and_its_file(book: Path) -> None:
    found = {
        shelf.find(str(name)).name for name in ("words", book, book / "book.yaml", f"./{book}/")
    }
    assert found == {"words"}
    assert [each.name for each in shelf.several("all")] == ["words"]


def test_the_default_book_holds_every_page_and_placeholder_that_runs() -> None:
    read = Book.read(ROOT / "books" / "operational")
    edition = Edition.read(read.edition)
    assert set(edition.pages) == set(read.chapters)
    used = {
        word for block in edition.blocks.values() if not block.unused for word in block.placeholders
    }
    assert used <= read.filled


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: Word list", "titel: x", ':1: knows nothing of "titel". Cure: did you mean title?'),
        ("title: Word list\n", "", ':1: has no "title". Cure: what the site'),
        ("title: Word list", "title: [", ":3: is no YAML: "),
        ("  project: list\n", "", ':7: has no "project" in layout. Cure: the GitLab project'),
        ("  - guide.md\n", "  - guide.md\n  - guide.md\n",
         ':7: source guide "guide.md" is listed twice, first at line 6. Cure: take one'),
        ("  - word-list\nsources", "  - wordlist\nsources",
         ':4: books/words/edition has no page "wordlist". Cure: did you mean word-list?'),
        ("  group: words", "  group: a/b", ":8: layout/group: 'a/b' does not match"),
        ("      - word-list", "      - words",
         ':14: the baseline is on no page "words". Cure: did you mean word-list?'),
        ("fact: gitlab-host", "fact: gitlab-hots",
         ':16: placeholders/host/fact cannot be "gitlab-hots". Cure: did you mean gitlab-host or'),
        ("fact: gitlab-host", "fakt: x", ":16: placeholders/host: {'fakt': 'x'} is not valid"),
        ("  owner: the team", "  owner: the team\n  owner: you",
         ':18: "owner" stands twice, first at line 17. Cure: take one of them away'),
        ("placeholders:", "start: boostrapped\nplaceholders:",
         ':15: start cannot be "boostrapped". Cure: did you mean bootstrapped?'),
        ("placeholders:", "folders: {features: feature}\nplaceholders:",
         ":15: features: books/words/feature is not there. Cure: make it, or name"),
        ("placeholders:", "folders: {charts: charts}\nplaceholders:",
         ":15: charts: books/words/charts is not there. Cure: make it, or name"),
        ("  clusters:", "  path: ../elsewhere\n  clusters:",
         ':10: the path "../elsewhere" leads out of the monorepo. Cure: write it from'),
        ("    - one", "    - one\n    - two\n  path: fleet",
         ':13: the path "fleet" is the same for every cluster. Cure: write {cluster}'),
        ("fact: gitlab-host", "fact: registry-host",
         ":16: only a sandbox with the extra stores has a registry-host. Cure: add settings: "),
        ("title: Word list", "name: Words\ntitle: x", ":1: name: 'Words' does not match"),
        ("placeholders:", "folders: &all [*all]\nplaceholders:",
         ":1: is no YAML that ends: an alias holds itself"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(
    edit: Callable[[str, str], None], old: str, new: str, said: str
) -> None:
    edit(old, new)
    assert refused("books/words").startswith(f"books/words/book.yaml{said}")


def test_an_unknown_book_names_the_nearest(book: Path) -> None:
    assert refused("word") == 'no book is called "word". Cure: did you mean words?'
    assert refused("../words").startswith("../words/book.yaml: is not there. Cure: name a folder")


@pytest.mark.parametrize(
    "words",
    [
        *(["audit", "guide.md"], ["patch", "guide.md"], ["coverage"], ["sentences"]),
        *(["fate", "x"], ["fate", "--ran", "results.json"]),
    ],
)
def test_several_books_are_refused_where_one_is_asked_for(
    book: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--book", "all"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("BOOK=all stands for several books. Cure: name one: ")


def test_a_book_without_features_is_refused(book: Path) -> None:
    for path in (book / "features").glob("*.feature"):
        path.unlink()
    said = "books/words/book.yaml:1: features: books/words/features holds no feature. Cure: write"
    assert refused().startswith(said)


def test_a_page_in_no_chapter_list_is_refused(book: Path) -> None:
    shutil.copy(book / "edition" / "word-list.md", book / "edition" / "other.md")
    said = "books/words/book.yaml:3: books/words/edition/other.md is in no list of chapters. Cure"
    assert refused().startswith(said)


def test_two_books_of_one_name_are_refused(book: Path, tmp_path: Path) -> None:
    other = tmp_path / "repository" / "words"
    shutil.copytree(book, other)
    said = '/book.yaml:1: two books are called "words", the other is books/words/book.yaml. Cure: g'
    assert said in refused(str(other))
    (other / "book.yaml").write_text(f"name: theirs\n{BOOK}")
    assert shelf.find(str(other)).name == "theirs"
    shutil.copytree(other, book.parent / "third")
    shutil.copytree(other, book.parent / "fourth")
    assert 'two books are called "theirs"' in refused("words")


def test_the_engine_holds_no_data_of_a_book() -> None:
    for package in ("guide", "steps", "sandbox", "report", "mutation"):
        files = {path.name for path in (ROOT / package).rglob("*") if path.is_file()}
        assert not {"source.lock", "survivors.yaml", "book.yaml"} & files
        assert not [name for name in files if name.endswith(".feature")]
        assert not (ROOT / package / "errata").exists()
    assert {path.suffix for path in (ROOT / "guide").iterdir() if path.is_file()} == {
        ".py",
        ".json",
    }


def test_check_takes_a_book(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--book", "words"]) == 0
    assert main(["check", "--book", "word"]) == 2
    assert capsys.readouterr().err.startswith('no book is called "word"')


@pytest.mark.parametrize("place", sorted((ROOT / "books").glob("*/book.yaml")), ids=str)
def test_no_module_of_the_engine_knows_a_book_by_name(place: Path) -> None:
    book = Book.read(place.parent)
    layout = book.layout
    words = {layout.project, layout.commit, *layout.clusters, *layout.pages} - {""}
    # A book or a page whose name is one word is called like things that the engine has too.
    words |= {f"books/{book.name}", *book.sources}
    words |= {page for page in book.chapters if "-" in page}
    words |= {str(part.resolve().relative_to(ROOT)) for part in (book.lock, book.edition)}
    packages = ("guide", "steps", "sandbox", "report", "mutation")
    known = [
        (path.relative_to(ROOT).as_posix(), word)
        for package in packages
        for path in (ROOT / package).rglob("*.py")
        for word in words
        if word in path.read_text(encoding="utf-8")
    ]
    assert known == []
