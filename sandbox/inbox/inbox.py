"""What was sent to the inbox of a sandbox, and where it can be sent."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.processes.peer_server import PeerService
from sandbox.processes.reach import Reach
from sandbox.processes.supervisor_client import SupervisorClient

RECEIVED = "received.jsonl"


@dataclass(frozen=True, kw_only=True)
class Message:
    """One request that came in."""

    at: str
    """RFC 3339 time with milliseconds, UTC."""
    path: str
    """The path and the query, as sent."""
    headers: Mapping[str, str]
    """By their names in small letters."""
    body: str

    @property
    def payload(self) -> Any:
        """The body read as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def text(self) -> str:
        """The payload line by line, each value behind its name; the body where it is no JSON."""
        return "\n".join(_lines(self.payload)) or self.body

    def __str__(self) -> str:
        return f"POST {self.path} {self.body}"


def _lines(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _lines(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _lines(inner, name)
    elif value is not None:
        yield f"{name}: {value}" if name else str(value)


class Inbox(PeerService):
    """The folder that keeps what was sent; its URL is the base of all that can be sent to."""

    def messages(self) -> list[Message]:
        """What was sent since the inbox was emptied, oldest first."""
        whole, _, _ = (self.folder / RECEIVED).read_text(encoding="utf-8").rpartition("\n")
        return [Message(**json.loads(line)) for line in whole.splitlines()]

    def empty(self) -> None:
        """Forget what was sent so far."""
        os.truncate(self.folder / RECEIVED, 0)

    def serve(self, supervisor: SupervisorClient, reach: Reach) -> None:
        """Take messages on the same free port of each address."""
        self.folder.mkdir(exist_ok=True, mode=0o700)
        (self.folder / RECEIVED).touch(mode=0o600)
        self.start("inbox", "sandbox.inbox.serve", str(self.folder / RECEIVED), supervisor, reach)
