"""`python -m sandbox.charts.serve FOLDER PORT ADDRESS [NETWORK ...]`: packages over HTTP.

What lies in the folder's `packages` is served at the root to everybody, and once more below
`private/` to whoever shows the name and the password that `login.json` holds. Answers members of
the networks (CIDR) and nobody else; without any, whoever reaches the address.
"""

from __future__ import annotations

import functools
import hmac
import json
import sys
from base64 import b64encode
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any, BinaryIO

from sandbox.processes.listening import Peers
from sandbox.processes.peer_server import PeerServer, serve

LOGIN = "login.json"
PACKAGES = "packages"
PRIVATE = "/private"


class ChartHandler(SimpleHTTPRequestHandler):
    """Serves a folder of packages, in two places."""

    def __init__(self, *args: Any, folder: Path) -> None:
        self._folder = folder
        super().__init__(*args, directory=str(folder / PACKAGES))

    def send_head(self) -> BinaryIO | Any | None:
        """What is asked for, unless it is private and nobody shows who he is."""
        if self.path == PRIVATE or self.path.startswith(f"{PRIVATE}/"):
            if not self._is_known():
                self.send_response(HTTPStatus.UNAUTHORIZED)
                self.send_header("WWW-Authenticate", 'Basic realm="charts"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None
            self.path = self.path.removeprefix(PRIVATE) or "/"
        return super().send_head()

    def _is_known(self) -> bool:
        login = json.loads((self._folder / LOGIN).read_text())
        pair = b64encode(f"{login['user']}:{login['password']}".encode()).decode()
        shown = self.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        return hmac.compare_digest(shown, f"Basic {pair}".encode())


class ChartServer(PeerServer):
    """Serves the packages of one folder to its peers."""

    def __init__(self, folder: str, address: tuple[str, int], peers: Peers) -> None:
        super().__init__(functools.partial(ChartHandler, folder=Path(folder)), address, peers)


if __name__ == "__main__":
    raise SystemExit(serve(sys.argv[1:], ChartServer))
