"""Who did what: one JSON object for each line, never a secret."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from sandbox.gitlab.store import now
from sandbox.gitlab.tokens import DEPLOY, PERSONAL

_SECRET = re.compile(f"(?:{PERSONAL}|{DEPLOY})[A-Za-z0-9_-]+")


class Journal:
    """Appends to the log file of the server."""

    def __init__(self, path: Path) -> None:
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb")

    def write(
        self,
        *,
        actor: str,
        via: str,
        operation: str,
        result: str,
        address: str = "",
        client: str = "",
        project: str = "",
        ref: str = "",
        **more: Any,
    ) -> None:
        """Note one operation; empty fields are left out."""
        entry = {
            "time": now(),
            "actor": actor,
            "via": via,
            "operation": operation,
            "project": project,
            "ref": ref,
            "result": result,
            "address": address,
            "client": client,
            **more,
        }
        line = json.dumps({name: value for name, value in entry.items() if value != ""})
        # A client may put its token where a name belongs.
        line = _SECRET.sub("[masked]", line)
        self._file.write(line.encode() + b"\n")
        self._file.flush()

    def close(self) -> None:
        """End writing."""
        self._file.close()


def read(path: Path) -> list[dict[str, Any]]:
    """Every entry of a log file, oldest first; a line cut short by a kill is left out."""
    if not path.exists():
        return []
    return [
        json.loads(line)
        for line in path.read_bytes().split(b"\n")
        if line.startswith(b"{") and line.endswith(b"}")
    ]
