"""What was sent to the inbox of a sandbox, and where it can be sent."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox import user_settings
from sandbox.ports import free_ports
from sandbox.providers import Reach
from sandbox.supervisor_client import SupervisorClient

RECEIVED = "received.jsonl"
_SOURCE = Path(__file__).parents[2]
"""Where `sandbox` can be imported from."""


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


@dataclass(frozen=True)
class Inbox:
    """The folder that keeps what was sent, and the address that takes it."""

    folder: Path

    @property
    def url(self) -> str:
        """Base of every URL that messages can be sent to, without a slash at its end."""
        return str(json.loads((self.folder / "address.json").read_text())["url"])

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
        [port] = free_ports(1, reach.listen[0])
        url = f"http://{reach.host}:{port}"
        (self.folder / "address.json").write_text(json.dumps({"url": url}))
        server = [sys.executable, "-m", "sandbox.inbox.serve"]
        server += [str(self.folder / RECEIVED), str(port)]
        for address in reach.listen:
            supervisor.start(
                f"inbox/{address}",
                [*server, address, *reach.peers],
                env=user_settings.without(os.environ),
                cwd=_SOURCE,
                log=self.folder / f"http-{address}.log",
            )
