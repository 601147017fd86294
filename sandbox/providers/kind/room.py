"""Whether there is room on this machine for one node more."""

from __future__ import annotations

import psutil

from sandbox.errors import SandboxError
from sandbox.providers.kind import inotify
from sandbox.providers.kind.engine import CLUSTER_LABEL, Engine
from sandbox.providers.kind.host import Host

MEMORY_GIB = 1.3
"""What one cluster with Flux takes, GiB."""


def refuse(engine: Engine, host: Host) -> None:
    """Raise SandboxError with the cure where a node more would lack memory or inotify instances."""
    free = psutil.virtual_memory().available / 1024**3
    if free < MEMORY_GIB:
        raise SandboxError(
            f"a cluster takes {MEMORY_GIB} GiB of memory, {free:.1f} GiB is free",
            cure="end other programs or other sandboxes (`python -m sandbox down --all`)",
        )
    instances = host.inotify_instances
    running = sum(each.status == "running" for each in engine.nodes({CLUSTER_LABEL: ""}))
    if running >= inotify.nodes(instances):
        raise SandboxError(
            f"{instances} inotify instances are too few for a node beside the {running} that "
            f"run: each takes about {inotify.EACH}",
            cure=f"{inotify.CURE}, or fewer WORKERS",
        )
