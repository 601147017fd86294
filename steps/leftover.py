"""What an older run has left, which must never be taken for this run's."""

from __future__ import annotations

import shutil
from pathlib import Path

from sandbox.errors import SandboxError


def remove(folder: Path) -> None:
    """Remove a folder of an older run, if there is one. Raises SandboxError where it stays."""
    try:
        shutil.rmtree(folder)
    except FileNotFoundError:
        pass
    except OSError as error:
        what = f"what an older run left in {folder} cannot be removed: {error.strerror}"
        raise SandboxError(what, cure=f"remove {folder} by hand") from error
