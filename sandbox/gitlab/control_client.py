"""Asks the server through the owner's socket: operations of the API as user root, and faults."""

from __future__ import annotations

import json
import os
import socket
from typing import Any

from sandbox.errors import SandboxError
from sandbox.gitlab.datadir import DataDir

LIMIT_S = 60.0
"""Seconds to wait for an answer of the server."""
Json = dict[str, Any]


class GitLabRefused(SandboxError):
    """The server refused an operation; `status` is the HTTP status, 0 if it is none of the API."""

    def __init__(self, what: str, status: int = 0) -> None:
        super().__init__(what, phase="gitlab")
        self.status = status


class ControlClient:
    """Asks through the owner's socket, one request at a time."""

    def __init__(self, data: DataDir) -> None:
        self._data = data

    def ask(self, verb: str, **arguments: Any) -> Any:
        """The result of a request. Raises GitLabRefused, or SandboxError if nobody answers."""
        line = json.dumps({"verb": verb, "arguments": arguments}).encode() + b"\n"
        try:
            folder = os.open(self._data.root, os.O_PATH)
            try:
                with socket.socket(socket.AF_UNIX) as link:
                    link.settimeout(LIMIT_S)
                    link.connect(f"/proc/self/fd/{folder}/{self._data.control.name}")
                    link.sendall(line)
                    reply = json.loads(link.makefile("rb").readline() or b"null")
            finally:
                os.close(folder)
        except (OSError, ValueError) as error:
            raise SandboxError(
                f"no server answers in {self._data.root}: {error}", phase="gitlab"
            ) from None
        if reply is None:
            raise SandboxError(f"the server in {self._data.root} went away", phase="gitlab")
        if "error" in reply:
            raise GitLabRefused(reply["error"])
        return reply["result"]

    def api(self, method: str, path: str, /, **body: Any) -> Any:
        """The body that the API answers to user root. Raises GitLabRefused."""
        given = {name: value for name, value in body.items() if value is not None}
        answer = self.ask("api", method=method, path=path, body=given)
        if answer["status"] >= 400:
            raise GitLabRefused(
                f"{method} {path}: {answer['status']} {json.dumps(answer['body'])}",
                answer["status"],
            )
        return answer["body"]

    def list(self, path: str, /, **query: Any) -> list[Json]:
        """Every page of a list."""
        found: list[Json] = []
        page = 1
        while True:
            rows = self.api("GET", path, page=page, per_page=100, **query)
            found += rows
            if len(rows) < 100:
                return found
            page += 1


class FaultsOf:
    """Makes the server fail until `clear`."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def rotate_host_key(self) -> None:
        """New SSH host keys; `restore` of an earlier snapshot brings the old ones back."""
        self._control.ask("fault", kind="rotate_host_key")

    def refuse_connections(self, protocol: str) -> None:
        """Close the port of `https` or `ssh` and drop its connections."""
        self._control.ask("fault", kind="refuse_connections", value=protocol)

    def answer(self, status: int) -> None:
        """Answer every HTTPS request with this status (400 to 599)."""
        self._control.ask("fault", kind="answer", value=status)

    def delay(self, seconds: float) -> None:
        """Hold back every HTTPS request and SSH command."""
        self._control.ask("fault", kind="delay", value=seconds)

    def cut_pack(self, after_bytes: int) -> None:
        """Break every fetch after so many bytes."""
        self._control.ask("fault", kind="cut_pack", value=after_bytes)

    def overtake(self, branch: str) -> None:
        """Let this branch's commit get ahead of the next push over HTTPS to its project, once.

        It is on the default branch when the push looks at it, and the branch is gone.
        """
        self._control.ask("fault", kind="overtake", value=branch)

    def clear(self) -> None:
        """Work properly again."""
        self._control.ask("fault", kind="clear")
