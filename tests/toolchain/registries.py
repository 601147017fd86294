"""Registries of a test's own, on loopback: a module proxy and an index of Python packages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Registry:
    """A server whose answers are texts by path; every other path is not found."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.texts: dict[str, str] = {}
        self.asked: list[str] = []
        self.broken = False
        """Whether it answers with 500, whatever it is asked."""

    def serves_module(self, path: str, *versions: str, files: dict[str, str] | None = None) -> None:
        """Serve a module that needs no other, in these versions (with a leading v)."""
        self.texts[f"/{path}/@v/list"] = "\n".join(versions)
        for version in versions:
            about = f'{{"Version":"{version}","Time":"2026-11-01T00:00:00Z"}}'
            self.texts[f"/{path}/@v/{version}.info"] = about
            mod = (files or {}).get(version, f"module {path}\n")
            self.texts[f"/{path}/@v/{version}.mod"] = mod

    def serves_package(self, name: str, *versions: str) -> None:
        """Serve a page of files (PEP 503): a wheel for each version."""
        wheels = [f"{name.replace('-', '_')}-{version}-py3-none-any.whl" for version in versions]
        links = "".join(f'<a href="../../files/{wheel}">{wheel}</a>' for wheel in wheels)
        self.texts[f"/{name}/"] = f"<!DOCTYPE html><html><body>{links}</body></html>"


@contextmanager
def registry() -> Iterator[Registry]:
    """A registry that answers while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            text = here.texts.get(self.path)
            code = 500 if here.broken else 404 if text is None else 200
            body = (text or "").encode() if code == 200 else b""
            self.send_response(code)
            kind = "text/html" if self.path.endswith("/") else "text/plain"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Registry(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
