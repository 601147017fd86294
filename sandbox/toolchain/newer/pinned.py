"""What is pinned and can be taken up: the programs of the toolchain, and the Python packages."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.toolchain.modules import EMBEDDED, KIND
from sandbox.toolchain.newer.lock import Lock, plain
from sandbox.toolchain.venv import LOCK, ROOT

PYPROJECT = ROOT / "pyproject.toml"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True)
class Pinned:
    """One thing of which the tree names the version."""

    name: str
    """As people call it."""
    version: str
    module: str = ""
    """The Go module that is asked for; '' for a Python package."""


_PROGRAMS = (
    ("flux", "github.com/fluxcd/flux2/v2", EMBEDDED),
    ("kubernetes", "k8s.io/kubernetes", EMBEDDED),
    ("helm", "helm.sh/helm/v4", EMBEDDED),
    ("kustomize", "sigs.k8s.io/kustomize/kustomize/v5", EMBEDDED),
    ("kwok", "sigs.k8s.io/kwok", EMBEDDED),
    ("kind", "sigs.k8s.io/kind", KIND),
)


def programs() -> list[Pinned]:
    """The programs whose next version a guide has to hold with."""
    return [
        Pinned(name, module.versions[path].removeprefix("v"), path)
        for name, path, module in _PROGRAMS
    ]


def packages(pyproject: Path = PYPROJECT, lock: Path = LOCK) -> list[Pinned]:
    """The Python packages that a run stands on, by the version that the lock has of them.

    Not those of the tests. Raises SandboxError for one that the lock does not have.
    """
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    locked = Lock(lock.read_text(encoding="utf-8")).versions
    names = [found[0] for line in project["dependencies"] if (found := _NAME.match(line))]
    for name in names:
        if plain(name) not in locked:
            raise SandboxError(
                f"{lock.name} does not have {name}, which {pyproject.name} names",
                cure="write the lock again with the command in its first lines",
            )
    return [Pinned(name, locked[plain(name)][-1]) for name in names]
