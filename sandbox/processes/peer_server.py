"""A small HTTP server that answers its peers only, and how a sandbox runs one."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler
from typing import Any

from sandbox import user_settings
from sandbox.processes.listening import Peers, PeerSocket
from sandbox.processes.ports import free_ports
from sandbox.processes.reach import Reach
from sandbox.processes.supervisor_client import SupervisorClient

ADDRESS = "address.json"
"""The file of a service's folder that says where it answers."""
_SOURCE = Path(__file__).parents[2]
"""Where `sandbox` can be imported from."""


class PeerServer(ThreadingHTTPServer):
    """Serves its peers; who else connects is named in the log."""

    def __init__(
        self,
        handler: Callable[..., BaseRequestHandler],
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


@dataclass(frozen=True)
class PeerService:
    """A service of a sandbox that this machine and Flux both reach, and its folder."""

    folder: Path

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return str(json.loads((self.folder / ADDRESS).read_text())["url"])

    def note(self, host: str, port: int) -> None:
        """Say where it answers."""
        (self.folder / ADDRESS).write_text(json.dumps({"url": f"http://{host}:{port}"}))

    def start(
        self, part: str, program: str, given: str, supervisor: SupervisorClient, reach: Reach
    ) -> None:
        """Run a module that ends in `serve`, on the same free port of each address."""
        [port] = free_ports(1, *reach.listen)
        self.note(reach.host, port)
        for address in reach.listen:
            supervisor.start(
                f"{part}/{address}",
                [sys.executable, "-m", program, given, str(port), address, *reach.peers],
                env=user_settings.without(os.environ),
                cwd=_SOURCE,
                log=self.folder / f"http-{address}.log",
            )


def serve(argv: Sequence[str], server: Callable[[str, tuple[str, int], Peers], PeerServer]) -> int:
    """Serve `GIVEN PORT ADDRESS [NETWORK ...]` until ended: what `PeerService.start` runs."""
    given, port, address, *networks = argv
    with server(given, (address, int(port)), Peers.of(networks)) as made:
        made.serve_forever()
    return 0
