"""End a namespace that is going as soon as it is empty, where nobody looks at how long that takes.

Kubernetes' namespace controller comes 5 s after the deletion (`namespaceDeletionGracePeriod` in
pkg/controller/namespace/namespace_controller.go), so that every API server and every store behind
them have heard of it. A cluster of a sandbox has one of each. In a scenario the controller does it;
the return to the baseline is no part of one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import httpx

from sandbox.cluster import census, served
from sandbox.cluster.kubernetes import ApiError, KubernetesApi, Object, field, inside

AGAIN_S = 0.5
"""How long until a namespace is looked at again that is still there."""
_FINALIZER = "kubernetes"


class NamespaceEnds:
    """Ends the namespaces of a cluster that are going, each once nobody's object is in it."""

    def __init__(self, api: KubernetesApi, clock: Callable[[], float] = time.monotonic) -> None:
        self._api = api
        self._clock = clock
        self._next: dict[str, float] = {}

    def look(self, items: Sequence[Object]) -> None:
        """Do what can be done now. `items`: namespaces, and what is known to lie in them.

        Raises ApiError.
        """
        busy = {field(item, "metadata", "namespace") for item in items}
        for item in items:
            name = item["metadata"]["name"]
            now = self._clock()
            if not _is_going(item) or name in busy or now < self._next.get(name, now):
                continue
            self._next[name] = now + AGAIN_S
            end(self._api, name)


def _is_going(item: Object) -> bool:
    gone = item["metadata"].get("deletionTimestamp") is not None
    return item["kind"] == "Namespace" and gone


def end(api: KubernetesApi, name: str) -> bool:
    """Take what Kubernetes itself has put into a namespace that is going, and its finalizer.

    False where it holds something else, which has to go first; nothing is touched then. Harmless
    where it is gone. Raises ApiError.
    """
    kinds = [kind for kind in served.kinds(api) if kind.namespaced and kind.made]
    held = []
    for kind in kinds:
        items = served.listed(api.metadata, kind, name)
        if not all(census.comes_with_namespace(kind.name, each) for each in items):
            return False
        held += [inside(kind.path, name)] if items else []
    for path in held:
        api.delete(path)
    if any(api.metadata(path) for path in held):
        return False  # a finalizer of somebody's: the namespace controller tells of it
    return _finalize(api, name)


def _finalize(api: KubernetesApi, name: str) -> bool:
    path = f"/api/v1/namespaces/{name}"
    found = api.find(path)
    if found is None:
        return True
    kept = [each for each in field(found, "spec", "finalizers", default=()) if each != _FINALIZER]
    try:
        api.replace(f"{path}/finalize", {**found, "spec": {**found["spec"], "finalizers": kept}})
    except ApiError as error:
        # Kubernetes' own controller has come at the same moment: it is done, or looked at again.
        if error.status not in (httpx.codes.CONFLICT, httpx.codes.NOT_FOUND):
            raise
        return error.status == httpx.codes.NOT_FOUND
    return True
