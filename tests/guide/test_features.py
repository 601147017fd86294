"""Features: scenarios with their ids, units, blocks and steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from guide import Edition, Features, GuideError

FEATURE = """@helm
Feature: Adding
  What the chapter promises.

  Background:
    Given block "base" is committed

  @id:corrected @unit:add/step-1 @erratum:path @corrected
  Scenario: The right path works
    When she commits blocks "a", "b" and "c"
      | block | path |
      | d     | x    |
    And she follows steps 1 to 2 and 4 of "add"
    Then it says
      \"\"\"
      block "not-one"
      \"\"\"

  Rule: Others
    @id:outline @unit:add/step-2
    Scenario Outline: Each <name> works
      When block "<name>" is applied
      Examples:
        | name |
        | e    |
        | f    |
"""
PAGE = "# Add\n\n" + "".join(
    f"## Step {n}: x {{ #step-{n} }}\n\n``` {{ .sh #{name} }}\nx\n```\n\n"
    for n, name in ((1, "a"), (2, "b"), (4, "c"))
)


def read(tmp_path: Path, text: str = FEATURE) -> Features:
    (tmp_path / "add_application.feature").write_text(text, encoding="utf-8")
    return Features.read(tmp_path)


def test_scenarios_of_a_tag_can_be_left_out() -> None:
    root = Path(__file__).parents[2]
    every = Features.read(root / "features")
    fewer = every.without("containers")
    left_out = set(every.scenarios) - set(fewer.scenarios)
    assert left_out
    assert all("containers" in every.scenarios[name].tags for name in left_out)
    assert all("containers" not in each.tags for each in fewer.scenarios.values())


def test_a_scenario_knows_its_id_tags_units_and_blocks(tmp_path: Path) -> None:
    features = read(tmp_path)
    scenario = features.scenarios["add_application/corrected"]
    assert scenario.tags == ("helm", "id:corrected", "unit:add/step-1", "erratum:path", "corrected")
    assert (scenario.units, scenario.line, scenario.feature) == (
        ("add/step-1",),
        9,
        "add_application",
    )
    assert (scenario.erratum, scenario.is_corrected, scenario.is_as_written) == (
        "path",
        True,
        False,
    )
    assert scenario.blocks == ("base", "a", "b", "c", "d")
    assert scenario.followed == (("add", 1), ("add", 2), ("add", 4))
    assert [(step.keyword, step.line) for step in scenario.steps] == [
        ("Given", 6), ("When", 10), ("And", 13), ("Then", 14),
    ]  # fmt: skip
    assert scenario.steps[1].table == (("block", "path"), ("d", "x"))
    assert features.files["add_application"].description == "What the chapter promises."


def test_an_outline_uses_the_blocks_of_all_its_examples(tmp_path: Path) -> None:
    scenario = read(tmp_path).scenarios["add_application/outline"]
    assert scenario.blocks == ("base", "e", "f")
    assert scenario.steps[-1].text == 'block "<name>" is applied'


def test_the_blocks_of_a_followed_step_are_used(tmp_path: Path) -> None:
    (tmp_path / "add.md").write_text(PAGE, encoding="utf-8")
    features = read(tmp_path, FEATURE)
    used = features.blocks_of(
        features.scenarios["add_application/corrected"], Edition.read(tmp_path)
    )
    assert used == ("base", "a", "b", "c", "d")


def test_a_block_that_a_scenario_goes_without_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "add.md").write_text(PAGE, encoding="utf-8")
    text = FEATURE.replace('4 of "add"', '4 of "add" without blocks "b" and "c"')
    text = text.replace('blocks "a", "b" and "c"', 'block "a"')
    features = read(tmp_path, text)
    scenario = features.scenarios["add_application/corrected"]
    assert features.blocks_of(scenario, Edition.read(tmp_path)) == ("base", "a", "d")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("@id:corrected ", "", ':9: scenario "The right path works" has no @id. Cure: tag it'),
        ("@id:corrected ", "@id:a @id:b ", ':9: scenario "The right path works" has @id:a and'),
        ("@id:corrected ", "@id:A_b ", ':9: scenario "The right path works" has @id:A_b'),
        ("@id:outline", "@id:corrected", ':21: scenario id "add_application/corrected" is used tw'),
        ("@unit:add/step-1 ", "", ':9: scenario "The right path works" proves no unit'),
        (" @corrected", "", ':9: scenario "The right path works" is about an erratum. Cure: tag'),
        ("  Rule: Others", "junk", ":19: is no Gherkin: expected"),
        ("@helm\nFeature: Adding", "x", ":1: is no Gherkin: expected"),
    ],
)
def test_a_feature_that_is_wrong_is_refused_with_its_line(
    tmp_path: Path, old: str, new: str, problem: str
) -> None:
    with pytest.raises(GuideError) as refused:
        read(tmp_path, FEATURE.replace(old, new))
    assert (
        str(refused.value).removeprefix(f"{tmp_path}/add_application.feature").startswith(problem)
    )


def test_units_blocks_and_steps_that_no_page_has_are_named(tmp_path: Path) -> None:
    (tmp_path / "add.md").write_text(PAGE, encoding="utf-8")
    found = read(tmp_path, FEATURE.replace("1 to 2 and 4", "3")).unknown(Edition.read(tmp_path))
    assert [str(problem).split("feature:")[1] for problem in found] == [
        '6: no page has a block "base". Cure: one of a, b, c',
        '10: no page has a block "d". Cure: one of a, b, c',
        '13: the edition has no step 3 of "add". Cure: did you mean add/step-4 or add/step-2 or '
        "add/step-1?",
        '6: no page has a block "base". Cure: one of a, b, c',
        '22: no page has a block "e". Cure: one of a, b, c',
        '22: no page has a block "f". Cure: one of a, b, c',
    ]
    with pytest.raises(GuideError, match='no page has a block "base"'):
        Features.read(tmp_path, Edition.read(tmp_path))


def test_an_empty_feature_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GuideError, match=r":1: holds no feature"):
        read(tmp_path, "")
