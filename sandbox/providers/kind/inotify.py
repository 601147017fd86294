"""Inotify instances: all nodes of an engine share the limit that their user has on this host.

Without one, kube-proxy ends with "too many open files" and nothing in that cluster finds the API
server: https://kind.sigs.k8s.io/docs/user/known-issues/
"""

from __future__ import annotations

from pathlib import Path

INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")
WATCHES = Path("/proc/sys/fs/inotify/max_user_watches")
EACH = 32
"""Instances of one node: 28 when it has come up (counted with one to four nodes on Kubernetes
1.36), a few more while it boots."""
SPARE = 16
"""What other programs of the same user may take."""
CURE = "sudo sysctl -w fs.inotify.max_user_instances=1024 fs.inotify.max_user_watches=524288"


def limit(file: Path = INSTANCES) -> int:
    """What one user may have on this host: instances, or what another file says."""
    return int(file.read_text())


def nodes(instances: int) -> int:
    """How many nodes such a limit lets run side by side; one is always tried."""
    return max(1, (instances - SPARE) // EACH)
