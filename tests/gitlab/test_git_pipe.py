"""A git program that ends before it has read its input is no accident."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from pathlib import Path
from typing import Any

import pytest

from sandbox.gitlab.git_pipe import GitPipe
from sandbox.gitlab.repositories import GitFailed, Repositories

pytestmark = pytest.mark.integration

MUCH = b"x" * 4_000_000


@pytest.fixture
def accidents() -> list[dict[str, Any]]:
    return []


async def settled(accidents: list[dict[str, Any]]) -> None:
    """What nobody took of the futures that are gone is told now."""
    asyncio.get_running_loop().set_exception_handler(lambda _loop, told: accidents.append(told))
    for _ in range(5):
        await asyncio.sleep(0)
    gc.collect()
    await asyncio.sleep(0)


async def process(*words: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(*words, stdin=pipe, stdout=pipe, stderr=pipe)


@pytest.mark.asyncio
async def test_a_program_that_reads_nothing(accidents: list[dict[str, Any]]) -> None:
    given = [MUCH, MUCH]

    async def read() -> bytes:
        return given.pop() if given else b""

    async with GitPipe(await process("true")) as git:
        git.feed(read)
        assert await git.output() == b""
        assert await git.end() == 0
    del git
    await settled(accidents)
    assert accidents == []


@pytest.mark.asyncio
async def test_a_command_that_reads_nothing(
    accidents: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def start(*_: object) -> asyncio.subprocess.Process:
        return await process("false")

    repositories = Repositories.__new__(Repositories)
    repositories.git = "git"
    monkeypatch.setattr(repositories, "start", start)
    monkeypatch.setattr(repositories, "path", lambda project: tmp_path)
    monkeypatch.setattr(repositories, "environment", dict)
    with contextlib.suppress(GitFailed):  # pytest.raises would keep what it was raised in
        await repositories.run(1, "hash-object", "--stdin", stdin=MUCH)
    await settled(accidents)
    assert accidents == []
