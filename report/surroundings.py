"""Where a run happens: the kind of machine, the commit of the clone, the time."""

from __future__ import annotations

import os
import platform
import secrets
import subprocess
from datetime import UTC, datetime
from pathlib import Path

CELL = "PROOFBOOK_CELL"
"""Tells a run which cell of the matrix it is."""
AT_ONCE = "PROOFBOOK_AT_ONCE"
"""Tells it how many cells run at once, where it is more than one."""
NIGHT = "PROOFBOOK_NIGHT"
"""When the night began whose cells run beside each other: what they have in common."""
BEGAN = "PROOFBOOK_CELL_BEGAN"
"""Tells it when its cell began, programs that are built first included, where others run beside."""


def now() -> str:
    """The time as the results write it: RFC 3339, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def began() -> str:
    """When a run that is noted now began: now, unless its cell began before."""
    return os.environ.get(BEGAN) or now()


def run_id() -> str:
    """A name for a run that no other has, and that sorts by time."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def host() -> str:
    """The kind of machine, never its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, {memory:.0f} GiB, "
        f"Python {platform.python_version()}"
    )


def load() -> float:
    """How many processes wanted a processor in the last minute, on the average."""
    return round(os.getloadavg()[0], 2)


def cell() -> dict[str, str]:
    """What a nightly run has told us to be, as settings: a cell of the matrix, maybe beside others.

    None by itself.
    """
    told = {"cell": os.environ.get(CELL, ""), "at_once": os.environ.get(AT_ONCE, "")}
    told["night"] = os.environ.get(NIGHT, "")
    return {name: value for name, value in told.items() if value}


def commit(folder: Path) -> str:
    """The commit of the clone around a folder, with -dirty for changed files; '' for no clone."""
    head = _git(folder, "rev-parse", "HEAD")
    if not head:
        return ""
    return f"{head}-dirty" if _git(folder, "status", "--porcelain", "-uno") else head


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    # In a hook of git's, and where somebody set GIT_DIR, another repository would be told.
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            command, env=env, capture_output=True, text=True, timeout=20, check=False
        )
    except (FileNotFoundError, subprocess.TimeoutExpired):
        # A run says less about itself without git, and proves as much.
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
