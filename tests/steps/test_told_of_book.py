"""What the run takes from a book: layout, placeholders, first commit, sentences of its own."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from guide import Book, Edition, GuideError
from guide.__main__ import main as guide
from guide.book import SCHEMA
from guide.check import hindrances
from sandbox.facts import facts
from steps import baseline_tree
from steps.book import layout, placeholders

pytestmark = pytest.mark.integration

PAGE = """# Tree { #tree }

``` { .yaml #entry title="fleet/one/entry.yaml" }
url: <charts>
owner: <owner>
```

``` { .yaml #other .variant title="fleet/one/entry.yaml" }
url: other
```
"""
FEATURE = """Feature: Tree

  @id:stays @unit:tree/tree
  Scenario: It stays
    When the engineer writes block "other"
    Then nothing that was there before is gone
"""
BOOK = """title: Ours
description: Our guide
name: ours
chapters: [tree]
sources: [guide.md]
start: cluster
layout:
  group: team
  project: fleet
  branch: trunk
  path: fleet/{cluster}
  clusters: [one, two]
  baseline: {pages: [tree]}
placeholders:
  charts: {fact: chart-repository-url}
  owner: the team
  given: {sentence: someone says so}
settings: {interval: 7, extras: [stores]}
"""


@pytest.fixture
def book(tmp_path: Path) -> Book:
    for name, text in (
        ("book.yaml", BOOK),
        ("edition/tree.md", PAGE),
        ("features/tree.feature", "Feature: Tree\n"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return Book.read(tmp_path)


class FakeSandbox:
    """A sandbox's addresses, without one."""

    toolchain = SimpleNamespace(share=Path("/share"))
    charts = SimpleNamespace(login=("reader", "word"), private_url="the private url")

    def access(self) -> dict[str, str]:
        names = "GITLAB_CA_FILE CHARTS_URL INBOX_URL CLONE GIT_HTTPS_URL GIT_SSH_URL GITLAB_HOST"
        names += " GITLAB_SSH_HOST GITLAB_URL KUBECONFIG PRIVATE_KEY_FILE"
        names += " REGISTRY_HOST BUCKETS_HOST"
        return {name: f"the {name}" for name in names.split()}


@pytest.fixture
def sandbox() -> Any:
    return FakeSandbox()


def test_the_sandbox_gets_plain_values(book: Book) -> None:
    made = layout(book)
    assert (made.repository, made.branch, made.path_of("two")) == (
        "team/fleet",
        "trunk",
        "fleet/two",
    )
    assert (made.clusters, made.start, made.interval_s) == (("one", "two"), "cluster", 7)
    assert (made.charts, made.extras) == ("", ("stores",))


def test_placeholders_are_facts_and_fixed_texts(book: Book, sandbox: Any) -> None:
    assert placeholders(book, sandbox) == {"charts": "the CHARTS_URL", "owner": "the team"}


def test_the_schema_knows_every_fact_of_a_sandbox_and_no_other(sandbox: Any) -> None:
    node = json.loads(SCHEMA.read_text())["properties"]["placeholders"]["additionalProperties"]
    assert node["oneOf"][1]["properties"]["fact"]["enum"] == sorted(facts(sandbox))


def test_the_first_commit_is_what_the_pages_show(book: Book, tmp_path: Path) -> None:
    (tmp_path / "seed" / "old.yaml").parent.mkdir()
    (tmp_path / "seed" / "old.yaml").touch()
    baseline_tree.write(book, Edition.read(book.edition), tmp_path / "seed")
    text = "url: <chart-repository-url>\nowner: the team\n"
    found = [path for path in (tmp_path / "seed").rglob("*") if path.is_file()]
    assert {path.name: path.read_text() for path in found} == {"entry.yaml": text}


def test_the_first_commit_waits_for_no_sentence(book: Book, tmp_path: Path) -> None:
    page = book.edition / "tree.md"
    page.write_text(PAGE.replace("owner: <owner>", "owner: <given>"))
    with pytest.raises(GuideError, match='nothing fills <given> of block "entry"'):
        baseline_tree.write(book, Edition.read(book.edition), tmp_path / "seed")


def test_the_first_commit_can_lie_in_a_folder(book: Book, tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text(BOOK.replace("{pages: [tree]}", "{folder: start}"))
    (tmp_path / "start" / "a").mkdir(parents=True)
    (tmp_path / "start" / "a" / "b.yaml").write_text("b: 1\n")
    read = Book.read(tmp_path)
    assert baseline_tree.files(read, Edition.read(read.edition)) == {"a/b.yaml": "b: 1\n"}


@pytest.fixture
def start(book: Book, tmp_path: Path) -> Path:
    """The folder of a first commit."""
    (tmp_path / "start").mkdir()
    (tmp_path / "features/tree.feature").write_text(FEATURE)
    (tmp_path / "book.yaml").write_text(BOOK.replace("{pages: [tree]}", "{folder: start}"))
    return tmp_path / "start"


def test_a_picture_in_the_folder_is_taken_as_it_is(start: Path, tmp_path: Path) -> None:
    (start / "logo.png").write_bytes(b"\x89PNG\xff<owner>")
    (start / "crlf.txt").write_bytes(b"<owner>\r\n")
    read = Book.read(tmp_path)
    baseline_tree.write(read, Edition.read(read.edition), tmp_path / "seed")
    assert (tmp_path / "seed/logo.png").read_bytes() == b"\x89PNG\xff<owner>"
    assert (tmp_path / "seed/crlf.txt").read_bytes() == b"the team\r\n"
    assert list(read.unfilled()) == []


def test_the_folder_is_filled_as_blocks_are(start: Path, tmp_path: Path) -> None:
    (start / "a.yaml").write_text("url: <charts>\nowner: <owner>\n")
    read = Book.read(tmp_path)
    text = "url: <chart-repository-url>\nowner: the team\n"
    assert baseline_tree.files(read, Edition.read(read.edition)) == {"a.yaml": text}


@pytest.mark.parametrize("word", ["team-name", "TEAM", "your team", "given"])
def test_what_nothing_fills_in_the_folder_is_refused(
    start: Path, tmp_path: Path, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (start / "a").mkdir()
    (start / "a" / "b.yaml").write_text(f"a: 1\nb: <{word}>\n")
    read = Book.read(tmp_path)
    [refused] = [each for each in hindrances(read, Edition.read(read.edition))]
    place = f"{os.path.relpath(start)}/a/b.yaml:2"
    assert str(refused).startswith(f"{place}: nothing fills <{word}> of the first commit. Cure: ")
    assert f"literal: [{word}] beside the baseline's folder" in str(refused)
    assert guide(["check", "--no-open", "--book", str(tmp_path)]) == 2
    assert f"{place}: nothing fills <{word}>" in capsys.readouterr().err
    text = BOOK.replace("{pages: [tree]}", f"{{folder: start, literal: [{word}]}}")
    (tmp_path / "book.yaml").write_text(text)
    assert list(Book.read(tmp_path).unfilled()) == []


def test_a_literal_that_is_nowhere_in_the_folder_is_refused(start: Path, tmp_path: Path) -> None:
    text = BOOK.replace("{pages: [tree]}", "{folder: start, literal: [x]}")
    (tmp_path / "book.yaml").write_text(text)
    [refused] = Book.read(tmp_path).unfilled()
    assert "no file of the baseline has the <x> that is to stand as it is" in str(refused)


def test_a_change_that_fits_no_file_hinders_the_runs_that_would_make_it(
    book: Book, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = '.diff #other .variant title="fleet/one/entry.yaml" }'
    block = names + "\n@@ -2 +2 @@\n-owner: you\n+owner: me\n"
    page = PAGE.replace('.yaml #other .variant title="fleet/one/entry.yaml" }\nurl: other\n', block)
    (tmp_path / "edition" / "tree.md").write_text(page)
    other = FEATURE.replace("stays", "stays-too").replace('"other"', '"entry"').split("\n", 2)[2]
    (tmp_path / "features" / "tree.feature").write_text(FEATURE + "\n" + other.replace("It", "All"))
    edition = Edition.read(book.edition)
    told = (
        'tree.md:9: block "other" does not apply to fleet/one/entry.yaml as block "entry" shows '
        "it: it has no `owner: you` but `owner: <owner>`. Cure: "
    )
    for asked in ("", "tree", "tree/stays", "tree/stays-too tree/stays"):
        [refused] = hindrances(book, edition, asked)
        assert told in str(refused)
    assert list(hindrances(book, edition, "tree/stays-too")) == []
    assert guide(["check", "--no-open", "--book", str(tmp_path)]) == 2
    assert told in capsys.readouterr().err


def test_the_first_commit_is_what_the_changes_of_its_pages_leave(
    book: Book, tmp_path: Path
) -> None:
    names = '``` { .diff #more title="fleet/one/entry.yaml" }'
    change = names + "\n@@ -2 +2 @@\n-owner: <owner>\n+owner: me\n```\n"
    (tmp_path / "edition" / "tree.md").write_text(PAGE + "\n" + change)
    text = "url: <chart-repository-url>\nowner: me\n"
    assert baseline_tree.files(book, Edition.read(book.edition)) == {"fleet/one/entry.yaml": text}
