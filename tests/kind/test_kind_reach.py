"""How containers reach this machine: by the gateway, by Docker Desktop's name, or not at all."""

from __future__ import annotations

import ipaddress
from types import SimpleNamespace

import pytest

from sandbox.errors import SandboxError
from sandbox.processes.reach import Reach
from sandbox.providers.kind import reach
from sandbox.providers.kind.engine import Pool

ELSEWHERE = "198.51.100.1"
"""An address for examples (RFC 5737): no machine has it, whatever Docker networks it has."""


def engine(gateway: str, system: str) -> SimpleNamespace:
    pool = Pool(subnet=ipaddress.IPv4Network("127.64.0.0/16"), gateway=gateway)
    return SimpleNamespace(
        pool=lambda _network: pool, info={"OperatingSystem": system}, url="tcp://10.0.0.9:2375"
    )


def test_an_engine_of_this_machine_is_reached_by_its_gateway() -> None:
    # 127.0.0.1 is the one address that every machine has.
    found = reach.find(engine("127.0.0.1", "Debian GNU/Linux 12"), None)
    assert (found.host, found.listen) == ("127.0.0.1", ("127.0.0.1", "127.0.0.1"))
    assert found.peers[:2] == ("127.64.0.0/16", "127.0.0.0/8")
    # Docker may masquerade this machine's own connections: each of its addresses is a peer.
    assert "127.0.0.1" in found.peers[2:]


def test_docker_desktop_is_reached_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostbyname", {"host.docker.internal": "127.0.0.1"}.__getitem__)
    assert reach.find(engine(ELSEWHERE, "Docker Desktop"), None) == Reach(
        host="host.docker.internal", listen=("127.0.0.1",), peers=("127.0.0.0/8",)
    )


def test_a_name_that_leads_elsewhere_is_told_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostbyname", lambda _name: "192.0.2.7")
    with pytest.raises(SandboxError, match=r"leads to 192\.0\.2\.7") as failure:
        reach.find(engine(ELSEWHERE, "Docker Desktop"), None)
    assert "/etc/hosts" in failure.value.cure


def test_an_engine_elsewhere_is_refused() -> None:
    with pytest.raises(SandboxError, match=r"10\.0\.0\.9:2375 is not on this machine") as failure:
        reach.find(engine(ELSEWHERE, "Debian GNU/Linux 12"), None)
    assert "PROVIDER=embedded" in failure.value.cure
