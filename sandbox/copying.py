"""Copies of what may be read-only, to be worked on: a clone that nobody may write, a seed."""

from __future__ import annotations

import shutil
from pathlib import Path


def working_copy(source: Path, target: Path) -> Path:
    """A copy of a folder in which its owner may change everything; what `target` has stays."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    for path in (source, *source.rglob("*")):
        own = target / path.relative_to(source)
        if not own.is_symlink():
            own.chmod(own.stat().st_mode | (0o700 if own.is_dir() else 0o600))
    return target
