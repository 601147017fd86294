"""Git over SSH: user `git`, public keys from the API, Git's two commands and nothing else."""

from __future__ import annotations

import asyncio
import logging

import asyncssh

from sandbox.gitlab import git_service
from sandbox.gitlab.access import NOBODY, NOT_FOUND, Actor
from sandbox.gitlab.app import App
from sandbox.gitlab.certificates import HostKeys
from sandbox.gitlab.git_pipe import CHUNK, GitPipe
from sandbox.gitlab.ssh_command import Disallowed, SshCommand
from sandbox.processes.listening import Listeners

LOGIN_S = 30
"""Seconds until a client must have logged in."""
IDLE_S = 60.0
"""Seconds between a keepalive and its answer, after which a silent client is dropped."""
# Ciphers that OpenSSL does in one pass; every OpenSSH since 6.2 and Go's library have them.
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr")
_BANNER = "=" * 72


class _Login(asyncssh.SSHServer):
    """One connection: who may log in."""

    def __init__(self, app: App, connections: set[asyncssh.SSHServerConnection]) -> None:
        self._app = app
        self._connections = connections
        self._connection: asyncssh.SSHServerConnection | None = None
        self._offered = ""
        self._done = False

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._connections.add(conn)

    def public_key_auth_supported(self) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return False

    def kbdint_auth_supported(self) -> bool:
        return False

    def begin_auth(self, username: str) -> bool:
        return True

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._offered = key.get_fingerprint()
        if username != "git" or self._app.access.by_fingerprint(self._offered) is None:
            return False
        assert self._connection is not None
        self._connection.set_extra_info(fingerprint=self._offered)
        return True

    def auth_completed(self) -> None:
        self._done = True

    def connection_lost(self, exc: Exception | None) -> None:
        assert self._connection is not None
        self._connections.discard(self._connection)
        if not self._done and self._offered:
            self._app.journal.write(
                actor="nobody",
                via=f"unknown key {self._offered}",
                operation="SSH login",
                result="refused",
                address=_address(self._connection),
            )


class GitSsh:
    """The SSH listeners of a server, one for each address."""

    def __init__(self, app: App, keys: HostKeys) -> None:
        self._app = app
        self._keys = keys
        self._acceptors: list[asyncssh.SSHAcceptor] = []
        self._connections: set[asyncssh.SSHServerConnection] = set()
        logging.getLogger("asyncssh").setLevel(logging.CRITICAL)

    async def listen(self, listeners: Listeners, port: int) -> int:
        """Listen on one port of each address; the port."""
        for socket in listeners(port):
            acceptor = await asyncssh.listen(
                sock=socket,
                server_factory=self._login,
                server_host_keys=self._keys.ensure(),
                process_factory=self._serve,
                encoding=None,
                server_version="GitLab-SSHD",
                encryption_algs=CIPHERS,
                compression_algs=None,
                login_timeout=LOGIN_S,
                keepalive_interval=IDLE_S,
                allow_pty=False,
                line_editor=False,
                agent_forwarding=False,
                x11_forwarding=False,
                gss_host=None,
                backlog=512,
            )
            self._acceptors.append(acceptor)
            port = socket.getsockname()[1]
        return port

    async def close(self) -> None:
        """Stop listening and drop every connection: clients are refused from now on."""
        for acceptor in self._acceptors:
            acceptor.close()
        for connection in tuple(self._connections):
            connection.abort()
        for acceptor in self._acceptors:
            await acceptor.wait_closed()
        self._acceptors.clear()

    def rotate(self) -> None:
        """New host keys for every connection from now on."""
        self._use(self._keys.rotate())

    def keep_keys(self, snapshot: int) -> None:
        """Keep the host keys under the number of a snapshot."""
        self._keys.keep(snapshot)

    def bring_back_keys(self, snapshot: int) -> None:
        """Use the host keys of a snapshot from now on."""
        self._use(self._keys.bring_back(snapshot))

    def _use(self, files: list[str]) -> None:
        for acceptor in self._acceptors:
            acceptor.update(server_host_keys=files)

    def _login(self) -> asyncssh.SSHServer:
        return _Login(self._app, self._connections)

    async def _serve(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        try:
            process.exit(await self._run(process, _peer(process)))
        except (asyncssh.Error, asyncssh.BreakReceived, asyncssh.SignalReceived, OSError):
            process.close()  # the client went away or broke off

    async def _run(self, process: asyncssh.SSHServerProcess[bytes], peer: git_service.Peer) -> int:
        await self._app.faults.wait()
        fingerprint = process.get_extra_info("fingerprint")
        # The key may have been deleted since the login.
        actor = self._app.access.by_fingerprint(fingerprint) or NOBODY
        if process.command is None and process.subsystem is None and actor != NOBODY:
            name = f"@{actor.user['username']}" if actor.user else "Anonymous"
            process.stdout.write(f"Welcome to GitLab, {name}!\n".encode())
            return 0
        try:
            command = SshCommand.parse(process.command or "")
        except Disallowed:
            return self._refuse(process, actor, "", "SSH command", "Disallowed command", peer)
        operation = "SSH push" if command.push else "SSH fetch"
        project = self._app.access.project(command.full_path) if command.full_path else None
        refusal = NOT_FOUND
        if actor != NOBODY:
            refusal = self._app.access.refusal(actor, project, push=command.push) or ""
        if refusal or project is None:
            return self._refuse(
                process, actor, command.full_path, operation, refusal or NOT_FOUND, peer
            )
        repositories = self._app.repositories
        cut = None if command.push else self._app.faults.cut_after
        async with git_service.session(
            self._app,
            actor,
            project,
            push=command.push,
            transport="SSH",
            peer=peer,
            protocol=process.env.get("GIT_PROTOCOL"),
        ) as session:
            program = [repositories.git, command.service.removeprefix("git-")]
            started = await repositories.start(
                [*program, repositories.path(project)], session.environment
            )
            async with GitPipe(started) as git:
                git.feed(lambda: process.stdin.read(CHUNK))
                sent = 0
                while piece := await git.output():
                    if cut is not None and sent + len(piece) > cut:
                        process.stdout.write(piece[: cut - sent])
                        session.result = f"cut after {cut} bytes on request"
                        await process.stdout.drain()
                        process.get_extra_info("connection").abort()
                        raise ConnectionResetError("cut on request")
                    process.stdout.write(piece)
                    sent += len(piece)
                    async with asyncio.timeout(IDLE_S):
                        await process.stdout.drain()
                code = await git.end()
                if code:
                    words = await git.stderr()
                    session.result = f"failed: {words}"[:500]
                    process.stderr.write(words.encode() + b"\n")
                return code

    def _refuse(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        actor: Actor,
        full_path: str,
        operation: str,
        reason: str,
        peer: git_service.Peer,
    ) -> int:
        git_service.refused(self._app, actor, full_path, operation, reason, peer)
        lines = ["", _BANNER, "", f"ERROR: {reason}", "", _BANNER, ""]
        process.stderr.write("".join(f"remote: {line}\n" for line in lines).encode())
        return 1


def _address(source: asyncssh.SSHServerConnection | asyncssh.SSHServerProcess[bytes]) -> str:
    peer = source.get_extra_info("peername")
    return str(peer[0]) if peer else ""


def _peer(process: asyncssh.SSHServerProcess[bytes]) -> git_service.Peer:
    client = str(process.get_extra_info("client_version") or "").removeprefix("SSH-2.0-")
    return git_service.Peer.of(_address(process), client)
