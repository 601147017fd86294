"""`python -m sandbox.stores.relay TARGET PORT ADDRESS [NETWORK ...]`: peers reach a loopback port.

A program that others wrote listens on loopback and knows nothing of peers. Whoever may connect is
passed on to it, byte for byte.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import sys
import threading
from socketserver import BaseRequestHandler
from typing import Any

from sandbox.processes.listening import Peers
from sandbox.processes.peer_server import PeerServer, serve

LOOPBACK = "127.0.0.1"
_CHUNK = 64 * 1024


class RelayHandler(BaseRequestHandler):
    """Passes one connection on, in both directions, until either side has said all."""

    def __init__(self, *args: Any, target: int) -> None:
        self._target = target
        super().__init__(*args)

    def handle(self) -> None:
        """Pass on; where nobody listens behind it, the peer sees an end without an answer."""
        try:
            inner = socket.create_connection((LOOPBACK, self._target))
        except ConnectionRefusedError:
            return
        with inner:
            answers = threading.Thread(target=_copy, args=(inner, self.request))
            answers.start()
            _copy(self.request, inner)
            answers.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    """Whoever hangs up ends the connection: the other side sees that it has ended."""
    with contextlib.suppress(OSError):
        while part := source.recv(_CHUNK):
            target.sendall(part)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def relay(target: str, address: tuple[str, int], peers: Peers) -> PeerServer:
    """A server that passes its peers on to a port of loopback."""
    return PeerServer(functools.partial(RelayHandler, target=int(target)), address, peers)


if __name__ == "__main__":
    raise SystemExit(serve(sys.argv[1:], relay))
