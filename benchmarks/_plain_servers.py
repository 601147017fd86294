"""What the Git server is measured against: sshd, and git http-backend behind plain CGI."""

from __future__ import annotations

import contextlib
import http.server
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncssh

from sandbox.gitlab.certificates import Certificates
from sandbox.processes.ports import free_ports
from sandbox.waiting import wait_until


@contextlib.contextmanager
def sshd(folder: Path, repository: Path, key: Path) -> Iterator[str | None]:
    """OpenSSH's server before the repository: its URL; None where it is not installed."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin")
    if program is None:
        yield None
        return
    [port] = free_ports(1)
    host_key = folder / "sshd-key"
    host_key.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    host_key.chmod(0o600)
    allowed = folder / "authorized_keys"
    allowed.write_bytes(asyncssh.read_private_key(str(key)).export_public_key())
    Path("/run/sshd").mkdir(exist_ok=True)
    options = [f"Port={port}", "ListenAddress=127.0.0.1", "PidFile=none", "StrictModes=no"]
    options += [f"HostKey={host_key}", f"AuthorizedKeysFile={allowed}", "UsePAM=no"]
    options += ["MaxStartups=100:30:200", "PermitRootLogin=yes"]
    # Our server has no post-quantum key exchange; sshd's own choice would cost it more time.
    options += ["KexAlgorithms=curve25519-sha256"]
    # The login shell must not spend its time on the start-up files of this machine's user.
    options += [f"SetEnv=HOME={folder}"]
    words = [word for option in options for word in ("-o", option)]
    log = folder / "sshd.log"
    with subprocess.Popen([program, "-D", "-E", str(log), "-f", "/dev/null", *words]) as process:
        try:
            wait_until("sshd", _answers(port), 10, every=0.05)
            user = os.environ.get("USER", "root")
            yield f"ssh://{user}@127.0.0.1:{port}{repository}"
        finally:
            process.terminate()


def _answers(port: int) -> Callable[[], tuple[bool | None, str]]:
    def probe() -> tuple[bool | None, str]:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except OSError as error:
            return None, str(error)
        return True, "answers"

    return probe


@contextlib.contextmanager
def cgi(folder: Path, repository: Path) -> Iterator[str]:
    """git's http-backend behind a plain CGI server with TLS: its URL."""
    core = subprocess.run(["git", "--exec-path"], capture_output=True, text=True).stdout.strip()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def finish(self) -> None:
            super().finish()
            with contextlib.suppress(OSError):  # the client may be gone already
                self.request.unwrap()

        def do_GET(self) -> None:
            self._run()

        def do_POST(self) -> None:
            self._run()

        def _run(self) -> None:
            path, _, query = self.path.partition("?")
            env = {
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "GIT_PROJECT_ROOT": str(repository.parent),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "CONTENT_LENGTH": self.headers.get("Content-Length", "0"),
            }
            if self.headers.get("Content-Encoding") == "gzip":
                env["HTTP_CONTENT_ENCODING"] = "gzip"
            length = int(self.headers.get("Content-Length", 0))
            with subprocess.Popen(
                [f"{core}/git-http-backend"],
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            ) as backend:
                assert backend.stdin is not None
                assert backend.stdout is not None
                backend.stdin.write(self.rfile.read(length))
                backend.stdin.close()
                self.wfile.write(b"HTTP/1.0 200 OK\r\n")
                shutil.copyfileobj(backend.stdout, self.wfile, 128 * 1024)

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    (folder / "cgi").mkdir()
    certificates = Certificates(folder / "cgi")
    certificates.ensure(["127.0.0.1"])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = certificates.context().wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"https://127.0.0.1:{server.server_address[1]}/{repository.name}"
        finally:
            server.shutdown()
            thread.join()
