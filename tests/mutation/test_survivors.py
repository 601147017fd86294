import re
from pathlib import Path

import pytest
from small_guide import write

from guide import Book
from guide.errors import BadInput
from mutation import survivors
from mutation.bench import ROOT
from mutation.plan import Plan
from mutation.verdict import Verdict

pytestmark = pytest.mark.integration

ENTRY = """- id: note:wrong-name:4
  what: "`name: note` becomes `name: note-x`"
  reason: >-
    Nobody looks at the name.
"""


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    book = write(tmp_path)
    book.survivors.write_text(ENTRY, encoding="utf-8")
    return Plan.of(book, seed=1, count=120, wordings=0, only=["note:wrong-name:4"])


def test_an_explanation_names_the_mutant_and_its_content(plan: Plan) -> None:
    [explained] = plan.explained.values()
    assert explained.reason == "Nobody looks at the name."
    [mutant] = plan.mutants
    assert explained.key == Verdict.of(mutant, "", "").key


def test_an_explanation_of_a_survivor_is_in_order(plan: Plan) -> None:
    verdicts = [Verdict.of(plan.mutants[0], "", "")]
    assert list(survivors.stale(plan.explained, plan.known, verdicts)) == []


def test_an_explanation_of_what_is_caught_now_is_stale(plan: Plan) -> None:
    caught = Verdict(**{**vars(Verdict.of(plan.mutants[0], "", "")), "verdict": "caught"})
    caught = Verdict(**{**vars(caught), "scenario": "notes/short"})
    [told] = survivors.stale(plan.explained, plan.known, [caught])
    assert told.startswith("note:wrong-name:4 is explained and caught by notes/short")


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("name: note`", "name: memo`", "note:wrong-name:4 is explained and no mutant"),
        ("note:wrong-name:4", "note:wrong-nam:4", "did you mean note:wrong-name:4"),
    ],
)
def test_an_explanation_of_what_is_not_there_is_stale(
    plan: Plan, before: str, after: str, what: str
) -> None:
    path = plan.book.survivors
    path.write_text(ENTRY.replace(before, after), encoding="utf-8")
    [told] = survivors.stale(survivors.read(path), plan.known, [])
    assert what in told


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("- id: [", "is no YAML"),
        ("id: x", "is no list"),
        ("- id: x\n  what: y", "entry 1 is not whole"),
        ("- id: x\n  what: y\n  reason: ''", "entry 1 is not whole"),
        (ENTRY + ENTRY, "note:wrong-name:4 is explained twice"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused(
    tmp_path: Path, text: str, what: str
) -> None:
    path = tmp_path / "survivors.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput, match=what) as caught:
        survivors.read(path)
    assert "\n" not in str(caught.value)


def test_without_the_file_nothing_is_explained(tmp_path: Path) -> None:
    assert survivors.read(tmp_path / "survivors.yaml") == {}


@pytest.fixture(scope="module")
def of_the_project() -> Plan:
    book = Book.read(ROOT / "books" / "operational")
    return Plan.of(book, seed=1, count=1, wordings=0, only=())


@pytest.mark.parametrize("name", ["operational", "flux"])
def test_the_explanations_of_the_project_are_about_mutants_that_are_there(
    of_the_project: Plan, name: str
) -> None:
    plan = of_the_project
    if name != plan.book.name:
        plan = Plan.of(Book.read(ROOT / "books" / name), seed=1, count=1, wordings=0, only=())
    assert plan.explained
    assert list(survivors.stale(plan.explained, plan.known, [])) == []


def test_the_faults_that_ci_names_are_there(of_the_project: Plan) -> None:
    [named] = re.findall(r'ONLY="([^"]+)"', (ROOT / ".ci" / "run").read_text())
    asked = named.replace("\\\n", " ").split()
    assert len(asked) == 3
    assert set(asked) <= {mutant.id for mutant in of_the_project.known}
