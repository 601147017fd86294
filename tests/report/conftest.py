"""Fixtures that several modules of tests about runs and their pages use."""

import os
from pathlib import Path

import pytest
import site_sample as sample
from tiny_suite import ROOT
from worker_suite import Shop

from report.site.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The built site of a run with something in every state."""
    folder = tmp_path_factory.mktemp("red")
    made = Site(sample.build(folder / "clone"), folder / "site")
    made.build()
    return made


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """A suite for workers, where an older run has left its files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), str(tmp_path)]))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    # What an older run has left everywhere: none of it may be seen again.
    for folder in ("build", "build/workers/1", "build/workers/2"):
        (tmp_path / folder).mkdir(parents=True)
        for name in ("results.json", "junit.xml"):
            (tmp_path / folder / name).write_text("of an older run")
    return Shop(tmp_path)
