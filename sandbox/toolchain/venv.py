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
_WAY = frozenset(
    {
        *("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX", "PIP_FIND_LINKS", "PIP_CERT"),
        *("PIP_CLIENT_CERT", "PIP_TRUSTED_HOST", "PIP_PROXY", "PIP_CONFIG_FILE", "PIP_CACHE_DIR"),
        *("PIP_NO_CACHE_DIR", "PIP_TIMEOUT", "PIP_DEFAULT_TIMEOUT", "PIP_RETRIES"),
        *("PIP_KEYRING_PROVIDER", "PIP_USE_FEATURE", "PIP_USE_DEPRECATED"),
    }
)
"""What a user may say of the way to the package index; what is installed and where is said here."""
_PROOF = "import pytest, mkdocs, asyncssh"


def cache_home() -> Path:
    """The user's cache folder for proofbook; PROOFBOOK_CACHE overrides it."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "proofbook"
    return Path(os.environ.get("PROOFBOOK_CACHE") or default)


class NotMade(Exception):
    """An environment that cannot be made: what failed, and the cure."""

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(what)
        self.cure = cure


def ensure() -> Path:
    """Return the Python of a complete environment, made now if it is not there.

    Raises SystemExit with one line (exit code 3) where it cannot be made.
    """
    try:
        return made(LOCK, _PROOF)
    except NotMade as error:
        print(f"set-up: {error}. Cure: {error.cure}", file=sys.stderr)
        raise SystemExit(3) from None


def made(lock_file: Path, proof: str) -> Path:
    """The Python of an environment with what a lock names, which shows with `proof` that it works.

    Raises NotMade.
    """
    identity = lock_file.read_bytes() + platform.python_version().encode() + sys.prefix.encode()
    home = cache_home() / "venv" / hashlib.sha256(identity).hexdigest()[:16]
    python, ready = home / "bin" / "python", home / ".ready"
    if ready.exists():
        return python
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotMade(
            f"{home.parent} cannot be made: {error.strerror}",
            "name a folder that can be written with PROOFBOOK_CACHE",
        ) from None
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
                str(lock_file),
            ],
            "check the network and the package index, then run the command again",
        )
        _step(
            [str(python), "-c", proof],
            "take target, prefix and root out of pip's settings (`pip config list`), then run the "
            "command again",
            "the packages are not where they were to be installed",
        )
        ready.touch()
    return python


def environment() -> dict[str, str]:
    """The user's, without what would install something else, or elsewhere."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "PYTHON")) or name in _WAY
    }
    return {**kept, "PIP_USER": "0"}


def _step(command: list[str], cure: str, failed: str = "") -> None:
    limit, env = 1800, environment()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=env)
    except subprocess.TimeoutExpired:
        raise NotMade(f"{' '.join(command[1:4])} did not end within {limit} s", cure) from None
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        cause = next((line for line in lines if "rror" in line), lines[-1])
        said = failed or f"{' '.join(command[1:4])} failed"
        raise NotMade(f"{said}: {cause}", cure)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 -- the reader of this line has an older one
        print(
            f"set-up: Python 3.11 or newer is needed, this is {platform.python_version()}. "
            "Cure: install it, or name one with make PYTHON=python3.12",
            file=sys.stderr,
        )
        raise SystemExit(3)
    print(ensure())
