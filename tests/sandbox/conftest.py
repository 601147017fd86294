"""What several tests of the sandbox stand on."""

from collections.abc import Iterator

import pytest

from sandbox.processes import leftovers
from sandbox.processes.supervisor_client import SupervisorClient


@pytest.fixture
def supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SupervisorClient]:
    folder = tmp_path_factory.mktemp("s")  # short: a socket lies in it
    client = SupervisorClient(folder)
    client.launch()
    yield client
    client.shutdown()
    leftovers.end_all(folder)
