"""The HTTPS listeners: the API and Git behind one port."""

from __future__ import annotations

import asyncio
import json
import logging
import ssl
import uuid

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from sandbox.gitlab.api.dispatch import MAX_BODY, PREFIX, Asked, dispatch
from sandbox.gitlab.api.errors import ApiError
from sandbox.gitlab.api.routing import Answer, split
from sandbox.gitlab.app import App
from sandbox.gitlab.connections import drop
from sandbox.gitlab.git_https import GitHttps
from sandbox.processes.listening import Listeners

HEADER_S = 20.0
"""Seconds until a new connection must have sent its first request's headers."""
BODY_S = 30.0
"""Seconds until an API request's body must be here."""


def _one_line(record: logging.LogRecord) -> bool:
    """A request that is no HTTP is the client's fault: no traceback for it."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, HttpProcessingError):
        record.msg, record.args = "refused what is no HTTP: %s", (type(error).__name__,)
        record.exc_info = None
    return True


_LOG = logging.getLogger("sandbox.gitlab.https")
_LOG.addFilter(_one_line)


class _Server(web.Server):
    """Drops connections that never ask for anything."""

    def __init__(self, https: Https) -> None:
        super().__init__(
            https.handle,
            access_log=None,
            auto_decompress=False,
            logger=_LOG,
            keepalive_timeout=75.0,
            lingering_time=2.0,
            max_field_size=8190,
        )
        self.asked: set[object] = set()

    def connection_made(self, handler: object, transport: asyncio.Transport) -> None:
        """Give the client a limited time for its first request."""
        super().connection_made(handler, transport)  # type: ignore[arg-type]
        asyncio.get_running_loop().call_later(HEADER_S, self._drop, handler, transport)

    def connection_lost(self, handler: object, exc: BaseException | None = None) -> None:
        """Forget the connection."""
        self.asked.discard(handler)
        super().connection_lost(handler, exc)  # type: ignore[arg-type]

    def _drop(self, handler: object, transport: asyncio.Transport) -> None:
        if handler not in self.asked:
            drop(transport)


class Https:
    """Serves the API and Git on one port of each address."""

    def __init__(self, app: App, context: ssl.SSLContext) -> None:
        self._app = app
        self._context = context
        self._git = GitHttps(app)
        self._server: _Server | None = None
        self._listeners: list[asyncio.Server] = []

    async def listen(self, listeners: Listeners, port: int) -> int:
        """Listen on one port of each address; the port."""
        self._server = _Server(self)
        for socket in listeners(port):
            listener = await asyncio.get_running_loop().create_server(
                self._server,
                sock=socket,
                ssl=self._context,
                backlog=512,
                ssl_handshake_timeout=15.0,
                ssl_shutdown_timeout=2.0,
            )
            self._listeners.append(listener)
            port = socket.getsockname()[1]
        return port

    async def close(self) -> None:
        """Stop listening and drop every connection: clients are refused from now on."""
        for listener in self._listeners:
            listener.close()
        if self._server is not None:
            for connection in self._server.connections:
                drop(connection.transport)
            await self._server.shutdown(timeout=1.0)
        self._listeners.clear()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        assert self._server is not None
        self._server.asked.add(request.protocol)
        faults = self._app.faults
        await faults.wait()
        if faults.status is not None:
            return self._fault(request, faults.status)
        raw_path, _, query = request.raw_path.partition("?")
        if raw_path == PREFIX or raw_path.startswith(PREFIX + "/"):
            return await self._api(request, raw_path[len(PREFIX) :], query)
        try:
            answer = await self._git.answer(request, split(raw_path) or [""])
        except ApiError as error:
            return web.json_response(error.body, status=error.status)
        if answer is not None:
            return answer
        return web.Response(status=404, text="404: Page not found\n")

    async def _api(self, request: web.BaseRequest, raw_path: str, query: str) -> web.StreamResponse:
        try:
            async with asyncio.timeout(BODY_S):
                body = await self._body(request)
        except TimeoutError:
            return web.json_response({"message": "408 Request Timeout"}, status=408)
        if body is None:
            return web.json_response({"message": "413 Request Entity Too Large"}, status=413)
        answer = await dispatch(
            self._app,
            Asked(
                method=request.method,
                raw_path=raw_path,
                query=query,
                content_type=request.headers.get("Content-Type", ""),
                body=body,
                private_token=request.headers.get("PRIVATE-TOKEN"),
                authorization=request.headers.get("Authorization"),
                address=request.remote or "",
            ),
        )
        return _response(answer)

    async def _body(self, request: web.BaseRequest) -> bytes | None:
        if (request.content_length or 0) > MAX_BODY:
            return None
        body = bytearray()
        while piece := await request.content.readany():
            body += piece
            if len(body) > MAX_BODY:
                return None
        return bytes(body)

    def _fault(self, request: web.BaseRequest, status: int) -> web.StreamResponse:
        self._app.journal.write(
            actor="gitlab",
            via="fault",
            operation=f"HTTPS {request.method}",
            result=f"{status} on request",
            address=request.remote or "",
        )
        return web.json_response({"message": f"{status} on request"}, status=status)


def _response(answer: Answer) -> web.Response:
    headers = {
        "X-Request-Id": uuid.uuid4().hex,
        "Cache-Control": "max-age=0, private, must-revalidate",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Origin",
        **answer.headers,
    }
    if answer.raw is not None:
        return web.Response(
            status=answer.status, body=answer.raw, headers=headers, content_type="text/plain"
        )
    if answer.status == 204:
        return web.Response(status=204, headers=headers)
    return web.Response(
        status=answer.status,
        body=json.dumps(answer.body).encode(),
        headers=headers,
        content_type="application/json",
    )
