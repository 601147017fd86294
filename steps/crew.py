"""How many workers a run has where nobody says: as many as the machine feeds, and no more."""

from __future__ import annotations

import math
import os
from pathlib import Path

import psutil

from sandbox import cgroups
from sandbox.providers.kind import inotify

AUTO = "auto"
MOST = 16
_GIB = 1024**3
EACH_GIB = 2.0
"""Memory for a worker: its sandbox takes 1.3 GiB, a scenario with a second cluster 0.7 more."""
_FOR_TWO_CORES = {"embedded": 3, "kind": 2}
"""Workers that keep two cores busy. In an embedded sandbox more than half of a scenario is waiting
for Flux's own clocks: a third one made 28 scenarios a fifth shorter. On kind it was not tried."""
_CLUSTERS = 2
"""What a scenario of a worker may have at once."""


def fed(only: str, provider: str, cgroup: Path = cgroups.ROOT) -> tuple[int, str]:
    """How many workers, and why. With more than keep the cores busy all are slower.

    `only` names what is run: nobody waits for a worker that would have no scenario.
    """
    names = [name for name in only.split(",") if name.strip()]
    few = len(names) if names and all("/" in name for name in names) else MOST
    return room(provider, min(few, MOST), cgroup)


def room(provider: str, most: float = math.inf, cgroup: Path = cgroups.ROOT) -> tuple[int, str]:
    """How many sandboxes this machine feeds, `most` of them, and why."""
    cores = min(len(os.sched_getaffinity(0)), cgroups.cores(cgroup))
    busy = int(cores * _FOR_TWO_CORES[provider] / 2)
    held, free = in_memory(cgroup)
    count, why = int(max(1, min(busy, held, most))), f"{cores:g} cores, {free}"
    if provider == "kind" and (nodes := watched()) < count:
        return nodes, f"{why}, {inotify.limit()} inotify instances; for more: {inotify.CURE}"
    return count, why


def in_memory(cgroup: Path = cgroups.ROOT) -> tuple[int, str]:
    """How many sandboxes the free memory holds, at least one, and why."""
    free = min(psutil.virtual_memory().available, cgroups.memory(cgroup)) / _GIB
    return max(1, int(free / EACH_GIB)), f"{free:.1f} GiB free"


def watched() -> int:
    """How many sandboxes on kind may be there at once."""
    return max(1, inotify.nodes(inotify.limit()) // _CLUSTERS)
