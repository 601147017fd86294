"""One night at a time in a folder: two would remove each other's results."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from guide.writable import writable
from sandbox.errors import UsageError

LOCK = "night.lock"


@contextmanager
def one_night(build: Path = Path("build")) -> Iterator[None]:
    """Raises UsageError while another night runs in the folder; one that was killed is none."""
    lock = FileLock(writable(build) / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        what = f"another night runs in {build.absolute()}"
        cure = "wait for its end, or start this one in another folder"
        raise UsageError(what, cure=cure) from None
    try:
        yield
    finally:
        Path(lock.lock_file).unlink(missing_ok=True)
        lock.release()
