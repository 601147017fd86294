"""The Python that a tree is run with: of the packages that its own lock names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.toolchain.venv import LOCK, ROOT


def of_tree(tree: Path) -> Path:
    """That Python, made now if it is not there; ours, where the lock is the same.

    Raises SandboxError with the reason where it cannot be made.
    """
    if (tree / LOCK.name).read_bytes() == LOCK.read_bytes():
        return Path(sys.executable)
    words = [str(_base()), str(tree / _SET_UP)]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise SandboxError(f"tomorrow's Python packages cannot be installed: {last}")
    return Path(done.stdout.strip()).absolute()


_SET_UP = Path(__file__).parents[1].joinpath("venv.py").relative_to(ROOT)


def _base() -> Path:
    """The Python below our environment, with which `make` in that tree would begin."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    base = Path(sys.base_prefix) / "bin" / name
    return base if base.exists() else Path(sys.executable)
