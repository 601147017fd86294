"""One server for all tests of a session, worlds in it, and clients of its administrator."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab
import pytest
from flux_live import Flux
from gitlab_live import Key, Live, World, make_world

from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.providers.embedded.control_plane import ControlPlane
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import ensure, is_built

_HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks the server has started a program."""
    for item in items:
        if item.path.parent == _HERE and "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.integration)


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


@pytest.fixture(scope="module")
def standing(live: Live, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A world for all tests of a module, each of which `unharmed` holds to changing nothing."""
    return make_world(live, tmp_path_factory.mktemp("standing"))


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
    yield
    assert world.live.alive
    assert world.refs() == {"refs/heads/main": world.head}
    status, _, _ = world.live.request("GET", "/api/v4/version", token=world.token)
    assert status == 200
    world.live.fsck(str(world.gitlab_id))
    assert "Traceback" not in world.live.errors()


@pytest.fixture(scope="session")
def flux(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flux]:
    """One cluster for all tests of a session that need Flux."""
    if not is_built() and os.environ.get("CI") != "true":
        pytest.skip("the toolchain is not built (`make e2e` builds it)")
    toolchain = ensure()
    folder = tmp_path_factory.mktemp("flux")
    supervisor = SupervisorClient(folder)
    supervisor.launch(owner=os.getpid())
    try:
        cluster = Embedded("test", folder, toolchain).create("test")
        plane = ControlPlane.read(folder / "clusters" / cluster.name)
        yield Flux(toolchain, cluster.kubeconfig, plane.ports.receiver)
    finally:
        supervisor.shutdown()


@pytest.fixture(scope="session")
def bootstrapped(server: Live, flux: Flux, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project to which Flux has been bootstrapped with an SSH deploy key."""
    folder = tmp_path_factory.mktemp("desk")
    world = make_world(server, folder)
    key = Key.make(folder)
    done = flux.bootstrap(world, world.group, "flux-config", f"--private-key-file={key.private}")
    assert done.returncode == 0, done.stderr
    assert "all components are healthy" in done.stderr
    return world


@pytest.fixture(scope="module")
def shared(live: Live, bootstrapped: World) -> World:
    """The project to which Flux has been bootstrapped, on a server that has no error."""
    return bootstrapped


@pytest.fixture
def key(tmp_path: Path) -> Key:
    return Key.make(tmp_path)


@pytest.fixture
def followed(flux: Flux, shared: World, key: Key) -> World:
    """The same project, and Flux follows it with this key, whatever other tests bootstrapped."""
    words = f"--private-key-file={key.private}"
    done = flux.bootstrap(shared, shared.group, "flux-config", words)
    assert done.returncode == 0, done.stderr
    flux.wait("flux-system", shared.refs()["refs/heads/main"])
    return shared
