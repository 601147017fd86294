"""What is noted of a sandbox in its folder, so that any later process finds it again."""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from sandbox.errors import UsageError
from sandbox.from_path import FromPath
from sandbox.layout import Layout

_FILE = "sandbox.json"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")


def state_home() -> Path:
    """Where sandboxes lie: PROOFBOOK_STATE, else the user's state folder."""
    default = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "proofbook"
    return Path(os.environ.get("PROOFBOOK_STATE") or default)


def folder_of(name: str) -> Path:
    """The folder of the sandbox `name`. Raises UsageError on a name that is not one."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is not a name for a sandbox",
            cure="use small letters, digits and hyphens, a letter first, 30 at most",
        )
    return state_home() / "sandboxes" / name


def kept_logs(folder: Path) -> Path:
    """Where logs of the sandbox in `folder` stay when it goes: those that an error has named."""
    return folder.parents[1] / "logs" / folder.name


@dataclass(frozen=True, kw_only=True)
class Owner:
    """The process that a sandbox belongs to; it goes when its owner goes."""

    pid: int
    started: float
    """Start time in seconds since the epoch: process ids are used again."""

    @classmethod
    def this(cls) -> Owner:
        """The process that asks."""
        return cls.of(os.getpid())

    @classmethod
    def of(cls, pid: int) -> Owner:
        """A process by its id. Raises UsageError where there is none."""
        try:
            return cls(pid=pid, started=psutil.Process(pid).create_time())
        except psutil.NoSuchProcess:
            raise UsageError(f"there is no process {pid} that could own a sandbox") from None

    def alive(self) -> bool:
        """Whether exactly this process still runs."""
        try:
            process = psutil.Process(self.pid)
            return (
                abs(process.create_time() - self.started) < 1
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return False


@dataclass(frozen=True, kw_only=True)
class Record:
    """Name, provider, monorepo and state of a sandbox."""

    name: str
    provider: str
    layout: Layout
    state: str
    """`starting` until everything is Ready, then `up`."""
    owner: Owner | None
    seed: str = ""
    """Hash of the first commit's files."""
    head: str = ""
    """The commit of the baseline, once it is up."""
    kubernetes: str = ""
    """The pinned version that it runs; '' for that of the toolchain."""
    flux: str = ""
    """The same of Flux."""
    from_path: FromPath = field(default_factory=FromPath)
    """The programs of PATH that it runs, in the place of built ones."""

    def write(self, folder: Path) -> None:
        """Note it, whole or not at all."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = folder / f"{_FILE}.new"
        temporary.write_text(json.dumps(asdict(self), indent=1))
        temporary.replace(folder / _FILE)

    @classmethod
    def read(cls, folder: Path) -> Record | None:
        """What is noted in the folder, None where nothing is, or nothing that can be read."""
        try:
            noted = json.loads((folder / _FILE).read_text())
            owner = noted["owner"] and Owner(**noted["owner"])
            layout = Layout.load(noted["layout"])
            found = noted.get("from_path")
            taken = {"from_path": FromPath.load(found)} if found else {}
            return cls(**{**noted, "layout": layout, "owner": owner, **taken})
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):  # cut, or of another version
            return None

    @classmethod
    def all(cls) -> dict[str, Record | None]:
        """Every sandbox folder of this user by name; None where the note is missing."""
        homes = sorted((state_home() / "sandboxes").glob("*/"))
        return {home.name: cls.read(home) for home in homes}
