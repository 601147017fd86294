"""A rehearsal of an upgrade in which nothing runs: what stands for the sandbox, what is left."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox.cluster.picture import Changes
from sandbox.errors import SandboxError
from sandbox.upgrade import Renewed, Upgrade
from steps import upgrade

OWN = {"Kubernetes": "1.36.3", "Flux": "2.9.5"}
"""The toolchain's own versions, whatever it takes up: which steps there are follows from them."""
HEAD = "a" * 40
TOKEN = "a-token-of-this-sandbox"
PLAIN = Renewed("dev", 12.5, Changes(), True, 6, 13.0, 19.0)
WELL = Upgrade((PLAIN,), HEAD, HEAD)


@dataclass
class World:
    """What stands for the sandbox, and what was done to it."""

    done: list[str] = field(default_factory=list)
    upgrade: Upgrade | SandboxError | BaseException = WELL
    back: SandboxError | None = None
    stores: list[set[int]] = field(default_factory=lambda: [{1}, {1}])


def rehearse(
    *words: str, old: str = "1.35.4", before: Any = "passed", after: Any = "passed"
) -> int:
    os.environ["PLAN"] = json.dumps({"before": before, "after": after})
    return upgrade.main([f"--from={old}", "--to=own", *words])


def asked() -> list[dict[str, Any]]:
    path = Path("asked")
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def report() -> str:
    return Path("build/upgrade/report.md").read_text()
