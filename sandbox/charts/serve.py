"""`python -m sandbox.charts.serve FOLDER PORT ADDRESS [NETWORK ...]`: packages over HTTP.

Answers members of the networks (CIDR) and nobody else; without any, whoever reaches the address.
"""

from __future__ import annotations

import functools
import sys
from http.server import SimpleHTTPRequestHandler

from sandbox.listening import Peers
from sandbox.peer_server import PeerServer


class ChartServer(PeerServer):
    """Serves one folder to its peers."""

    def __init__(self, folder: str, address: tuple[str, int], peers: Peers) -> None:
        handler = functools.partial(SimpleHTTPRequestHandler, directory=folder)
        super().__init__(handler, address, peers)


def main(argv: list[str]) -> int:
    """Serve until ended."""
    folder, port, address, *networks = argv
    with ChartServer(folder, (address, int(port)), Peers.of(networks)) as server:
        server.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
