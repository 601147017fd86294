"""The vocabulary: what features may say, by noun, with an example of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from guide import Features, shelf
from guide.__main__ import main
from guide.sentences import Sentences
from guide.vocabulary import Vocabulary

SHOP = """from pytest_bdd import given, parsers, then, when


@then("a lamp burns")
@given("a lamp burns")
def burns(): ...


@then(parsers.re(r'the shop has (?P<count>\\d+) lamps?(?: of "(?P<who>[^"]+)")?$'))
def has(count, who): ...


@then(parsers.re(r"it is (?:open|shut)$"))
def is_open(): ...


@when("these are sold:")
def sold(datatable): ...
"""
FEATURE = """Feature: Shop
  @id:x @unit:a/b
  Scenario Outline: X
    Given a lamp burns
    When these are sold:
      | what |
      | lamp |
    Then the shop has <count> lamps
    Examples:
      | count |
      | 1     |
"""


@pytest.fixture
def shop(tmp_path: Path) -> Vocabulary:
    (tmp_path / "shop.py").write_text(SHOP)
    (tmp_path / "shop.feature").write_text(FEATURE)
    return Vocabulary.of(Sentences.of([tmp_path]), Features.read(tmp_path))


def test_each_sentence_is_told_once_with_its_keywords_and_an_example(
    shop: Vocabulary, tmp_path: Path
) -> None:
    assert [line.replace(f"{tmp_path}/", "") for line in shop.lines()] == [
        "shop",
        "  Given, Then: a lamp burns",
        "      Given a lamp burns  [shop.feature:4]",
        "  Then: it is open/shut",
        "      used by no scenario",
        '  Then: the shop has <count> lamp[s][ of "<who>"]',
        "      Then the shop has 1 lamps  [shop.feature:8]",
        "  When: these are sold: (and a table below it)",
        "      When these are sold:  [shop.feature:5]",
    ]


def test_every_sentence_of_the_project_is_listed_without_signs_of_a_pattern(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sentences"]) == 0
    said = capsys.readouterr().out
    book = shelf.find("")
    for sentence in Sentences.of(book.sentences).known:
        assert f": {sentence.told}" in said
        assert [sign for sign in ("(?", ")?", "\\", "[^", "|") if sign in sentence.told] == []
