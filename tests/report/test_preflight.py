"""What a run is about, read from features and edition, without running anything."""

from pathlib import Path

import pytest

from guide import Edition, Features, GuideError
from report.errors import ReportError
from report.plan import hashes, plan
from report.preflight import Preflight
from report.selection import Selection

PAGE = """# Shop

What a shop is for.

## Step 1: Open it { #step-1 }

Unlock the door.

``` { .bash #unlock }
unlock door
```

## Step 2: Close it { #step-2 }

Lock the door.
"""

FEATURE = """@chapter
Feature: A shop
  Background:
    Given a shelf

  @id:opens @unit:shop/step-1 @slow
  Scenario: It opens
    When someone runs block "unlock"
    Then this is there:
      | what | how many |
      | lamp | 2        |

  Rule: A till counts
    @id:row @unit:shop/step-2
    Scenario Outline: Someone pays <sum>
      When someone pays <sum> with <none>
      Examples:
        | sum |
        | 3   |
      Examples:
        | sum |
        | 5   |
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "features/a_shop.feature", FEATURE)
    write(tmp_path / "guide/shop.md", PAGE)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def inputs(folder: Path, features: str = "", tags: str = "") -> Preflight:
    return Preflight.read(folder / "features", folder / "guide", Selection(features, tags))


def test_each_scenario_and_each_row_is_planned_as_not_run(folder: Path) -> None:
    opens, first, second = inputs(folder).scenarios
    assert (opens.id, opens.status, opens.attempts, opens.line) == ("a_shop/opens", "not_run", 0, 7)
    assert opens.tags == ("chapter", "id:opens", "unit:shop/step-1", "slow")
    assert [step.text for step in opens.steps] == [
        "a shelf",
        'someone runs block "unlock"',
        "this is there:",
    ]
    assert opens.steps[2].table == (("what", "how many"), ("lamp", "2"))
    assert (first.id, second.id) == ("a_shop/row[1]", "a_shop/row[2]")
    assert (first.name, second.name) == ("Someone pays 3", "Someone pays 5")
    assert second.steps[1].text == "someone pays 5 with <none>"
    assert (first.base_id, dict(second.example)) == ("a_shop/row", {"sum": "5"})


def test_tags_that_can_be_asked_for_are_plain_words(folder: Path) -> None:
    assert inputs(folder).tags == {"chapter", "slow"}


def content_hash(folder: Path) -> str:
    return inputs(folder).scenarios[0].content_hash


@pytest.mark.parametrize(
    ("file", "before", "after", "changes"),
    [
        ("features/a_shop.feature", "It opens", "It is opened", True),
        ("features/a_shop.feature", "lamp | 2", "lamp | 3", True),
        ("features/a_shop.feature", "a shelf", "two shelves", True),
        ("features/a_shop.feature", "someone pays", "anyone pays", False),
        ("features/a_shop.feature", "@slow", "@quick", False),
        ("guide/shop.md", "unlock door", "unlock gate", True),
        ("guide/shop.md", "Unlock the door.", "Unlock the gate.", True),
        ("guide/shop.md", "Unlock the door.", "Unlock\nthe door.", False),
        ("guide/shop.md", "Lock the door.", "Lock the gate.", False),
    ],
)
def test_the_content_hash_follows_what_a_scenario_says_and_proves(
    folder: Path, file: str, before: str, after: str, changes: bool
) -> None:
    old = content_hash(folder)
    text = (folder / file).read_text()
    assert before in text
    (folder / file).write_text(text.replace(before, after))
    assert (content_hash(folder) != old) is changes


def test_units_and_blocks_are_in_the_header(folder: Path) -> None:
    edition = Edition.read(folder / "guide")
    assert {"shop/step-1", "shop/step-2", "unlock"} <= set(hashes(edition))
    assert hashes(None) == {}
    assert inputs(folder).edition_hash == edition.content_hash


@pytest.mark.parametrize(
    "name", ["a_shop", "a-shop", "a_shop.feature", "features/a_shop.feature", "a_shop, a_shop/row"]
)
def test_a_feature_is_asked_for_by_any_of_its_names(folder: Path, name: str) -> None:
    read = inputs(folder, name)
    assert all(map(read.selection.wants, read.scenarios))


def test_a_scenario_is_asked_for_by_its_id_and_a_row_too(folder: Path) -> None:
    def wanted(name: str) -> list[str]:
        read = inputs(folder, name)
        return [one.id for one in read.scenarios if read.selection.wants(one)]

    assert wanted("a_shop/opens") == ["a_shop/opens"]
    assert wanted("a_shop/row") == ["a_shop/row[1]", "a_shop/row[2]"]
    assert wanted("a_shop/row[2]") == ["a_shop/row[2]"]


@pytest.mark.parametrize(
    ("features", "tags", "said"),
    [
        ("a_shopp", "", 'FEATURE "a_shopp" matches no feature and no scenario. Cure: did you mean'),
        ("a_shop,b", "", 'FEATURE "b" matches no feature'),
        ("a_shop/opns", "", "did you mean a_shop/opens"),
        (",", "", 'FEATURE "," names nothing. Cure: name features or scenarios, or leave it out'),
        (
            "",
            "quick",
            'TAGS "quick": no scenario has tag "quick". Cure: the tags are chapter, slow$',
        ),
        (
            "",
            "not slwo",
            'scenario has tag "slwo". Cure: did you mean slow?; the tags are chapter, slow$',
        ),
        ("", "chapter or quick", 'no scenario has tag "quick"'),
        (
            "",
            "slow and not slow",
            'TAGS "slow and not slow" matches no scenario. Cure: the tags are',
        ),
        ("a_shop/row", "slow", 'TAGS "slow" matches no scenario of FEATURE "a_shop/row"'),
        ("", "slow or", 'TAGS "slow or" is no expression of tags'),
        ("", "not chapter", 'TAGS "not chapter" matches no scenario'),
    ],
)
def test_what_matches_nothing_is_refused(folder: Path, features: str, tags: str, said: str) -> None:
    with pytest.raises(ReportError) as caught:
        inputs(folder, features, tags)
    assert said in f"{caught.value}$"


def test_tags_that_match_are_taken(folder: Path) -> None:
    assert str(inputs(folder, "a_shop", "slow or not slow").selection) == (
        "FEATURE=a_shop TAGS='slow or not slow'"
    )


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("@unit:shop/step-1", "@unit:shop/step-9", "a_shop.feature:7: @unit:shop/step-9"),
        ('block "unlock"', 'block "unlok"', 'a_shop.feature:8: no page has a block "unlok"'),
        ("Outline: Someone pays <sum>", "Outline: It opens", "two scenarios are called"),
    ],
)
def test_features_that_do_not_fit_are_refused(
    folder: Path, before: str, after: str, said: str
) -> None:
    path = folder / "features/a_shop.feature"
    path.write_text(path.read_text().replace(before, after))
    with pytest.raises(GuideError) as caught:
        inputs(folder)
    assert said in str(caught.value)


def test_a_folder_without_features_is_refused(folder: Path) -> None:
    with pytest.raises(ReportError, match="holds no scenario"):
        Preflight.read(folder / "guide", folder / "guide", Selection("", ""))


def test_without_an_edition_only_the_features_count(folder: Path) -> None:
    features = Features.read(folder / "features")
    assert len(plan(features, None)) == 3
    read = Preflight.read(folder / "features", None, Selection("", ""))
    assert (read.edition_hash, read.units) == ("", {})


def test_a_tag_that_the_engine_knows_may_be_left_out_where_no_scenario_has_it(folder: Path) -> None:
    assert inputs(folder, tags="not containers").selection.tags == "not containers"


def test_a_file_whose_name_has_a_hyphen_is_asked_for_by_its_name(folder: Path) -> None:
    (folder / "features/a_shop.feature").rename(folder / "features/a-shop.feature")
    for name in ("a-shop", "a_shop", "a-shop.feature"):
        read = inputs(folder, name)
        assert all(map(read.selection.wants, read.scenarios))
