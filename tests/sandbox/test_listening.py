"""Who is answered: peers of the named networks, on real sockets, and nobody else."""

from __future__ import annotations

import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sandbox.charts.serve import ChartServer
from sandbox.processes.listening import EVERYBODY, Peers, PeerSocket


@contextmanager
def from_address(source: str, target: tuple[str, int]) -> Iterator[socket.socket]:
    with socket.create_connection(target, timeout=30, source_address=(source, 0)) as made:
        yield made


@pytest.mark.parametrize(
    ("networks", "address", "allowed"),
    [
        ([], "203.0.113.9", True),
        (["127.0.0.0/8"], "127.3.2.1", True),
        (["127.0.0.0/8", "172.18.0.0/16"], "172.18.255.1", True),
        (["127.0.0.0/8", "172.18.0.0/16"], "172.17.0.2", False),
        (["fe80::/10"], "fe80::1%eth0", True),
        (["127.0.0.0/8"], "::1", False),
    ],
)
def test_peers_are_members_of_the_networks(
    networks: list[str], address: str, allowed: bool
) -> None:
    assert Peers.of(networks).allow(address) is allowed


def test_a_stranger_is_reset_and_named_and_a_peer_is_served() -> None:
    refused: list[str] = []
    peers = Peers.of(["127.0.0.0/30"])
    with PeerSocket("127.0.0.1", 0, peers, refused.append) as listener:
        listener.listen()
        target = listener.getsockname()
        with from_address("127.0.9.9", target) as stranger, from_address("127.0.0.2", target):
            with pytest.raises(BlockingIOError, match=r"127\.0\.9\.9 is no peer"):
                listener.accept()
            connection, peer = listener.accept()
            connection.close()
            assert peer[0] == "127.0.0.2"
            assert refused == ["127.0.9.9"]
            with pytest.raises(ConnectionResetError):
                stranger.recv(1)


def test_an_address_of_another_machine_cannot_be_listened_on() -> None:
    with pytest.raises(OSError, match="assign"):
        PeerSocket("192.0.2.7", 0, EVERYBODY, print)


def test_charts_are_served_to_peers_only(tmp_path: Path) -> None:
    (tmp_path / "packages").mkdir()
    (tmp_path / "packages" / "index.yaml").write_text("entries: {}\n")
    with ChartServer(str(tmp_path), ("127.0.0.1", 0), Peers.of(["127.0.0.0/30"])) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            host, port = server.server_address[:2]
            with urllib.request.urlopen(f"http://{host!s}:{port}/index.yaml", timeout=30) as reply:
                assert reply.read() == b"entries: {}\n"
            with (
                pytest.raises(ConnectionResetError),  # while it connects, or after that
                from_address("127.0.9.9", ("127.0.0.1", port)) as stranger,
            ):
                stranger.recv(1)
        finally:
            server.shutdown()
            thread.join()
