"""Ask pip which versions of Python packages its index serves for the Python that runs here."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Mapping, Sequence

from sandbox.errors import UsageError
from sandbox.toolchain import venv
from sandbox.toolchain.newer.pinned import Pinned

LIMIT_S: float = 600
"""Seconds that pip may take for one package."""
_CURE = "check the network, and what pip has for an index (`pip config list`)"
_SERVED = re.compile(r"^Available versions: (.+)$", re.MULTILINE)
_EXPERIMENTAL = "pip index is currently an experimental command"


def served(asked: Sequence[Pinned]) -> Mapping[str, list[str]]:
    """The versions of each package, by its name.

    Raises UsageError for the first of which none is told, with what pip says.
    """
    return {each.name: _versions(each) for each in asked}


def _versions(asked: Pinned) -> list[str]:
    words = ["-m", "pip", "index", "versions", "--disable-pip-version-check", asked.name]
    # Tries again once, where the person says nothing else: what is down is told of soon.
    env = {"PIP_RETRIES": "1", **venv.environment()}
    unknown = f"newer versions of {asked.name} are not known"
    try:
        done = subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, timeout=LIMIT_S, env=env
        )
    except subprocess.TimeoutExpired:
        raise UsageError(f"{unknown}: no answer within {LIMIT_S:g} s", cure=_CURE) from None
    found = _SERVED.search(done.stdout)
    if done.returncode or not found:
        raise UsageError(f"{unknown}: {_why(done.stderr)}", cure=_CURE)
    return [version.strip() for version in found[1].split(",")]


def _why(said: str) -> str:
    """Pip's first line that says something: what follows from it says less."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    lines = [line for line in lines if _EXPERIMENTAL not in line]
    return lines[0] if lines else "pip told of none"
