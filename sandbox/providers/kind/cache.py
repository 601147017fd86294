"""Complete folders under the user's cache: made aside, renamed into place, never half there."""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from sandbox.errors import SandboxError
from sandbox.toolchain.venv import cache_home

GIB = 1024**3


def images_home() -> Path:
    """Where node bases and scratch files of image builds lie."""
    return cache_home() / "images"


@contextmanager
def building() -> Iterator[Path]:
    """Be the only builder of images of this user; gives an empty scratch folder.

    What a killed build left in it is removed first.
    """
    home = images_home()
    scratch = home / "work"
    try:
        home.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(home / "build.lock"):
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir()
            try:
                yield scratch
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise SandboxError(
            f"the disk is full: {error}",
            phase="node image",
            cure=f"free space in {home}, or name another folder with PROOFBOOK_CACHE",
        ) from error


def complete(name: str, scratch: Path, fill: Callable[[Path], None]) -> Path:
    """The folder `name` of the cache; where it is missing `fill` makes its content."""
    final = images_home() / name
    if not final.exists():
        part = scratch / name
        part.mkdir()
        fill(part)
        part.rename(final)
    return final


def need_disk(gib: float, what: str, *folders: Path) -> None:
    """Raise SandboxError where less than `gib` GiB is free in one of the folders."""
    for folder in folders:
        while not folder.exists():
            folder = folder.parent
        free = shutil.disk_usage(folder).free / GIB
        if free < gib:
            raise SandboxError(
                f"{what} needs {gib:.1f} GiB of disk in {folder}, {free:.1f} GiB is free",
                phase="node image",
                cure="free space there; PROOFBOOK_CACHE names another folder for the cache",
            )


def key_of(parts: Iterable[str | bytes]) -> str:
    """A short hash of all parts."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update((part.encode() if isinstance(part, str) else part) + b"\0")
    return digest.hexdigest()[:16]
