"""Ports that are free, at each address that a server listens on."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator

import pytest

from sandbox.processes.ports import free_ports

HERE, THERE = "127.0.0.77", "127.0.0.78"
"""Nobody else listens at these, and no connection comes from them."""


class Kernel:
    """Stands for the kernel's choice: any port means the next of these, while there are any."""

    def __init__(self, ports: Iterator[int]) -> None:
        self.ports = ports

    def socket(self, *given: int) -> socket.socket:
        return _Chosen(self, *given)


class _Chosen(socket.socket):
    def __init__(self, kernel: Kernel, *given: int) -> None:
        super().__init__(*given)
        self._kernel = kernel

    def bind(self, address: tuple[str, int]) -> None:  # type: ignore[override]
        host, port = address
        super().bind((host, port or next(self._kernel.ports, 0)))


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that is free at one address and not at the other."""
    with socket.socket() as busy:
        busy.bind((THERE, 0))
        busy.listen()
        yield int(busy.getsockname()[1])


def choose(monkeypatch: pytest.MonkeyPatch, ports: Iterator[int]) -> None:
    monkeypatch.setattr("sandbox.processes.ports.socket.socket", Kernel(ports).socket)


def test_they_are_different_and_free_for_a_server() -> None:
    made = free_ports(5, HERE, THERE)
    assert len(set(made)) == 5
    for port in made:
        for host in (HERE, THERE):
            with socket.create_server((host, port)) as server:
                socket.create_connection((host, port)).close()
                server.accept()[0].close()


def test_nobody_else_is_given_one_before_its_server_listens() -> None:
    [port] = free_ports(1, HERE, THERE)
    for host in (HERE, THERE):
        # As the kernel does where it picks one: for another sandbox, for a connection.
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind((host, port))
        with socket.socket() as client, pytest.raises(ConnectionRefusedError):
            client.connect((host, port))


def test_the_oldest_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.processes.ports._KEPT", 3)
    first, *_, last = (free_ports(1, HERE)[0] for _ in range(4))
    with socket.socket() as mine:
        mine.bind((HERE, first))
    with socket.socket() as mine, pytest.raises(OSError, match="in use"):
        mine.bind((HERE, last))


def test_one_that_is_taken_at_the_second_address_is_not_free(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = iter([taken])
    choose(monkeypatch, chosen)
    [port] = free_ports(1, HERE, THERE)
    assert port != taken
    assert next(chosen, None) is None, "the kernel was not asked"


def test_addresses_that_are_never_free_together_are_told() -> None:
    with pytest.raises(OSError, match="in use") as caught:
        free_ports(1, HERE, HERE)
    assert caught.value.errno == errno.EADDRINUSE
