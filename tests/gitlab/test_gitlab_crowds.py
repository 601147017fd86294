"""Slow, many and senseless connections: the others are served, the repositories unchanged."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from gitlab_live import Key, World
from gitlab_raw import connection, status_of

pytestmark = pytest.mark.usefixtures("unharmed")


def test_slow_clients_do_not_stop_others(world: World) -> None:
    async def talk() -> None:
        async with contextlib.AsyncExitStack() as stack:
            slow = [await stack.enter_async_context(connection(world)) for _ in range(30)]
            for number, (_, writer) in enumerate(slow):
                writer.write(
                    b"GET /api/v4/us"
                    if number % 2
                    else b"POST /api/v4/groups HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
                )
                await writer.drain()
            status, _, _ = await asyncio.to_thread(
                world.live.request, "GET", "/api/v4/user", token=world.token
            )
            assert status == 200
            # Those that never finish their headers are dropped, those without their body get 408.
            async with asyncio.timeout(90):
                ends = await asyncio.gather(*(reader.read(100) for reader, _ in slow))
            assert [end[9:12] for end in ends] == [b"408", b""] * 15

    asyncio.run(talk())


def test_two_hundred_connections_at_once(world: World) -> None:
    request = (
        f"GET /api/v4/projects/{world.group}%2Fflux-config HTTP/1.1\r\nHost: x\r\n"
        f"PRIVATE-TOKEN: {world.token}\r\nConnection: close\r\n\r\n"
    )

    async def ask() -> bytes:
        async with connection(world) as (reader, writer):
            writer.write(request.encode())
            return await reader.read()

    async def talk() -> list[bytes]:
        async with asyncio.timeout(120):
            return await asyncio.gather(*(ask() for _ in range(200)))

    assert {status_of(answer) for answer in asyncio.run(talk())} == {200}


def test_two_hundred_ssh_connections_at_once(world: World) -> None:
    async def greet() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.gitlab.ssh_port)
        try:
            return await reader.readline()
        finally:
            writer.close()

    async def talk() -> list[bytes]:
        async with asyncio.timeout(120):
            return await asyncio.gather(*(greet() for _ in range(200)))

    assert set(asyncio.run(talk())) == {b"SSH-2.0-GitLab-SSHD\r\n"}


def test_garbage_instead_of_ssh(world: World) -> None:
    async def talk(data: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.gitlab.ssh_port)
        try:
            await reader.readline()
            writer.write(data)
            writer.write_eof()
            async with asyncio.timeout(60):
                with contextlib.suppress(ConnectionError):
                    await reader.read()
        finally:
            writer.close()

    for data in (b"\0" * 100_000, b"SSH-2.0-x\r\n" + b"\xff" * 50_000, b"GET / HTTP/1.1\r\n\r\n"):
        asyncio.run(talk(data))
    key: Key
    key, _ = world.deploy_key()
    world.with_key(key).done("ls-remote", world.live.ssh(world.project))
