"""Listening sockets that answer known peers only.

An address of a container network is one of this machine's, and the kernel takes a packet for it
from any interface: from containers of other networks, and from machines that route to it. So who
connects is looked at, too; anybody else's connection is reset before a byte is read.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

Refusal = Callable[[str], None]
"""Told the address of a peer that was refused."""
Listeners = Callable[[int], Iterator["PeerSocket"]]
"""Makes the sockets of a server, all at one port; 0: any that is free."""


@dataclass(frozen=True)
class Peers:
    """The networks whose members may connect; none named: everybody who reaches the address."""

    networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()

    @classmethod
    def of(cls, networks: Sequence[str]) -> Peers:
        """Peers of these networks (CIDR). Raises ValueError on what is none."""
        return cls(tuple(ipaddress.ip_network(each) for each in networks))

    def allow(self, address: str) -> bool:
        """Whether somebody with this address may connect."""
        peer = ipaddress.ip_address(address.partition("%")[0])
        return not self.networks or any(peer in network for network in self.networks)


EVERYBODY = Peers()


class PeerSocket(socket.socket):
    """A listening socket whose `accept` resets everybody who is no peer."""

    def __init__(self, address: str, port: int, peers: Peers, refused: Refusal) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__(family, socket.SOCK_STREAM)
        self._peers = peers
        self._refused = refused
        self.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self.bind((address, port))
        except OSError:
            self.close()
            raise

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """The next connection and its address.

        Raises BlockingIOError where it was none of a peer: servers go on as if nobody had come.
        """
        connection, peer = super().accept()
        if self._peers.allow(peer[0]):
            return connection, peer
        # Not a polite end: nobody shall take it for a server that answers.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        self._refused(peer[0])
        raise BlockingIOError(f"{peer[0]} is no peer")
