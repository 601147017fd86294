"""`python -m sandbox.charts.serve FOLDER PORT ADDRESS [NETWORK ...]`: packages over HTTP.

Answers members of the networks (CIDR) and nobody else; without any, whoever reaches the address.
"""

from __future__ import annotations

import functools
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.listening import Peers


class ChartServer(ThreadingHTTPServer):
    """Serves one folder to its peers."""

    def __init__(self, folder: str, address: tuple[str, int], peers: Peers) -> None:
        super().__init__(address, functools.partial(SimpleHTTPRequestHandler, directory=folder))
        self._peers = peers

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whether the client is a peer; said in the log where it is not."""
        if self._peers.allow(client_address[0]):
            return True
        print(f"refused {client_address[0]}: no peer of this sandbox", file=sys.stderr, flush=True)
        return False


def main(argv: list[str]) -> int:
    """Serve until ended."""
    folder, port, address, *networks = argv
    with ChartServer(folder, (address, int(port)), Peers.of(networks)) as server:
        server.serve_forever()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
