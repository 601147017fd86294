"""Git over HTTPS through git's own http-backend."""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Mapping

from aiohttp import web

from sandbox.gitlab import git_service
from sandbox.gitlab.access import NOBODY, NOT_FOUND, Actor, InvalidToken
from sandbox.gitlab.app import App
from sandbox.gitlab.connections import drop
from sandbox.gitlab.git_pipe import GitPipe
from sandbox.gitlab.repositories import Repositories
from sandbox.gitlab.ssh_command import SERVICES, project_path
from sandbox.gitlab.store import Row

IDLE_S = 60.0
"""Seconds without a byte from the client after which it is dropped."""
_TYPE = "text/plain; charset=utf-8"


class GitHttps:
    """Answers the requests of Git's smart HTTP protocol."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def answer(
        self, request: web.BaseRequest, segments: list[str]
    ) -> web.StreamResponse | None:
        """Answer if the path is Git's, else None."""
        found = self._service(request, segments)
        if found is None:
            return None
        repository, action, service = found
        peer = _peer(request)
        operation = f"HTTPS {'push' if service == 'git-receive-pack' else 'fetch'}"
        actor = NOBODY
        try:
            actor = self._recognise(request)
        except InvalidToken as bad:
            reason = bad.description or "401 wrong token"
            git_service.refused(self._app, actor, repository, operation, reason, peer)
            return self._unauthorized()
        full_path = project_path(repository)
        project = self._app.access.project(full_path) if full_path else None
        if service not in SERVICES:
            return _text(403, "Git over HTTP needs the smart protocol.")
        push = service == "git-receive-pack"
        refusal = self._app.access.refusal(actor, project, push=push)
        if refusal is not None or project is None:
            if actor == NOBODY:
                git_service.refused(self._app, actor, repository, operation, "401", peer)
                return self._unauthorized()
            refusal = refusal or NOT_FOUND
            git_service.refused(self._app, actor, repository, operation, refusal, peer)
            return _text(404 if refusal == NOT_FOUND else 403, refusal)
        if action == "info/refs" and not segments[-3].endswith(".git"):
            target = f"{request.raw_path.partition('/info/refs')[0]}.git/info/refs"
            return web.Response(status=301, headers={"Location": f"{target}?service={service}"})
        if push and action == "info/refs":
            await self._overtake(project)
        return await self._serve(request, actor, project, action, service)

    async def _overtake(self, project: Row) -> None:
        """Where a commit is to get ahead of this push, move the default branch to it."""
        branch, default = self._app.faults.overtaking, project["default_branch"]
        if branch and self._app.repositories.has_branch(project["id"], branch):
            self._app.faults.overtaking = ""
            moves = f"update refs/heads/{default} refs/heads/{branch}\ndelete refs/heads/{branch}\n"
            await self._app.repositories.run(project, "update-ref", "--stdin", stdin=moves.encode())

    def _service(
        self, request: web.BaseRequest, segments: list[str]
    ) -> tuple[str, str, str] | None:
        if any("/" in part or part in ("", ".", "..") for part in segments):
            return None
        if request.method in ("GET", "HEAD") and segments[-2:] == ["info", "refs"]:
            service = request.query.get("service", "")
            return "/".join(segments[:-2]), "info/refs", service
        if request.method == "POST" and segments[-1] in SERVICES:
            return "/".join(segments[:-1]), segments[-1], segments[-1]
        return None

    def _recognise(self, request: web.BaseRequest) -> Actor:
        given = request.headers.get("Authorization")
        if given is None:
            return NOBODY
        kind, _, encoded = given.partition(" ")
        if kind.lower() != "basic":
            raise InvalidToken
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            raise InvalidToken from None
        return self._app.access.by_password(user, password)

    def _unauthorized(self) -> web.Response:
        help_url = f"{self._app.endpoints.url}/help/topics/git/troubleshooting_git.md"
        response = _text(
            401,
            "HTTP Basic: Access denied. If a password was provided for Git authentication, the "
            "password was incorrect or you're required to use a token instead of a password. If a "
            "token was provided, it was either incorrect, expired, or improperly scoped. See "
            f"{help_url}#error-on-git-fetch-http-basic-access-denied",
        )
        response.headers["WWW-Authenticate"] = 'Basic realm="GitLab"'
        return response

    async def _serve(
        self, request: web.BaseRequest, actor: Actor, project: Row, action: str, service: str
    ) -> web.StreamResponse:
        repositories = self._app.repositories
        answered: web.StreamResponse | None = None
        async with git_service.session(
            self._app,
            actor,
            project,
            push=service == "git-receive-pack",
            transport="HTTPS" if action != "info/refs" else "HTTPS refs for",
            peer=_peer(request),
            protocol=request.headers.get("Git-Protocol"),
        ) as session:
            environment = {**session.environment, **_cgi(request, repositories, project, action)}
            if action == "info/refs":
                environment["QUERY_STRING"] = f"service={service}"
            backend = [repositories.exec_path / "git-http-backend"]
            try:
                async with GitPipe(await repositories.start(backend, environment)) as git:
                    git.feed(lambda: _chunk(request))
                    status, headers, first = await _head(git)
                    if status >= 500:
                        # http-backend says 500 when it can't read what the client sent.
                        session.result = f"400 {await git.stderr()}"[:500]
                        return _text(400, "Bad Request")
                    answered = web.StreamResponse(status=status, headers=headers)
                    await answered.prepare(request)
                    await self._pass_on(request, answered, git, first, session)
                    if await git.end():
                        session.result = f"failed: {await git.stderr()}"[:500]
            except (ConnectionError, TimeoutError):
                if session.result == "ok":
                    session.result = "the client went away"
                drop(request.transport)
        # The server ends the answer when this returns: the client sees the end of a push only
        # after the log has it.
        return answered or _text(400, "Bad Request")

    async def _pass_on(
        self,
        request: web.BaseRequest,
        response: web.StreamResponse,
        git: GitPipe,
        piece: bytes,
        session: git_service.Session,
    ) -> None:
        cut = self._app.faults.cut_after if request.raw_path.endswith("upload-pack") else None
        sent = 0
        piece = piece or await git.output()
        while piece:
            async with asyncio.timeout(IDLE_S):
                if cut is not None and request.method == "POST" and sent + len(piece) > cut:
                    await response.write(piece[: cut - sent])
                    session.result = f"cut after {cut} bytes on request"
                    raise ConnectionResetError(session.result)
                await response.write(piece)
            sent += len(piece)
            piece = await git.output()


async def _chunk(request: web.BaseRequest) -> bytes:
    async with asyncio.timeout(IDLE_S):
        return await request.content.readany()


def _peer(request: web.BaseRequest) -> git_service.Peer:
    return git_service.Peer.of(request.remote or "", request.headers.get("User-Agent"))


def _cgi(
    request: web.BaseRequest, repositories: Repositories, project: Row, action: str
) -> dict[str, str]:
    path = repositories.path(project)
    environment = {
        "GIT_PROJECT_ROOT": str(path.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{path.name}/{action}",
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("Content-Type", "")[:200],
        "REMOTE_ADDR": request.remote or "",
        "REMOTE_USER": "git",
    }
    if request.content_length is not None:
        environment["CONTENT_LENGTH"] = str(request.content_length)
    if request.headers.get("Content-Encoding") in ("gzip", "x-gzip"):
        environment["HTTP_CONTENT_ENCODING"] = "gzip"
    return environment


async def _head(git: GitPipe) -> tuple[int, Mapping[str, str], bytes]:
    """The status and headers of a CGI answer, and what was read beyond them."""
    head = b""
    while b"\r\n\r\n" not in head:
        piece = await git.output()
        if not piece:
            return 500, {}, b""
        head += piece
    lines, _, rest = head.partition(b"\r\n\r\n")
    headers = dict(
        line.decode("latin-1").split(": ", 1) for line in lines.split(b"\r\n") if b": " in line
    )
    status = int(headers.pop("Status", "200").split(" ")[0])
    return status, headers, rest


def _text(status: int, text: str) -> web.Response:
    return web.Response(status=status, text=text, headers={"Content-Type": _TYPE})
