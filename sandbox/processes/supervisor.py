"""One supervisor for each sandbox: it starts the sandbox's processes and ends with all of them.

A small daemon (`python -m sandbox.processes.supervisor FOLDER`) that answers on a Unix socket in
the sandbox's folder. It restarts nothing: a process that ends by itself is a fact that
`SupervisorClient.check` reports. Children get SIGKILL from the kernel if the supervisor is
killed, and the supervisor ends them all if the owner (the run that made the sandbox) dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.processes.parent import die_with_parent

SOCKET = "supervisor.sock"
TAG = "PROOFBOOK_SANDBOX_FOLDER"
"""Environment variable that marks each process of a sandbox with the sandbox's folder."""

_LINE_LIMIT = 16 * 1024 * 1024


@dataclass
class Child:
    """A process that the supervisor started."""

    name: str
    argv: list[str]
    log: Path
    process: asyncio.subprocess.Process
    stopping: bool = False
    exit_code: int | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        """The child as the protocol tells it."""
        return {
            "name": self.name,
            "pid": self.process.pid,
            "log": str(self.log),
            "running": self.exit_code is None,
            "exit_code": self.exit_code,
            "stopping": self.stopping,
        }


class Supervisor:
    """Starts, lists and ends processes on request."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children: dict[str, Child] = {}
        self.done = asyncio.Event()

    async def start(self, request: dict[str, Any]) -> dict[str, Any]:
        """Start a process."""
        name = request["name"]
        known = self.children.get(name)
        if known and known.exit_code is None:
            return known.described()
        log = Path(request["log"])
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as plain:
            process = await asyncio.create_subprocess_exec(
                *request["argv"],
                env={**request["env"], TAG: str(self.folder)},
                cwd=request.get("cwd"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=plain,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )
        child = Child(name, request["argv"], log, process)
        self.children[name] = child
        child.tasks.append(asyncio.create_task(self._reap(child)))
        return child.described()

    async def _reap(self, child: Child) -> None:
        child.exit_code = await child.process.wait()

    async def stop(self, request: dict[str, Any]) -> dict[str, Any]:
        """End the named processes together: SIGTERM (or SIGKILL at once), then wait."""
        chosen = [self.children[name] for name in request["names"] if name in self.children]
        await asyncio.gather(
            *(self._end(child, kill=bool(request.get("kill"))) for child in chosen)
        )
        for child in chosen:
            # Who asked first may have been interrupted: two wait for the same end, or by now there
            # is another of this name.
            if self.children.get(child.name) is child:
                del self.children[child.name]
        return {}

    async def _end(self, child: Child, *, kill: bool) -> None:
        child.stopping = True
        if child.exit_code is None:
            with contextlib.suppress(ProcessLookupError):  # it ended between the look and the kill
                os.killpg(child.process.pid, signal.SIGKILL if kill else signal.SIGTERM)
            try:
                await asyncio.wait_for(child.process.wait(), timeout=10)
            except TimeoutError:
                os.killpg(child.process.pid, signal.SIGKILL)
        await asyncio.gather(*child.tasks)

    async def list(self, request: dict[str, Any]) -> dict[str, Any]:
        """Every process, running or ended by itself."""
        return {"children": [child.described() for child in self.children.values()]}

    async def shutdown(self, request: dict[str, Any]) -> dict[str, Any]:
        """End everything, the supervisor last."""
        await self.stop({"names": list(self.children), "kill": request.get("kill")})
        self.done.set()
        return {}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection: one JSON line in, one JSON line out, until it closes."""
        verbs: dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "start": self.start,
            "stop": self.stop,
            "list": self.list,
            "shutdown": self.shutdown,
        }
        with contextlib.suppress(ConnectionError):  # the asking process went away
            while line := await reader.readline():
                request = json.loads(line)
                try:
                    reply = await verbs[request["verb"]](request)
                except (OSError, KeyError) as error:
                    reply = {"error": f"{type(error).__name__}: {error}"}
                writer.write(json.dumps(reply).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def serve(self, owner: int | None) -> None:
        """Answer until shutdown, a signal, or the end of the owner process."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self.done.set)
        if owner is not None:
            try:
                loop.add_reader(os.pidfd_open(owner), self.done.set)
            except ProcessLookupError:
                self.done.set()
        server = await asyncio.start_unix_server(
            self.answer, path=self.folder / SOCKET, limit=_LINE_LIMIT
        )
        (self.folder / SOCKET).chmod(0o600)
        print("ready", flush=True)
        await self.done.wait()
        server.close()
        await self.stop({"names": list(self.children), "kill": True})
        (self.folder / SOCKET).unlink(missing_ok=True)


def main(argv: list[str]) -> int:
    """Serve the sandbox in the folder argv[0]; argv[1] is the process id of its owner, or 0."""
    folder, owner = Path(argv[0]), int(argv[1])
    asyncio.run(Supervisor(folder).serve(owner or None))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
