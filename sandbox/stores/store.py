"""The stores of a sandbox: real servers, empty when a scenario begins."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from pathlib import Path

import httpx

from sandbox import user_settings
from sandbox.processes.peer_server import PeerService
from sandbox.processes.ports import free_ports
from sandbox.processes.reach import Reach
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.stores.relay import LOOPBACK
from sandbox.waiting import wait_until

_LIMIT_S = 30


class Store(PeerService, ABC):
    """A server of somebody else's that keeps what it is given in memory, and how peers reach it."""

    part: str
    """What it is called among the parts of a sandbox."""

    @property
    def host(self) -> str:
        """Its address as clients name it: host and port, no scheme."""
        return self.url.partition("://")[2]

    def serve(self, supervisor: SupervisorClient, reach: Reach, programs: Path) -> None:
        """Start it, and take its peers on the same free port of each address."""
        self.folder.mkdir(exist_ok=True, mode=0o700)
        [port] = free_ports(1, LOOPBACK)
        line = [str(word) for word in self.line(programs, port)]
        self._noted.write_text(json.dumps(line))
        self.start(self.part, "sandbox.stores.relay", str(port), supervisor, reach)
        self._begin(supervisor)

    def empty(self, supervisor: SupervisorClient) -> None:
        """Forget all that it was given: it keeps nothing but in memory."""
        supervisor.stop(self._server)
        self._begin(supervisor)

    @abstractmethod
    def line(self, programs: Path, port: int) -> list[str | Path]:
        """The command that serves on this port of loopback."""

    @property
    def _noted(self) -> Path:
        return self.folder / "server.json"

    @property
    def _server(self) -> str:
        return f"{self.part}-server"

    def _begin(self, supervisor: SupervisorClient) -> None:
        line = json.loads(self._noted.read_text())
        log = self.folder / "server.log"
        env = user_settings.without(os.environ)
        supervisor.start(self._server, line, env=env, log=log)
        wait_until(
            f"the first answer of the {self.part}",
            lambda: _answer(self.url),
            _LIMIT_S,
            every=0.05,
            alive=supervisor.check,
        )


def _answer(url: str) -> tuple[bool | None, str]:
    try:
        httpx.get(f"{url}/v2/", timeout=5, trust_env=False)
    except httpx.TransportError as error:
        return None, str(error)
    return True, "it answers"


class Registry(Store):
    """An OCI registry: go-containerregistry's own."""

    part = "registry"

    def line(self, programs: Path, port: int) -> list[str | Path]:
        """It listens on loopback by itself."""
        return [programs / "registry", "--port", str(port)]


class Buckets(Store):
    """A server that speaks S3: a bucket is made when something is first put into it."""

    part = "buckets"

    def line(self, programs: Path, port: int) -> list[str | Path]:
        """It asks nobody who he is."""
        listens = ["-host", f"{LOOPBACK}:{port}"]
        return [programs / "gofakes3", *listens, "-backend", "memory", "-autobucket"]


def stores_in(folder: Path) -> list[Store]:
    """All of them, each in its own folder of a sandbox's."""
    known: tuple[type[Store], ...] = (Registry, Buckets)
    return [each(folder / each.part) for each in known]
