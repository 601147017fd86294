"""A store is reached by peers only, and forgets what it was given when it is emptied."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.processes.listening import Peers
from sandbox.processes.reach import Reach
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.stores.relay import relay
from sandbox.stores.store import Store

LIMIT_S = 60
KEEPER = """
import http.server
import sys

class Keeper(http.server.BaseHTTPRequestHandler):
    kept = []

    def do_GET(self):
        self.answer(b"".join(self.kept))

    def do_PUT(self):
        self.kept.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(b"")

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Keeper).serve_forever()
"""
"""Stands for a program that others wrote: keeps what it is given in memory."""


class Kept(Store):
    """A store of a test."""

    part = "kept"

    def line(self, programs: Path, port: int) -> list[str | Path]:
        return [sys.executable, programs / "keeper.py", str(port)]


@pytest.fixture
def store(supervisor: SupervisorClient, tmp_path: Path) -> Kept:
    (tmp_path / "keeper.py").write_text(KEEPER)
    made = Kept(tmp_path / "kept")
    reach = Reach(host="127.0.0.1", listen=("127.0.0.1",), peers=("127.0.0.0/30",))
    made.serve(supervisor, reach, tmp_path)
    return made


def get(store: Store) -> str:
    with httpx.Client(transport=httpx.HTTPTransport(retries=10), timeout=LIMIT_S) as client:
        return client.get(store.url).text


def test_what_is_put_into_a_store_stays_until_it_is_emptied(
    store: Kept, supervisor: SupervisorClient
) -> None:
    assert get(store) == ""
    large = "x" * 300_000
    httpx.put(store.url, content=large, timeout=LIMIT_S, trust_env=False)
    assert get(store) == large
    address = store.host
    store.empty(supervisor)
    assert get(store) == ""
    assert (store.host, store.url) == (address, f"http://{address}")
    supervisor.check()


def test_a_server_that_does_not_come_up_is_named_with_its_log(
    supervisor: SupervisorClient, tmp_path: Path
) -> None:
    reach = Reach(host="127.0.0.1", listen=("127.0.0.1",), peers=())
    with pytest.raises(Exception, match=r"kept-server.*exit(?s:.)*keeper.py"):
        Kept(tmp_path / "kept").serve(supervisor, reach, tmp_path / "nowhere")


@pytest.fixture
def passed_on() -> Iterator[tuple[tuple[str, int], socket.socket]]:
    """The address of a relay that lets four addresses in, and the socket behind it."""
    with (
        socket.create_server(("127.0.0.1", 0)) as behind,
        relay(str(behind.getsockname()[1]), ("127.0.0.1", 0), Peers.of(["127.0.0.0/30"])) as server,
    ):
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            host, port = server.server_address[:2]
            yield (str(host), port), behind
        finally:
            server.shutdown()
            thread.join()


def test_a_relay_passes_on_both_ways_and_ends_when_either_side_does(
    passed_on: tuple[tuple[str, int], socket.socket],
) -> None:
    address, behind = passed_on
    sent = os.urandom(200_000)
    with socket.create_connection(address, timeout=LIMIT_S) as ours:
        theirs, _ = behind.accept()
        theirs.settimeout(LIMIT_S)
        with theirs, theirs.makefile("rb") as reads, ours.makefile("rb") as answers:
            ours.sendall(sent)
            ours.shutdown(socket.SHUT_WR)
            assert reads.read() == sent
            theirs.sendall(b"taken")
            theirs.shutdown(socket.SHUT_WR)
            assert answers.read() == b"taken"


def test_a_stranger_is_not_passed_on(passed_on: tuple[tuple[str, int], socket.socket]) -> None:
    address, behind = passed_on
    with (
        pytest.raises(ConnectionResetError),  # while it connects, or after that
        socket.create_connection(
            address, timeout=LIMIT_S, source_address=("127.0.9.9", 0)
        ) as stranger,
    ):
        stranger.recv(1)
    behind.setblocking(False)
    with pytest.raises(BlockingIOError):
        behind.accept()


def test_where_nobody_listens_behind_a_relay_nothing_is_answered(
    passed_on: tuple[tuple[str, int], socket.socket],
) -> None:
    address, behind = passed_on
    behind.close()
    with socket.create_connection(address, timeout=LIMIT_S) as ours:
        assert ours.recv(1) == b""
