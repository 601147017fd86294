"""The folder of one server: where each thing lies, with rights for its owner only."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.waiting import wait_until


@dataclass(frozen=True)
class DataDir:
    """Paths inside the folder; nothing of a request ever becomes part of one."""

    root: Path

    @property
    def database(self) -> Path:
        """Users, projects, keys, hashes of tokens."""
        return self.root / "gitlab.sqlite"

    @property
    def repositories(self) -> Path:
        """Bare repositories, named by the number of their project."""
        return self.root / "repositories"

    @property
    def template(self) -> Path:
        """An empty bare repository, copied for each new project."""
        return self.root / "template.git"

    @property
    def pushes(self) -> Path:
        """What the hooks of a running push report; emptied at each start."""
        return self.root / "pushes"

    @property
    def certificates(self) -> Path:
        """The CA and the certificate of the server."""
        return self.root / "certificates"

    @property
    def host_keys(self) -> Path:
        """The private host keys for SSH."""
        return self.root / "host-keys"

    @property
    def journal(self) -> Path:
        """Who did what: one JSON object for each line."""
        return self.root / "journal.jsonl"

    @property
    def control(self) -> Path:
        """The socket through which the owner makes faults."""
        return self.root / "control.sock"

    @property
    def ready(self) -> Path:
        """Exists while the server answers."""
        return self.root / "ready.json"

    @property
    def administrator_token(self) -> Path:
        """The administrator's token, kept so that a restart prints the same."""
        return self.root / "administrator-token"

    @property
    def ports(self) -> Path:
        """The ports used last."""
        return self.root / "ports.json"

    def make(self) -> None:
        """Create the folder and its parts, closed to everyone else."""
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        for folder in (self.repositories, self.pushes, self.certificates, self.host_keys):
            folder.mkdir(exist_ok=True, mode=0o700)

    def claim(self, limit: float = 60.0) -> int:
        """Lock the folder for this process, and for the git programs that it starts.

        Two locks: one is this process's alone, and a second server is refused by it at once. The
        descriptor of the other is returned for the git programs to inherit, so after a kill -9
        the next server waits, at most `limit` seconds, until the last of them ended, and no
        repository is ever swept under a running push. Raises SandboxError.
        """
        own = os.open(self.root / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(own)
            raise SandboxError(
                f"another server runs in {self.root}",
                phase="gitlab",
                cure="stop it first, or give another --data",
            ) from None
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)

        def probe() -> tuple[bool | None, str]:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return None, "a git program of a server that was killed still runs"
            return True, "locked"

        try:
            wait_until(f"the lock of {self.root}", probe, limit, every=0.02, phase="gitlab")
        except SandboxError:
            os.close(descriptor)
            os.close(own)
            raise
        return descriptor


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
