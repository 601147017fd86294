"""Bytes as they are, sent to the server over TLS, and what comes back."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator

from gitlab_live import World

PKT_FLUSH = b"0000"


def basic(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"git:{token}".encode()).decode()}


@contextlib.asynccontextmanager
async def connection(
    world: World,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    host, _, port = world.gitlab.url.removeprefix("https://").partition(":")
    context = ssl.create_default_context(cafile=str(world.gitlab.ca_file))
    reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


def raw(world: World, data: bytes, limit: float = 30) -> bytes:
    """Send bytes as they are; all that comes back until the server ends or says no more."""

    async def talk() -> bytes:
        async with asyncio.timeout(limit):
            async with connection(world) as (reader, writer):
                writer.write(data)
                with contextlib.suppress(ConnectionError):
                    await writer.drain()
                try:
                    return await reader.read(65536)
                except ConnectionError:
                    return b""

    return asyncio.run(talk())


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])
