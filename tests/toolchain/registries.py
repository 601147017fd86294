"""Registries of a test's own, on loopback: a module proxy and an index of Python packages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from threading import Thread
from typing import Any
from zipfile import ZipFile, ZipInfo


class Registry:
    """A server whose answers are texts by path; every other path is not found."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.texts: dict[str, str | bytes] = {}
        self.asked: list[str] = []
        self.catalogue: dict[str, dict[str, Any]] = {}
        """What the wheels need, for the fake resolver."""
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

    def serves_wheel(
        self, name: str, version: str, *needs: str, lost: bool = False, other: bool = False
    ) -> None:
        """Serve one more version of a package with its file, which is `lost` or an `other` one."""
        wheel = f"{name}-{version}-py3-none-any.whl"
        content = _wheel(name, version, needs)
        digest = sha256(b"other" if other else content).hexdigest()
        if not lost:
            self.texts[f"/files/{wheel}"] = content
        page = self.texts.get(f"/{name}/", "<!DOCTYPE html>")
        assert isinstance(page, str)
        link = f'<a href="../files/{wheel}#sha256={digest}">{wheel}</a>'
        self.texts[f"/{name}/"] = page + link
        known = self.catalogue.setdefault(name, {})
        known[version] = {"needs": needs, "sha256": digest}
        self.texts["/catalogue"] = json.dumps(self.catalogue)


def _wheel(name: str, version: str, needs: tuple[str, ...]) -> bytes:
    about = f"{name}-{version}.dist-info"
    required = "".join(f"Requires-Dist: {each}\n" for each in needs)
    files = {
        f"{name}.py": "",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{required}",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in (*files, f"{about}/RECORD"))
    content = BytesIO()
    with ZipFile(content, "w") as archive:
        for path, text in {**files, f"{about}/RECORD": record}.items():
            archive.writestr(ZipInfo(path), text)
    return content.getvalue()


@contextmanager
def registry() -> Iterator[Registry]:
    """A registry that answers while the context lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            here.asked.append(self.path)
            text = here.texts.get(self.path)
            code = 500 if here.broken else 404 if text is None else 200
            body = (text or b"") if code == 200 else b""
            body = body.encode() if isinstance(body, str) else body
            self.send_response(code)
            kind = "text/html" if self.path.endswith("/") else "text/plain"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        do_HEAD = do_GET

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
