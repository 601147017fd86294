"""Every form of Gherkin: the guide and the run take it both, or refuse it in one line both.

What runs is told by the steps themselves, so that the results are held against what ran and not
against what was read.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from guide import Features, GuideError
from report.preflight import Preflight
from report.selection import Selection
from tests.report.gherkin_forms import HEAD, OTHER, PLAIN, REFUSED, TAKEN
from tests.report.tiny_suite import Outcome, TinySuite

STEPS = """
@given(parsers.re("(?P<text>.*)"))
def given_that(ran, text):
    ran("given", text)


@when(parsers.re("(?P<text>.*)"))
def when_that(ran, text):
    ran("when", text)


@then(parsers.re("(?P<text>.*[^:])"))
def then_that(ran, text):
    ran("then", text)


@then(parsers.re("(?P<text>rows.*):"))
def then_rows(ran, text, datatable):
    ran("then", f"{text}:", datatable)


@then(parsers.re("(?P<text>words.*):"))
def then_words(ran, text, docstring):
    ran("then", f"{text}:", docstring)
"""
CONFTEST = """
import json
from pathlib import Path

import pytest

features = []


def pytest_bdd_before_scenario(feature):
    features.append(Path(feature.filename).stem)


@pytest.fixture
def ran():
    def tell(*said):
        with Path("ran.jsonl").open("a") as file:
            print(json.dumps([features[-1], *said]), file=file)

    return tell
"""


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run of all the forms that are taken, each a feature."""
    folder = tmp_path_factory.mktemp("taken")
    suite = TinySuite(folder, "", STEPS, conftest=CONFTEST)
    (folder / "features/shop.feature").unlink()
    for form, (text, _) in TAKEN.items():
        (folder / f"features/{form}.feature").write_bytes(text.encode())
    return suite.run()


def test_what_is_taken_runs_and_the_results_show_what_ran(taken: Outcome) -> None:
    assert taken.exit_code == 0, taken.stdout + taken.stderr
    ran: dict[str, list[object]] = {form: [] for form in TAKEN}
    for line in (taken.folder / "ran.jsonl").read_text().splitlines():
        form, *said = json.loads(line)
        ran[form].append(said)
    assert ran == {form: expected for form, (_, expected) in TAKEN.items()}
    shown: dict[str, list[object]] = {form: [] for form in TAKEN}
    for scenario in taken.results.scenarios:
        for step in scenario.steps:
            assert step.status == "passed"
            said = [step.text, [list(row) for row in step.table], step.doc_string]
            shown[Path(scenario.feature).stem].append([part for part in said if part])
    assert shown == {form: [said[1:] for said in told] for form, told in ran.items()}


@pytest.mark.parametrize("form", REFUSED)
def test_what_is_refused_is_refused_by_both(form: str, tmp_path: Path) -> None:
    text, said = REFUSED[form]
    (tmp_path / "shop.feature").write_bytes(text.encode())
    problem, *more = Features.examine(tmp_path).problems
    assert not more
    assert str(problem).removeprefix(f"{tmp_path}/shop.feature").startswith(said)
    with pytest.raises(GuideError) as refused:  # what a run reads before pytest-bdd does
        Preflight.read(tmp_path, None, Selection("", ""))
    assert str(refused.value) == str(problem)


@pytest.mark.parametrize("form", ["bom", "first-and", "tag-in-brackets", "examples-without-row"])
def test_a_run_says_it_in_one_line_and_starts_nothing(form: str, tmp_path: Path) -> None:
    text, said = REFUSED[form]
    suite = TinySuite(tmp_path, "", STEPS, conftest=CONFTEST)
    (tmp_path / "features/shop.feature").write_bytes(text.encode())
    ran = suite.run()
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"features/shop.feature{said}")
    assert ran.stderr.count("\n") == 1
    assert not (tmp_path / "ran.jsonl").exists()


def test_a_feature_in_a_folder_below_is_refused_and_a_hidden_one_is_none(tmp_path: Path) -> None:
    (tmp_path / "shop.feature").write_text(HEAD + PLAIN)
    (tmp_path / ".draft.feature").write_text("no Gherkin at all")
    assert list(Features.read(tmp_path).files) == ["shop"]
    (tmp_path / "more").mkdir()
    (tmp_path / "more/shop.feature").write_text(HEAD + OTHER)
    [problem] = Features.examine(tmp_path).problems
    assert str(problem) == (
        f"{tmp_path}/more/shop.feature: lies in a folder of its own. Cure: move it to {tmp_path}"
    )
