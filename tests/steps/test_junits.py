"""What a night leaves for whoever reads junit: a file for each cell that it ran."""

from __future__ import annotations

from pathlib import Path

import pytest
from night_program import results
from test_nightly import OWN, PINNED, folder, night, runs

from steps import crew, junits
from steps.apart import Apart

pytestmark = pytest.mark.integration

__all__ = ["folder"]


def test_each_cell_keeps_its_own_until_the_next_night(tmp_path: Path) -> None:
    for cell in ("shop-embedded", "shop-kind"):
        (tmp_path / "junit.xml").write_text(cell)
        junits.keep(tmp_path, cell)
    (tmp_path / "junit.xml").unlink()
    junits.keep(tmp_path, "not-begun")
    kept = {file.name: file.read_text() for file in (tmp_path / "junit").iterdir()}
    assert kept == {
        name: name.removesuffix(".xml") for name in ("shop-embedded.xml", "shop-kind.xml")
    }
    junits.clear(tmp_path)
    assert not (tmp_path / "junit").exists()


def test_of_a_cell_whose_place_another_run_took_nothing_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, put = folder / "build", Apart.put

    def late(self: Apart) -> None:
        put(self)
        (build / "junit.xml").write_text("another run")
        results("passed", 0).write(build / "results.json")

    monkeypatch.setattr(crew, "in_memory", lambda *_: (8, "16.0 GiB free"))
    monkeypatch.setattr(Apart, "put", late)
    assert night("--at-once=2", f"--cells={PINNED},{OWN}") == 3
    assert not (build / "junit").exists()


def test_a_cell_is_recorded_where_its_junit_cannot_be_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (folder / "build").mkdir()
    (folder / "build/junit.xml").write_text("x")
    monkeypatch.setattr(junits, "clear", lambda build: (build / junits.FOLDER).write_text(""))
    assert night(f"--cells={OWN}") == 0
    assert runs()[OWN].exit_code == 0
    said = capfd.readouterr().err
    assert f"cell {OWN}: its junit.xml is not kept: " in said
    assert "cannot be recorded" not in said
