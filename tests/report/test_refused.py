"""Bad input: a run that never starts says why in one line."""

import textwrap
from pathlib import Path

from shop_suite import FEATURE, STEPS
from tiny_suite import TinySuite

NOTHING = "in_fixture = in_step = lambda name: None\nin_sandbox = lambda: None\n"


def refused(folder: Path, feature: str, *options: str, steps: str = STEPS) -> str:
    """The one line that a run says that never starts; nothing is written."""
    ran = TinySuite(folder, feature, steps, trouble=NOTHING).run(*options)
    assert ran.exit_code == 2, ran.stdout + ran.stderr
    assert not (folder / "build").exists()
    said = (ran.stdout + ran.stderr).strip()
    assert "\n" not in said
    return said


def test_a_feature_that_is_asked_for_and_not_there(tmp_path: Path) -> None:
    said = refused(tmp_path, FEATURE, "--only", "shop/frst")
    assert said.startswith('FEATURE "shop/frst" matches no feature and no scenario. Cure: did you')
    assert "shop/first" in said


def test_tags_that_match_nothing_or_are_no_expression(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    said = refused(tmp_path / "a", FEATURE, "-m", "slwo")
    assert said.startswith('TAGS "slwo": no scenario has tag "slwo"')
    (tmp_path / "b").mkdir()
    said = refused(tmp_path / "b", FEATURE, "-m", "slow and")
    assert said.startswith('TAGS "slow and" is no expression of tags')


def test_a_malformed_feature_names_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, FEATURE.replace("When something", "Wehn something", 1))
    assert said.startswith("features/shop.feature:6: is no Gherkin: ")


def test_a_sentence_without_a_step_names_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, FEATURE.replace("When something", "When nothing", 1))
    assert said.startswith('features/shop.feature:6: no step says "When nothing happens"')


def test_two_scenarios_with_one_name_of_which_one_would_never_run(tmp_path: Path) -> None:
    said = refused(tmp_path, FEATURE.replace("Scenario: Two", "Scenario: One"))
    assert said.startswith('features/shop.feature:10: two scenarios are called "One"')


def test_a_scenario_that_no_test_module_runs(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, STEPS, trouble=NOTHING)
    module = tmp_path / "test_shop.py"
    module.write_text(module.read_text().replace('"features"', '"features/shop.feature"'))
    (tmp_path / "features/lost.feature").write_text(textwrap.dedent(FEATURE))
    ran = suite.run()
    assert ran.exit_code == 2
    assert "features/lost.feature:4: no test runs scenario lost/first" in ran.stdout


def test_steps_that_cannot_be_imported(tmp_path: Path) -> None:
    suite = TinySuite(tmp_path, FEATURE, "import nowhere_to_be_found\n", trouble=NOTHING)
    ran = suite.run()
    assert ran.exit_code == 2
    assert "No module named 'nowhere_to_be_found'" in ran.stdout
    assert not (tmp_path / "build").exists()
