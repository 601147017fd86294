"""Bytes between a client and a git program."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from types import TracebackType

CHUNK = 128 * 1024
STDERR_KEPT = 4096
_CLOSED_S = 5


async def closed(stdin: asyncio.StreamWriter) -> None:
    """Take what is told of the end of a program's input: it may end before it has read it all.

    Python up to 3.11.3 writes a traceback where nobody takes it.
    """
    with contextlib.suppress(BrokenPipeError, ConnectionResetError, TimeoutError):
        # A child of the program may hold the pipe: nobody waits for that one.
        await asyncio.wait_for(asyncio.shield(stdin.wait_closed()), _CLOSED_S)


class GitPipe:
    """A running git program; it ends with the block that uses it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.process = process
        self.stdin, self.stdout = process.stdin, process.stdout
        self._errors = process.stderr
        self._feeder: asyncio.Task[None] | None = None
        self._stderr: asyncio.Task[bytes] | None = None

    async def __aenter__(self) -> GitPipe:
        self._stderr = asyncio.create_task(self._drain())
        return self

    def feed(self, read: Callable[[], Awaitable[bytes]]) -> None:
        """Pass on what `read` gives until it gives nothing, while output is read."""
        self._feeder = asyncio.create_task(self._feed(read))

    async def output(self) -> bytes:
        """The next piece of output; empty at its end."""
        return await self.stdout.read(CHUNK)

    async def stderr(self) -> str:
        """The first part of what the program said on its error stream, at its end."""
        assert self._stderr is not None
        return (await self._stderr).decode(errors="replace").strip()

    async def end(self) -> int:
        """Wait for the end; the exit code."""
        return await self.process.wait()

    async def _feed(self, read: Callable[[], Awaitable[bytes]]) -> None:
        # The program may end before it has read everything, and the client may go away or fall
        # silent before it has sent everything: either way the program sees the end of its input,
        # and its exit code tells.
        try:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                while data := await read():
                    self.stdin.write(data)
                    await self.stdin.drain()
        finally:
            self.stdin.close()

    async def _drain(self) -> bytes:
        kept = b""
        while data := await self._errors.read(CHUNK):
            kept = (kept + data)[:STDERR_KEPT]
        return kept

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._feeder is not None:
            self._feeder.cancel()
        self.stdin.close()
        if self.process.returncode is None and kind is not None:
            # The client went away: without input the program would wait for ever.
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()
        await self.process.wait()
        if self._feeder is not None:
            await asyncio.gather(self._feeder, return_exceptions=True)
        await closed(self.stdin)
        if self._stderr is not None:
            await self._stderr
