"""One server for all tests of a session, worlds in it, and clients of its administrator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab
import pytest
from gitlab_live import Live, World, make_world


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One server for all tests; it ends in good order, with its repositories whole."""
    one = Live(tmp_path_factory.mktemp("gitlab") / "data").start()
    yield one
    assert one.stop() == 0
    one.fsck()


@pytest.fixture(scope="module")
def live(server: Live) -> Iterator[Live]:
    """The server; it must still be alive, with no error, at the end of a module."""
    yield server
    assert server.alive, server.errors()
    assert "Traceback" not in server.errors(), server.errors()


@pytest.fixture
def world(live: Live, tmp_path: Path) -> World:
    """A group and a project of the test's own."""
    return make_world(live, tmp_path)


@pytest.fixture
def root(live: Live) -> Iterator[gitlab.Gitlab]:
    with gitlab.Gitlab(
        live.gitlab.url, private_token=live.gitlab.token, ssl_verify=str(live.gitlab.ca_file)
    ) as client:
        yield client


@pytest.fixture
def project(root: gitlab.Gitlab, world: World) -> Any:
    return root.projects.get(world.project)


@pytest.fixture
def unharmed(world: World) -> Iterator[None]:
    """Whatever a test does, the project stays as it was and still answers."""
    before = world.refs()
    yield
    assert world.live.alive
    assert world.refs() == before
    status, _, _ = world.live.request("GET", "/api/v4/version", token=world.token)
    assert status == 200
    world.live.fsck(str(world.gitlab_id))
    assert "Traceback" not in world.live.errors()
