"""The owner's way in: a Unix socket in the data folder.

Only the user who runs the server can open it: the folder is 0700, the socket 0600, and the kernel
tells who connects. No secret can leak that would open it, nothing in a cluster or on a network
reaches it, and it works while the ports refuse connections. One JSON line in, one JSON line out.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sandbox.gitlab.access import Actor
from sandbox.gitlab.api.dispatch import Asked, dispatch
from sandbox.gitlab.app import App
from sandbox.gitlab.datadir import DataDir
from sandbox.gitlab.journal import read
from sandbox.gitlab.protocols import Protocols
from sandbox.gitlab.repositories import GitFailed
from sandbox.gitlab.store import Row

if TYPE_CHECKING:
    from sandbox.gitlab.git_ssh import GitSsh

LINE_LIMIT = 16 * 1024 * 1024
"""Bytes of one request."""


class ControlError(Exception):
    """A request that can't be done; the text says why."""


class Control:
    """Answers the owner's requests."""

    def __init__(self, app: App, protocols: Protocols, ssh: GitSsh) -> None:
        self._app = app
        self._protocols = protocols
        self._ssh = ssh
        self._listener: asyncio.AbstractServer | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def listen(self, data: DataDir) -> None:
        """Listen in the data folder."""
        data.control.unlink(missing_ok=True)
        # A path of a socket holds 108 bytes at most; the way through the descriptor of the folder
        # is always short. https://man7.org/linux/man-pages/man7/unix.7.html
        folder = os.open(data.root, os.O_PATH)
        try:
            self._listener = await asyncio.start_unix_server(
                self._answer, path=f"/proc/self/fd/{folder}/{data.control.name}", limit=LINE_LIMIT
            )
        finally:
            os.close(folder)
        data.control.chmod(0o600)

    async def close(self) -> None:
        """Stop listening."""
        assert self._listener is not None
        self._listener.close()
        for writer in tuple(self._open):
            writer.close()
        self._app.data.control.unlink(missing_ok=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if _peer(writer.get_extra_info("socket")) not in (0, os.geteuid()):
                return
            while line := await reader.readline():
                try:
                    reply = {"result": await self._run(json.loads(line))}
                except (ControlError, ValueError, KeyError, TypeError) as error:
                    reply = {"error": f"{type(error).__name__}: {error}"}
                writer.write(json.dumps(reply).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            return  # the asking process went away
        finally:
            self._open.discard(writer)
            writer.close()

    async def _run(self, request: dict[str, Any]) -> Any:
        verbs: dict[str, Callable[..., Awaitable[Any]]] = {
            "api": self._api,
            "fault": self._fault,
            "refs": self._refs,
            "put_refs": self._put_refs,
            "expire_token": self._expire_token,
            "token_id": self._token_id,
            "snapshot": self._snapshot,
            "restore": self._restore,
            "log": self._log,
        }
        verb = verbs.get(request["verb"])
        if verb is None:
            raise ControlError(f"no such verb: {request['verb']}")
        return await verb(**request.get("arguments", {}))

    async def _api(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Run an operation of the API as user root; faults don't touch it."""
        root = self._app.store.one("SELECT * FROM users WHERE id = 1")
        query = urlencode(body or {}) if method == "GET" else ""
        answer = await dispatch(
            self._app,
            Asked(
                method=method,
                raw_path=path,
                query=query,
                content_type="application/json",
                body=b"" if method == "GET" else json.dumps(body or {}).encode(),
            ),
            owner=Actor(user=root, via="control socket", scopes=frozenset({"api"})),
        )
        raw = None if answer.raw is None else answer.raw.decode("utf-8", "replace")
        return {
            "status": answer.status,
            "body": answer.body if raw is None else raw,
            "headers": answer.headers,
        }

    async def _fault(self, kind: str, value: Any = None) -> Any:
        faults = self._app.faults
        if kind == "answer":
            if not isinstance(value, int) or not 400 <= value <= 599:
                raise ControlError("answer takes a status from 400 to 599")
            faults.answer(value)
        elif kind == "delay":
            faults.delay(float(value))
        elif kind == "cut_pack":
            faults.cut_pack(int(value))
        elif kind == "overtake":
            faults.overtake(str(value))
        elif kind == "refuse_connections":
            if value not in ("https", "ssh"):
                raise ControlError("refuse_connections takes https or ssh")
            await self._protocols.refuse(value)
        elif kind == "rotate_host_key":
            self._ssh.rotate()
        elif kind == "clear":
            await self._protocols.clear()
        else:
            raise ControlError(f"no such fault: {kind}")
        self._app.journal.write(
            actor="owner",
            via="control socket",
            operation=f"fault {kind}" + ("" if value is None else f" {value}"),
            result="on" if kind != "clear" else "off",
        )
        return faults.described()

    async def _refs(self, project: str) -> dict[str, str]:
        return await self._app.repositories.refs(self._project(project))

    async def _put_refs(self, project: str, refs: dict[str, str]) -> None:
        """Make these the refs of a project; no rule and no hook of it is asked."""
        try:
            await self._app.repositories.put_refs(self._project(project), refs)
        except GitFailed as failed:
            raise ControlError(str(failed)) from failed

    def _project(self, path: str) -> Row:
        row = self._app.access.project(path)
        if row is None:
            raise ControlError(f"no such project: {path}")
        return row

    async def _expire_token(self, token_id: int) -> None:
        if not self._app.store.run(
            "UPDATE tokens SET expires_at = date('now', '-1 day') WHERE id = ?", token_id
        ):
            raise ControlError(f"no such token: {token_id}")

    async def _token_id(self, secret: str) -> int:
        row = self._app.tokens.find(secret)
        if row is None:
            raise ControlError("no token has this secret")
        return int(row["id"])

    async def _snapshot(self) -> int:
        number = self._app.store.snapshot()
        self._ssh.keep_keys(number)
        return number

    async def _restore(self, number: int) -> list[str]:
        restored = self._app.store.restore(number)
        if restored is None:
            raise ControlError(f"no such snapshot: {number}")
        for project in restored.came:
            self._app.repositories.remove(project)
        for project, branch in restored.heads.items():
            self._app.repositories.point_head(project, branch)
        self._ssh.bring_back_keys(number)
        return restored.gone

    async def _log(self) -> list[dict[str, Any]]:
        return read(self._app.data.journal)


def _peer(connection: socket.socket) -> int:
    """The user at the other end, told by the kernel."""
    size = struct.calcsize("3i")
    _, user, _ = struct.unpack(
        "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    )
    return int(user)
