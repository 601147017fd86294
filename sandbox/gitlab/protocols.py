"""The protocols that the server speaks, each at its port: open, refused for a while, open again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Protocol

from sandbox.errors import SandboxError
from sandbox.gitlab.app import App
from sandbox.processes.listening import Listeners, Peers, PeerSocket
from sandbox.processes.ports import free_ports


class Speaker(Protocol):
    """A part of the server that speaks one protocol."""

    async def listen(self, listeners: Listeners, port: int) -> int:
        """Listen on one port of each address; the port."""

    async def close(self) -> None:
        """Stop listening and drop every connection."""


class Protocols:
    """Who speaks each protocol, and at which port."""

    def __init__(self, app: App, addresses: Sequence[str], peers: Peers) -> None:
        self._app = app
        self._addresses = addresses
        self._peers = peers
        self._speakers: dict[str, Speaker] = {}
        self.ports: dict[str, int] = {}

    async def open(self, protocol: str, speaker: Speaker, asked: int, last: int) -> int:
        """Bind the port asked for; else the one used last if it is free, else any; the port.

        Raises SandboxError where the port is taken.
        """
        self._speakers[protocol] = speaker
        if not asked and last:
            with contextlib.suppress(SandboxError):
                return await self._bind(protocol, last)
        return await self._bind(protocol, asked)

    async def refuse(self, protocol: str) -> None:
        """Close a protocol's port, so that connections are refused."""
        if protocol not in self._app.faults.refused:
            self._app.faults.refused.add(protocol)
            await self._speakers[protocol].close()

    async def clear(self) -> None:
        """No faults any more; closed ports are open again when this returns."""
        self._app.faults.clear()
        for protocol in sorted(self._app.faults.refused):
            await self._bind(protocol, self.ports[protocol])
            self._app.faults.refused.discard(protocol)

    async def _bind(self, protocol: str, port: int) -> int:
        speaker = self._speakers[protocol]
        try:
            # The kernel's pick for one address may be taken at the next.
            free = port or free_ports(1, *self._addresses)[0]
            self.ports[protocol] = await speaker.listen(self._sockets(protocol), free)
        except OSError as error:
            await speaker.close()
            raise SandboxError(
                f"can't listen on port {port} of {', '.join(self._addresses)} for "
                f"{protocol}: {error.strerror or error}",
                phase="gitlab",
                cure="give a free port, or 0",
            ) from None
        return self.ports[protocol]

    def _sockets(self, protocol: str) -> Listeners:
        """Makes the listening sockets of a protocol, each for the port that the first one got."""

        def refused(address: str) -> None:
            self._app.journal.write(
                actor="nobody",
                via="",
                operation=f"{protocol} connection",
                result="refused: no peer",
                address=address,
            )

        def open_at(port: int) -> Iterator[PeerSocket]:
            for address in self._addresses:
                made = PeerSocket(address, port, self._peers, refused)
                port = made.getsockname()[1]
                yield made

        return open_at
