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


def test_they_are_different_and_free() -> None:
    made = free_ports(5, HERE, THERE)
    assert len(set(made)) == 5
    for port in made:
        for host in (HERE, THERE):
            with socket.socket() as mine:
                mine.bind((host, port))


def test_one_that_is_taken_at_the_second_address_is_not_free(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(monkeypatch, iter([taken]))
    assert free_ports(1, HERE) == [taken]
    choose(monkeypatch, iter([taken]))
    [port] = free_ports(1, HERE, THERE)
    assert port != taken


def test_addresses_that_are_never_free_together_are_told() -> None:
    with pytest.raises(OSError, match="in use") as caught:
        free_ports(1, HERE, HERE)
    assert caught.value.errno == errno.EADDRINUSE
