"""What a built module is, byte by byte.

Builds are reproducible: the same go.mod, go.sum and Go give the same bytes everywhere.
So one digest of all files says whether what somebody else built is what would be built here.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError

PARTS = ("bin", "share")
"""The folders of a module that a build makes; what it notes beside them differs each time."""
_CHUNK = 1 << 20


@dataclass(frozen=True, order=True)
class File:
    """One file of a module."""

    path: str
    """Below the module's folder, with `/`: `bin/flux`."""
    program: bool
    """Whether it may be executed."""
    size: int
    sha256: str


def files(folder: Path) -> tuple[File, ...]:
    """Every file of a complete module, by path. Raises SandboxError on what is no plain file."""
    found = []
    for part in PARTS:
        for path in sorted((folder / part).rglob("*")):
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise SandboxError(f"{path} is no plain file", phase="toolchain")
            if path.is_file():
                mode, size = os.access(path, os.X_OK), path.stat().st_size
                name = path.relative_to(folder).as_posix()
                found.append(File(name, mode, size, _sha256(path)))
    return tuple(sorted(found))


def of(content: Iterable[File]) -> str:
    """One digest, sha256 in hex, of these files: their paths, sizes, modes and content."""
    digest = hashlib.sha256()
    for each in sorted(content):
        mode = "x" if each.program else "-"
        digest.update(f"{each.path}\0{mode}\0{each.size}\0{each.sha256}\n".encode())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        digest = hashlib.sha256()
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
