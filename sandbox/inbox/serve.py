"""`python -m sandbox.inbox.serve FILE PORT ADDRESS [NETWORK ...]`: keeps what is POSTed to it.

Every path takes a message and answers as chat services do, `{"ok": true}`. A message is one line of
the file. Members of the networks (CIDR) are answered and nobody else; without any, whoever reaches
the address.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from sandbox.processes.listening import Peers
from sandbox.processes.peer_server import PeerServer, serve

MAX_BODY = 1024 * 1024
"""Bytes of a message."""
_LIMIT_S = 60.0
"""Seconds after which a sender who has stopped sending is let go."""


class InboxHandler(BaseHTTPRequestHandler):
    """Takes one message after the other and keeps each before it is answered."""

    timeout = _LIMIT_S

    def __init__(self, *args: Any, kept: int) -> None:
        self._kept = kept
        super().__init__(*args)

    def do_POST(self) -> None:
        """Keep a message."""
        given = self.headers.get("Content-Length")
        if given is None or not given.isdecimal():
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
            return
        if int(given) > MAX_BODY:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(given))
        if len(body) < int(given):
            return  # the sender went away: what came is no message
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = {
            "at": at,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("utf-8", "replace"),
        }
        # One write to a file that is opened for appending: lines of several servers do not mix.
        os.write(self._kept, json.dumps(message).encode() + b"\n")
        answer = b'{"ok": true}'
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


def inbox_server(file: str, address: tuple[str, int], peers: Peers) -> PeerServer:
    """A server that keeps messages in a file."""
    kept = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return PeerServer(functools.partial(InboxHandler, kept=kept), address, peers)


if __name__ == "__main__":
    raise SystemExit(serve(sys.argv[1:], inbox_server))
