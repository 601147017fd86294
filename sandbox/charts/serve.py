"""`python -m sandbox.charts.serve FOLDER PORT ADDRESS [NETWORK ...]`: packages over HTTP.

Answers members of the networks (CIDR) and nobody else; without any, whoever reaches the address.
"""

from __future__ import annotations

import functools
import sys
from http.server import SimpleHTTPRequestHandler

from sandbox.processes.listening import Peers
from sandbox.processes.peer_server import PeerServer, serve


class ChartServer(PeerServer):
    """Serves one folder to its peers."""

    def __init__(self, folder: str, address: tuple[str, int], peers: Peers) -> None:
        handler = functools.partial(SimpleHTTPRequestHandler, directory=folder)
        super().__init__(handler, address, peers)


if __name__ == "__main__":
    raise SystemExit(serve(sys.argv[1:], ChartServer))
