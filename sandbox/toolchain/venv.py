"""Make the project's virtual environment once and print the path of its Python.

Run as a script before anything is installed: standard library only. The environment lies in the
user's cache folder, keyed by the hash of requirements.lock and the version of Python.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"


def cache_home() -> Path:
    """The user's cache folder for proofbook; PROOFBOOK_CACHE overrides it."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "proofbook"
    return Path(os.environ.get("PROOFBOOK_CACHE") or default)


def ensure() -> Path:
    """Return the Python of a complete environment, made now if it is not there.

    Raises SystemExit with one line (exit code 3) where it cannot be made.
    """
    identity = LOCK.read_bytes() + platform.python_version().encode() + sys.prefix.encode()
    home = cache_home() / "venv" / hashlib.sha256(identity).hexdigest()[:16]
    python, ready = home / "bin" / "python", home / ".ready"
    if ready.exists():
        return python
    home.parent.mkdir(parents=True, exist_ok=True)
    with (home.parent / f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if ready.exists():  # somebody else made it while we waited
            return python
        shutil.rmtree(home, ignore_errors=True)
        print("setting up Python packages (once, about a minute) ...", file=sys.stderr, flush=True)
        _step(
            [sys.executable, "-m", "venv", str(home)],
            "install Debian's python3-venv, or use a Python that has ensurepip",
        )
        _step(
            [
                str(python),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "--no-deps",
                "--disable-pip-version-check",
                "-r",
                str(LOCK),
            ],
            "check the network and the package index, then run the command again",
        )
        ready.touch()
    return python


def _step(command: list[str], cure: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        cause = next((line for line in lines if "rror" in line), lines[-1])
        print(f"set-up: {' '.join(command[1:4])} failed: {cause}. Cure: {cure}", file=sys.stderr)
        raise SystemExit(3)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 -- the reader of this line has an older one
        print(
            f"set-up: Python 3.11 or newer is needed, this is {platform.python_version()}. "
            "Cure: install it, or name one with make PYTHON=python3.12",
            file=sys.stderr,
        )
        raise SystemExit(3)
    print(ensure())
