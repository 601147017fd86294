"""What Flux's Services do in a cluster: one address for a controller, whichever pod works.

A controller's address is written into objects (the URL of an artifact) and into the arguments of
others; its pods come and go, and for a moment there are two.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from sandbox.providers.embedded.control_plane import HOST

_CHUNK = 64 * 1024


class ServiceProxy:
    """Passes connections on from a fixed port to the port of the pod that works."""

    def __init__(self, port: int, target: Callable[[], int | None]) -> None:
        """`target` names the port behind it; None where no pod works: nobody is answered then."""
        self.port = port
        self._target = target

    async def start(self) -> asyncio.Server:
        """Listen."""
        return await asyncio.start_server(self._pass_on, HOST, self.port)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target = self._target()
            if target is None:
                return
            # Whoever hangs up ends the connection: the other side sees that it has ended.
            with contextlib.suppress(OSError):
                theirs, ours = await asyncio.open_connection(HOST, target)
                try:
                    await asyncio.gather(_copy(reader, ours), _copy(theirs, writer))
                finally:
                    await _close(ours)
        finally:
            await _close(writer)


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):  # the other side has gone first
        await writer.wait_closed()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while part := await source.read(_CHUNK):
        target.write(part)
        await target.drain()
    if target.can_write_eof():
        target.write_eof()
