"""A real engine for tests: what it has, a way to it that can be cut, a sandbox in a process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from sandbox.layout import Layout
from sandbox.providers.kind import Kind
from sandbox.providers.kind.connection import endpoint
from sandbox.record import folder_of
from sandbox.toolchain import ensure
from sandbox.waiting import wait_until

ROOT = Path(__file__).parents[2]
CLUSTER = Layout().first
LIMIT_S = 300


class Trial:
    """One sandbox of the kind provider, brought up by a process that trouble meets."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kind = Kind(name, folder_of(name), ensure(("embedded", "kind")))
        self.engine = self.kind.engine
        self._processes: list[subprocess.Popen[str]] = []

    def up(self, *words: str, **env: str) -> subprocess.Popen[str]:
        """Begin to bring it up."""
        return self._start("up", "--provider", "kind", *words, **env)

    def down(self, **env: str) -> subprocess.CompletedProcess[str]:
        """Take it down, to the end."""
        process = self._start("down", **env)
        out, err = process.communicate(timeout=LIMIT_S)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def clean(self) -> None:
        """Leave nothing of it, whatever a test left."""
        for process in self._processes:
            process.kill()
            process.communicate(timeout=LIMIT_S)
        self.down()
        self.kind.delete()

    def _start(self, verb: str, *words: str, **env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "sandbox", verb, "--name", self.name, *words],
            cwd=ROOT,
            env={**os.environ, "IMAGES": "local", **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._processes.append(process)
        return process

    def parts(self) -> list[str]:
        """What the engine has of it, and its folder."""
        folder = [str(self.kind.folder)] if self.kind.folder.exists() else []
        return [*self.kind.parts(), *folder]

    def wait_for_node(self) -> str:
        """Wait until the container of its node runs; the container's name."""

        def probe() -> tuple[str | None, str]:
            nodes = self.engine.nodes(self.kind.labels)
            running = [str(each.name) for each in nodes if each.status == "running"]
            return (running[0] if running else None), f"{len(nodes)} containers, none runs"

        return wait_until("the container of the node", probe, LIMIT_S)


class Way:
    """A socket that leads to the engine until it is cut: for who uses it the engine has stopped."""

    def __init__(self, folder: Path) -> None:
        self._address, self._ends = folder / "engine.sock", list[socket.socket]()
        self._cut = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._address))
        self._listener.listen(64)
        self._server = threading.Thread(target=self._serve, daemon=True)
        self._server.start()
        self.url = f"unix://{self._address}"

    def cut(self) -> None:
        """Whoever is connected is cut off, nobody connects any more; harmless a second time."""
        if self._cut.is_set():
            return
        self._cut.set()
        with socket.socket(socket.AF_UNIX) as last:  # the one that ends `_serve`
            last.connect(str(self._address))
        self._server.join(LIMIT_S)
        self._listener.close()
        for each in self._ends:
            with suppress(OSError):  # the other side has ended it
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _serve(self) -> None:
        while True:
            client, _ = self._listener.accept()
            if self._cut.is_set():
                client.close()
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(endpoint().removeprefix("unix://"))
            self._ends += [client, engine]
            for ends in ((client, engine), (engine, client)):
                threading.Thread(target=_pump, args=ends, daemon=True).start()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):  # one of the ends is cut
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
