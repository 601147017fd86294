"""What a night leaves for whoever reads junit: a file for each cell that it ran."""

from __future__ import annotations

from pathlib import Path

from steps import junits


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
