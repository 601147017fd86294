"""A cell of which nothing comes into the history: the night is not green for the runs before it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from test_nightly import OWN, folder, night, runs

from report.history import History
from sandbox.copying import working_copy
from steps import cell_run

pytestmark = pytest.mark.integration

__all__ = ["folder"]

SAMPLE = Path(__file__).with_name("samples") / "first_steps"
OTHER = "first-steps-embedded"


@pytest.fixture
def broken(folder: Path) -> Path:
    """A book of which the history knows a run of some hours ago; then a feature is spoiled."""
    working_copy(SAMPLE, folder / "first-steps")
    (folder / "nightly.yaml").write_text(
        "- {provider: [embedded], book: [./first-steps]}\n- {provider: [embedded]}\n"
    )
    assert night(**{OTHER: "passed"}) == 0
    (folder / "first-steps/features/install.feature").write_text("no Gherkin\n")
    return folder


@pytest.mark.parametrize("at_once", [1, 2])
def test_a_book_that_cannot_be_read_is_no_green_night(
    broken: Path, capfd: pytest.CaptureFixture[str], at_once: int
) -> None:
    capfd.readouterr()
    before = [run.id for run in _history().runs]
    assert night(f"--at-once={at_once}", **{OTHER: "2"}) == 2
    assert [run.id for run in _history().runs] == before
    said = capfd.readouterr()
    assert f"cell {OTHER} cannot be recorded: it left no results" in said.err
    told = said.out[said.out.index("book first-steps: what changed") :].partition("\nbook ")[0]
    assert f"none of tonight is recorded of {OTHER}" in told
    assert f"{OTHER}: did not run" in told
    assert "nothing has changed" not in told
    page = (broken / "build/books/first-steps/regression.md").read_text()
    assert f"none of tonight is recorded of {OTHER}" in page
    assert runs()[OWN].exit_code == 0


@pytest.mark.parametrize("code", [1, 2, 3])
def test_where_not_even_that_it_did_not_run_can_be_noted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Whatever that ends with: what lies there is of an older run."""
    words = f"--cells={OWN}"
    assert night(words) == 0
    noting = [sys.executable, "-c", f"raise SystemExit({code})"]
    monkeypatch.setattr(cell_run.CellRun, "_lost", lambda *_: noting)
    assert night(words, **{OWN: "3"}) == (2 if code == 2 else 3)
    assert len(History.read(folder / "build/history").runs) == 1


def test_a_run_that_failed_and_does_not_come_into_the_history_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What records it may end with 1 itself, as what it could not foresee does."""
    words = f"--cells={OWN}"
    assert night(words) == 0
    program = folder / "recorder.py"
    program.write_text(
        "import runpy, sys\n"
        "sys.argv[1:3] == ['report', 'after'] and sys.exit(1)\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        f"runpy.run_path({cell_run.PYTHON[1]!r}, run_name='__main__')\n"
    )
    monkeypatch.setattr(cell_run, "PYTHON", (cell_run.PYTHON[0], str(program)))
    assert night(words, **{OWN: "failed"}) != 0
    assert f"cell {OWN} cannot be recorded" in capfd.readouterr().err


def _history() -> History:
    return History.read(Path("build/books/first-steps/history"))
