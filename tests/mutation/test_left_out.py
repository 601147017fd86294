"""What SINCE leaves out, run with the faults for which it is left out."""

from __future__ import annotations

import shutil
from contextlib import nullcontext
from pathlib import Path

import pytest
from small_guide import PAGE as NOTES
from small_guide import FakeBench, write

from guide import GuideError, shelf
from guide.ending import DONE, FAILED, NO_SANDBOX
from guide.mutant import Mutant
from mutation import left_out, together
from mutation.left_out import Trial
from mutation.outcome import Ended
from mutation.plan import Plan
from mutation.together import Together
from mutation.work import work_off

pytestmark = pytest.mark.integration

PAGE = "a\nb\nc\nd\ne\n"


def fault(name: str, page_text: str, page: str = "notes.md") -> Mutant:
    return Mutant(name, "wrong", name, page, 1, name, "", page_text, ())


FIRST = fault("first", "A\nb\nc\nd\ne\n")
BESIDE = fault("beside", "a\nB\nc\nd\ne\n")
LAST = fault("last", "a\nb\nc\nd\nE\nf\n")
GONE = fault("gone", "a\nb\nd\ne\n")
OTHER = fault("other", "A\n", "other.md")
TRUE = {"notes.md": PAGE, "other.md": "a\n"}


def test_each_fault_meets_each_scenario_that_is_not_taken_for_it() -> None:
    taken = {FIRST: {"x"}, LAST: set[str](), OTHER: {"x", "y", "z"}}
    scenarios = ["w", "x", "y", "z", *"abcdefghi"]
    found = together.runs(taken, scenarios)
    met = [(name, each.id) for run in found for name in run.scenarios for each in run.faults]
    expected = [(s, f.id) for f, those in taken.items() for s in {*scenarios} - those]
    assert sorted(met) == sorted(expected)
    # One run for what has the same faults, and several where that is much.
    assert [len(run.scenarios) for run in found] == [8, 2, 2, 1]


def test_faults_whose_lines_meet_are_not_in_one_edition() -> None:
    every = [FIRST, BESIDE, LAST, OTHER, GONE]
    assert together.apart(every, TRUE, 40) == [FIRST, LAST, OTHER, GONE]
    assert together.apart([BESIDE, *every], TRUE, 2) == [BESIDE, LAST]


def test_one_page_has_several_faults() -> None:
    assert together.pages(TRUE, [LAST, FIRST, GONE]) == {"notes.md": "A\nb\nd\nE\nf\n"}
    assert together.pages(TRUE, [FIRST, OTHER]) == {
        "notes.md": "A\nb\nc\nd\ne\n",
        "other.md": "A\n",
    }
    assert together.pages(TRUE, []) == {}


@pytest.mark.parametrize(
    ("with_them", "without", "code"),
    [
        (Ended.PASSED, Ended.PASSED, DONE),
        (Ended.FAILED, Ended.PASSED, FAILED),
        (Ended.UNCLEAN, Ended.PASSED, FAILED),
        (Ended.FAILED, Ended.FAILED, NO_SANDBOX),
        (Ended.BROKEN, Ended.PASSED, NO_SANDBOX),
        (Ended.REFUSED, Ended.PASSED, NO_SANDBOX),
        (Ended.STOPPED, Ended.PASSED, NO_SANDBOX),
    ],
)
def test_only_what_passes_with_the_faults_is_untouched(
    with_them: Ended, without: Ended, code: int, tmp_path: Path
) -> None:
    plan = Plan.of(write(tmp_path), seed=1, count=1, wordings=0, only=())
    answers = {"fault notes/short": [with_them], "control notes/short": [without]}
    bench = FakeBench("one", tmp_path / "work", plan.edition, answers)
    trial = Trial(plan)
    work_off([Together(("notes/short", "notes/long"), plan.mutants)], [bench], trial.do)
    assert trial.code(2) == code
    passed = [done.scenario for _, done in trial.passed]
    both = with_them is Ended.PASSED
    assert passed == (["notes/short", "notes/long"] if both else ["notes/long"])
    assert bench.closed


def test_since_is_asked_in_a_clone_with_the_fault_in_it() -> None:
    plan = Plan.of(shelf.find(), seed=1, count=1, wordings=0, only=())
    [fault], [those] = plan.mutants, left_out.taken(plan.book, plan.mutants)
    assert set(fault.scenarios) <= those < set(plan.features.scenarios)


def test_what_cannot_be_run_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = ["--count=x", "--only=no/such", "--workers=0", "--seed=-1", "--book=nosuch"]
    for word in wrong:
        assert left_out.main([word]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.fixture
def nothing_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    def begun(*_: object, **__: object) -> None:
        raise AssertionError("it was begun")

    monkeypatch.setattr(left_out, "ensure", begun)


@pytest.mark.usefixtures("nothing_is_begun")
def test_where_nothing_is_left_out_nothing_is_green(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    book = write(tmp_path)
    every = frozenset({"notes/short", "notes/long", "notes/tree"})
    monkeypatch.setattr(left_out, "taken", lambda _book, faults: [every for _ in faults])
    words = [f"--book={book.file.parent}", f"--build={tmp_path / 'build'}", "--count=2"]
    assert left_out.main(words) == 2
    assert "nothing is left out" in capsys.readouterr().err


def test_pages_that_are_not_committed_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    book = write(tmp_path / "here")
    clone = tmp_path / "clone"
    shutil.copytree(book.file.parent, clone)
    monkeypatch.setattr(left_out.shelf, "ROOT", book.file.parent)
    monkeypatch.setattr(left_out, "_clone_of", lambda _: nullcontext(clone))
    monkeypatch.setattr(left_out, "_since", lambda *_: frozenset({"notes/short"}))
    plan = Plan.of(book, seed=1, count=1, wordings=0, only=())
    assert list(left_out.taken(book, plan.mutants)) == [{"notes/short"}]
    (book.edition / "notes.md").write_text(f"{NOTES}\nA word more.\n")
    with pytest.raises(GuideError, match="not as they were committed"):
        list(left_out.taken(book, plan.mutants))


@pytest.mark.usefixtures("nothing_is_begun")
def test_a_book_that_lies_elsewhere_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = write(tmp_path)
    words = [f"--book={book.file.parent}", f"--build={tmp_path / 'build'}", "--count=1"]
    assert left_out.main(words) == 2
    assert "the book lies elsewhere" in capsys.readouterr().err
