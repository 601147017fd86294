"""What a simulated node has of Flux's controllers: also of two versions at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.providers.embedded.offered import offer, program_for


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A cluster that was made with one version, and can have another since."""
    for version in ("1.9.3", "1.9.5"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "source-controller").touch()
        offer(tmp_path, tmp_path / version, {"source-controller": version})
    return tmp_path


@pytest.mark.parametrize("version", ["1.9.3", "1.9.5"])
def test_a_node_has_the_version_that_an_image_names(home: Path, version: str) -> None:
    program = program_for(f"ghcr.io/fluxcd/source-controller:v{version}", home)
    assert program is not None
    assert (program.folder, program.version) == (home / version, version)


def test_of_a_version_that_nobody_offers_it_is_said_which_is_there(home: Path) -> None:
    image = "ghcr.io/fluxcd/source-controller:v1.9.9"
    program = program_for(image, home)
    assert program is not None
    assert program.lacking(image) == "only version 1.9.5 of source-controller is in this sandbox"
    assert program_for("ghcr.io/stefanprodan/podinfo:6.9.2", home) is None


def test_what_is_offered_twice_is_there_once(home: Path) -> None:
    before = (home / "offered.json").read_text()
    offer(home, home / "1.9.5", {"source-controller": "1.9.5"})
    assert (home / "offered.json").read_text() == before
