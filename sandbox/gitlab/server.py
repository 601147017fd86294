"""One server: its parts in the order in which they come up and go down."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.gitlab.access import InvalidToken
from sandbox.gitlab.api.users import add_user
from sandbox.gitlab.app import App
from sandbox.gitlab.certificates import Certificates, HostKeys
from sandbox.gitlab.control import Control
from sandbox.gitlab.datadir import DataDir, write_private
from sandbox.gitlab.endpoints import Endpoints
from sandbox.gitlab.https import Https
from sandbox.gitlab.journal import Journal
from sandbox.gitlab.protocols import Protocols
from sandbox.gitlab.repositories import Repositories
from sandbox.gitlab.store import Row, Store
from sandbox.processes.listening import EVERYBODY, Peers

if TYPE_CHECKING:
    from sandbox.gitlab.git_ssh import GitSsh


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where to listen."""

    addresses: tuple[str, ...]
    """Bound one by one."""
    host: str = ""
    """The host in URLs; empty: the first address."""
    names: tuple[str, ...] = ()
    """Further host names for the certificate."""
    peers: Peers = EVERYBODY
    """Who is answered."""
    https_port: int = 0
    ssh_port: int = 0


class Server:
    """Everything that runs in the process."""

    def __init__(self, data: DataDir, settings: Settings) -> None:
        self._data = data
        self._settings = settings
        self._stack = contextlib.AsyncExitStack()

    async def start(self) -> dict[str, Any]:
        """Bring everything up; what `ready.json` says. Raises SandboxError."""
        data = self._data
        data.make()
        lock = data.claim()
        self._stack.callback(os.close, lock)
        data.ready.unlink(missing_ok=True)
        certificates = Certificates(data.certificates)
        addresses, names = self._settings.addresses, self._settings.names
        host = self._settings.host or addresses[0]
        certificates.ensure(
            list(dict.fromkeys((host, *addresses, "127.0.0.1", "localhost", *names)))
        )
        store = Store(data.database)
        self._stack.callback(store.close)
        repositories = Repositories(data, store, lock)
        await repositories.prepare()
        journal = Journal(data.journal)
        self._stack.callback(journal.close)
        self.app = App(
            data=data,
            store=store,
            repositories=repositories,
            journal=journal,
            endpoints=Endpoints(host),
        )
        self._stack.push_async_callback(self.app.push_hooks.close)
        self.root, token = self._administrator()
        protocols = Protocols(self.app, addresses, self._settings.peers)
        https = Https(self.app, certificates.context())
        self._stack.push_async_callback(https.close)
        known = json.loads(data.ports.read_text()) if data.ports.exists() else {}
        self.app.endpoints.https_port = await protocols.open(
            "https", https, self._settings.https_port, known.get("https", 0)
        )
        # Loading the SSH library takes as long as all the rest; HTTPS answers meanwhile.
        git_ssh = await asyncio.to_thread(importlib.import_module, "sandbox.gitlab.git_ssh")
        ssh: GitSsh = git_ssh.GitSsh(self.app, HostKeys(data.host_keys))
        self._stack.push_async_callback(ssh.close)
        self.app.endpoints.ssh_port = await protocols.open(
            "ssh", ssh, self._settings.ssh_port, known.get("ssh", 0)
        )
        write_private(data.ports, json.dumps(protocols.ports).encode())
        control = Control(self.app, protocols, ssh)
        await control.listen(data)
        self._stack.push_async_callback(control.close)
        ready = {
            "url": self.app.endpoints.url,
            "ca_file": str(certificates.ca),
            "ssh_host": host,
            "ssh_port": self.app.endpoints.ssh_port,
            "token": token,
        }
        write_private(data.ready, json.dumps(ready).encode() + b"\n")
        self._stack.callback(data.ready.unlink, missing_ok=True)
        return ready

    async def stop(self) -> None:
        """Bring everything down, the last part first."""
        await self._stack.aclose()

    def _administrator(self) -> tuple[Row, str]:
        """User `root` and its token; both are made once and found again later."""
        store, file = self.app.store, self._data.administrator_token
        root = store.one("SELECT * FROM users WHERE id = 1")
        if root is None:
            with store.transaction():
                add_user(store, "root", "Administrator", "admin@example.com", True)
            root = store.one("SELECT * FROM users WHERE id = 1")
            assert root is not None
        if file.exists():
            token = file.read_text().strip()
            try:
                self.app.access.by_token(token)
            except InvalidToken:
                self.app.journal.write(
                    actor="gitlab", via="", operation="administrator token", result="made anew"
                )
            else:
                return root, token
        _, token = self.app.tokens.create(1, "administrator", ["api", "read_user"], None)
        write_private(file, token.encode() + b"\n")
        return root, token
