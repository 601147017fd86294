"""The digest of a folder: the same names and the same bytes, the same digest."""

from __future__ import annotations

import hashlib
from pathlib import Path


def of_files(folder: Path, pattern: str = "*") -> str:
    """SHA-256 of the files below a folder whose names fit the pattern, by path and content."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob(pattern)):
        if path.is_file():
            digest.update(f"{path.relative_to(folder)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()
