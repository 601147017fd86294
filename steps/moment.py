"""How far the clusters were when the engineer began to type: what is written later is newer."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from sandbox.cluster.kubernetes import Object
from sandbox.errors import SandboxError
from sandbox.sandbox import Sandbox

_ANY = "/api/v1/namespaces"
"""A short list that every cluster has: the version of a list is that of the whole store."""


def of(sandbox: Sandbox) -> dict[str, int]:
    """The newest version in each cluster, by its name; without those that give none now."""
    found = {}
    for cluster in sandbox.provider.clusters():
        with suppress(SandboxError, ValueError):
            listed = sandbox.view(cluster).api.get(_ANY, limit="1")
            found[cluster] = int(listed["metadata"]["resourceVersion"])
    return found


def is_newer(item: Object | None, cluster: str, since: Mapping[str, int]) -> bool:
    """Whether an object of a cluster was written after a moment; where none is known it was not."""
    if item is None or cluster not in since:
        return False
    return int(item["metadata"]["resourceVersion"]) > since[cluster]
