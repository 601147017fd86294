"""A server of archives on loopback: ranges, ETags, redirects, tokens, and a line that is cut."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class ArchiveServer(ThreadingHTTPServer):
    """Holds files by path and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files: dict[str, bytes] = {}
        self.validator = "ETag"
        """What tells that a file is the same: a header, or "" for none."""
        self.cuts: list[int] = []
        """After how many bytes each of the next answers is cut."""
        self.elsewhere = ""
        """The address to which every GET is redirected."""
        self.token = ("", "")
        """The header that a request needs, and its value."""
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @classmethod
    @contextmanager
    def running(cls) -> Iterator[Self]:
        with cls() as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            try:
                yield server
            finally:
                server.shutdown()
                thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: ArchiveServer

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self._may():
            self.server.files[self.path] = content
            self._say(201)

    def _may(self) -> bool:
        self.server.asked.append(
            (self.command, self.path, {name.lower(): value for name, value in self.headers.items()})
        )
        name, value = self.server.token
        if name and self.headers.get(name) != value:
            self._say(401)
            return False
        return True

    def _say(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, *, body: bool) -> None:
        if not self._may():
            return
        if self.server.elsewhere:
            self._say(302, Location=self.server.elsewhere + self.path)
            return
        content = self.server.files.get(self.path)
        if content is None:
            self._say(404)
            return
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if self.server.validator != "ETag":
            etag = formatdate(len(content), usegmt=True)
        start = 0
        wanted = self.headers.get("Range", "")
        if wanted and self.headers.get("If-Range") == etag:
            start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        piece = content[start:]
        self.send_response(206 if start else 200)
        if self.server.validator:
            self.send_header(self.server.validator, etag)
        if self.server.validator != "ETag":
            self.send_header("ETag", 'W/"weak"')
        self.send_header("Content-Length", str(len(piece)))
        self.end_headers()
        if body:
            self.wfile.write(piece[: self.server.cuts.pop(0)] if self.server.cuts else piece)
