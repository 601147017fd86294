"""Ask a sandbox's supervisor: start, stop, list; and start the supervisor itself."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox import user_settings
from sandbox.errors import ProcessDied, SandboxError, UsageError
from sandbox.processes.supervisor import SOCKET, TAG
from sandbox.record import kept_logs

_SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path on Linux, less the final NUL


def log_tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, for an error text."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) or "(empty log)"


_STAYING: list[subprocess.Popen[bytes]] = []
"""Supervisors that outlive this process on purpose; kept, or Python warns that they still run."""


class SupervisorClient:
    """The processes of the sandbox in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._launched: subprocess.Popen[bytes] | None = None
        if len(str(folder / SOCKET).encode()) > _SOCKET_PATH_LIMIT:
            raise UsageError(
                f"the sandbox folder {folder} is too long for a Unix socket",
                cure="set PROOFBOOK_STATE to a shorter folder, or choose a shorter name",
            )

    def launch(self, *, owner: int = 0) -> None:
        """Start the supervisor; it ends when the process `owner` ends (0: it stays)."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = self.folder / "supervisor.log"
        with log.open("ab") as errors:
            module = "sandbox.processes.supervisor"
            process = subprocess.Popen(
                [sys.executable, "-m", module, str(self.folder), str(owner)],
                cwd=Path(__file__).parents[2],
                env={**user_settings.without(os.environ), TAG: str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        assert process.stdout is not None
        with process.stdout as out:
            if out.readline() != b"ready\n":
                raise ProcessDied("the supervisor", process.wait(), log_tail(log), cure="see above")
        self._launched = process

    @property
    def begun(self) -> bool:
        """Whether a supervisor was ever launched for this sandbox: it writes a log from then on."""
        return (self.folder / "supervisor.log").exists()

    def running(self) -> bool:
        """Whether the supervisor answers."""
        try:
            self._ask({"verb": "list"})
        except (ConnectionError, FileNotFoundError):
            self._reap()
            return False
        return True

    def leave(self) -> None:
        """Let the supervisor stay when this process goes: nobody here waits for its end."""
        if self._launched is not None:
            _STAYING.append(self._launched)

    def _reap(self) -> None:
        """Take the exit code of a supervisor that this process launched and that has ended."""
        if self._launched is not None:
            self._launched.wait(timeout=60)
            self._launched = None

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(60)
            link.connect(str(self.folder / SOCKET))
            link.sendall(json.dumps(request).encode() + b"\n")
            with link.makefile("rb") as reader:
                line = reader.readline()
        if not line:
            raise ConnectionError("the supervisor closed the connection")
        reply: dict[str, Any] = json.loads(line)
        if "error" in reply:
            raise SandboxError(f"the supervisor could not do it: {reply['error']}")
        return reply

    def start(
        self,
        name: str,
        argv: Sequence[str | Path],
        *,
        env: Mapping[str, str],
        log: Path | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Start a process under this name; harmless where it runs already."""
        self._ask(
            {
                "verb": "start",
                "name": name,
                "argv": [str(word) for word in argv],
                "env": dict(env),
                "log": str(log or self.folder / "logs" / f"{name}.log"),
                "cwd": str(cwd) if cwd else None,
            }
        )

    def stop(self, *names: str, kill: bool = False) -> None:
        """End these processes and wait until they are gone."""
        self._ask({"verb": "stop", "names": names, "kill": kill})

    def children(self) -> list[dict[str, Any]]:
        """Every process: name, pid, log, running, exit_code."""
        return list(self._ask({"verb": "list"})["children"])

    def check(self) -> None:
        """Raise ProcessDied where a process (or the supervisor) has ended by itself."""
        try:
            children = self.children()
        except (ConnectionError, FileNotFoundError):
            raise ProcessDied(
                "the supervisor of the sandbox",
                None,
                log_tail(self.folder / "supervisor.log"),
                cure="bring the sandbox up again; somebody ended it from outside",
            ) from None
        for child in children:
            if not child["running"] and not child["stopping"]:
                raise ProcessDied(
                    child["name"],
                    child["exit_code"],
                    log_tail(Path(child["log"])),
                    cure=f"the whole log is {self._keep(Path(child['log']))}; "
                    "then bring the sandbox up again",
                )

    def _keep(self, log: Path) -> Path:
        """A copy of the log that stays when the sandbox goes: who reads of it still finds it."""
        kept = kept_logs(self.folder) / log.name
        kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(log, kept)
        return kept

    def shutdown(self) -> None:
        """End every process and the supervisor."""
        self._ask({"verb": "shutdown", "kill": True})
        self._reap()
