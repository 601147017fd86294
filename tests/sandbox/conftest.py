"""What several tests of the sandbox stand on."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedded_live import PLANTED, Live

from sandbox import events
from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.processes import leftovers
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.providers.embedded.provider import Embedded
from sandbox.toolchain import ensure, is_built


@pytest.fixture
def supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SupervisorClient]:
    folder = tmp_path_factory.mktemp("s")  # short: a socket lies in it
    client = SupervisorClient(folder)
    client.launch()
    yield client
    client.shutdown()
    leftovers.end_all(folder)


@pytest.fixture
def told() -> Iterator[list[str]]:
    """What people are told meanwhile."""
    said: list[str] = []
    with events.subscribe(lambda event: said.append(getattr(event, "text", ""))):
        yield said


def plant(patch: pytest.MonkeyPatch, home: Path) -> None:
    """Make this process one of a user who has set all that could reach a cluster's programs."""
    for name, value in PLANTED.items():
        patch.setenv(name, value)
    patch.setenv("HOME", str(home))
    patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One cluster for all tests of a session."""
    if not is_built() and os.environ.get("CI") != "true":
        pytest.skip("the toolchain is not built (`make e2e` builds it)")
    toolchain = ensure()
    folder = tmp_path_factory.mktemp("live")
    home = tmp_path_factory.mktemp("user")
    (home / ".config/sops/age").mkdir(parents=True)
    (home / ".config/sops/age/keys.txt").write_text(PLANTED["SOPS_AGE_KEY"])
    supervisor = SupervisorClient(folder)
    with pytest.MonkeyPatch.context() as patch:
        plant(patch, home)
        supervisor.launch(owner=os.getpid())
    try:
        with pytest.MonkeyPatch.context() as patch:
            plant(patch, home)
            provider = Embedded("test", folder, toolchain)
            cluster = provider.create("test")
            made = Live(
                provider,
                folder,
                cluster.kubeconfig,
                toolchain.bin / "flux",
                toolchain.bin / "kubectl",
                KubernetesApi(cluster.kubeconfig),
                home,
            )
            made.run(made.flux, "install", "--timeout=2m")
        yield made
        made.api.close()
    finally:
        supervisor.shutdown()


@pytest.fixture
def live(embedded: Live, monkeypatch: pytest.MonkeyPatch) -> Live:
    """The cluster, for a test that has set what its user had set."""
    plant(monkeypatch, embedded.home)
    return embedded
