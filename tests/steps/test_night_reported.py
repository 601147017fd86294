"""What a night tells the report of: the cells that ran, and what the last one could not tell."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_nightly import OWN, asked, folder, night

from steps import cell_run

pytestmark = pytest.mark.integration

__all__ = ["folder"]
WORDS = f"--cells={OWN}"


def test_the_report_is_told_which_cells_ran_tonight(folder: Path) -> None:
    assert night(WORDS) == 0
    assert f"--ran={OWN}" in asked()[-1]["words"]


def test_a_failure_of_a_night_without_a_report_is_new_the_night_after(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert night(WORDS) == 0
    program = folder / "refuser.py"
    program.write_text(
        "import runpy, sys\n"
        "sys.argv[1:3] == ['report', 'regression'] and sys.exit(2)\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        f"runpy.run_path({cell_run.PYTHON[1]!r}, run_name='__main__')\n"
    )
    with monkeypatch.context() as once:
        once.setattr(cell_run, "PYTHON", (cell_run.PYTHON[0], str(program)))
        assert night(WORDS, **{OWN: "failed"}) == 2
    assert night(WORDS, **{OWN: "failed"}) == 1
    assert "new failure in" in (folder / "build/issue.md").read_text()
    assert night(WORDS, **{OWN: "failed"}) == 0
