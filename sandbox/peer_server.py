"""A small HTTP server that answers its peers only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.listening import Peers, PeerSocket


class PeerServer(ThreadingHTTPServer):
    """Serves its peers; who else connects is named in the log."""

    def __init__(
        self,
        handler: Callable[..., BaseHTTPRequestHandler],
        address: tuple[str, int],
        peers: Peers,
    ) -> None:
        made: Any = handler  # http.server's types want a class; it only calls it
        super().__init__(address, made, bind_and_activate=False)
        self.socket.close()
        self.socket = PeerSocket(*address, peers, _say)
        self.server_address = self.socket.getsockname()
        self.server_activate()


def _say(address: str) -> None:
    print(f"refused {address}: no peer of this sandbox", file=sys.stderr, flush=True)
