from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gitlab_live import Live, World, make_world


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One server for the tests of a module; it must still be alive at the end."""
    server = Live(tmp_path_factory.mktemp("gitlab") / "data").start()
    yield server
    assert server.alive, server.errors()
    errors = server.errors()
    assert server.stop() == 0
    server.fsck()
    assert "Traceback" not in errors, errors


@pytest.fixture
def world(live: Live, tmp_path: Path) -> World:
    """A group and a project of the test's own."""
    return make_world(live, tmp_path)
