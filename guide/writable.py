"""A folder that something is going to be written into, or one line that says why it cannot."""

from __future__ import annotations

import os
from pathlib import Path

from guide.errors import GuideError


def writable(folder: Path) -> Path:
    """The folder, made where it is not there. GuideError where nothing can be written in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        why = "" if os.access(folder, os.W_OK | os.X_OK) else "Permission denied"
    except OSError as error:
        why = error.strerror or str(error)
    if why:
        cure = "start it in a folder that can be written: make -f <clone>/Makefile works in any"
        raise GuideError(f"nothing can be written there: {why}", file=folder, cure=cure)
    return folder
