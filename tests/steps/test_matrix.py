"""Which cells a matrix has, and which of them are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_nightly import FLUX, KIND, OLD_FLUX, OWN, PINNED, ROOT, folder

from steps.matrix import Matrix

__all__ = ["folder"]


def test_only_the_toolchains_own_versions_have_a_tomorrow(folder: Path) -> None:
    (folder / "nightly.yaml").write_text("- {provider: [embedded], flux: [own, 2.9.2]}")
    cells = Matrix.read(Path("nightly.yaml")).with_tomorrow().cells
    assert [cell.name for cell in cells] == [OWN, OLD_FLUX, f"{OWN}-next"]


@pytest.mark.parametrize(
    ("chosen", "cells"),
    [
        (OWN, [OWN, f"{OWN}-next"]),
        ("flux-*", [FLUX, f"{FLUX}-next"]),
        (f"{OWN}-next", [f"{OWN}-next"]),
        ("*-next", [f"{OWN}-next", f"{FLUX}-next"]),
        (f"{PINNED},{FLUX}", [PINNED, FLUX, f"{FLUX}-next"]),
    ],
)
def test_who_names_a_cell_of_today_has_its_tomorrow_too(
    folder: Path, chosen: str, cells: list[str]
) -> None:
    tomorrow = Matrix.read(Path("nightly.yaml")).with_tomorrow()
    assert [cell.name for cell in tomorrow.only(chosen)] == cells


def test_the_matrix_of_the_clone_has_kind_before_the_cells_that_the_site_shows() -> None:
    """A runner without an engine names its cells, and has all others."""
    names = [cell.name for cell in Matrix.read().cells]
    assert names[-4:] == ["operational-kind", KIND, OWN, FLUX]
    without = [cell.name for cell in Matrix.read().only("*-embedded*")]
    assert without == [name for name in names if "-kind" not in name]
    assert "make nightly CELLS='*-embedded*'" in (ROOT / ".gitlab-ci.yml").read_text()
