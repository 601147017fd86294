"""Whether a Deployment is what its spec asks for: all of its pods, and no others beside them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sandbox.cluster.kubernetes import KubernetesApi, Object, field

_COUNTS = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
"""While an update is under way, pods of before are ready and those of now are counted: only where
all of these are the number that is asked for, they are the same pods."""


def wanted(item: Object) -> int:
    """How many replicas its spec asks for."""
    return int(field(item, "spec", "replicas", default=1))


def rolled_out(item: Object) -> bool:
    """Whether all of its pods are of the newest spec and ready, and none of before is left.

    What is being deleted is not: its pods are about to go.
    """
    if item["metadata"].get("deletionTimestamp"):
        return False
    if field(item, "status", "observedGeneration") != item["metadata"]["generation"]:
        return False
    return all(field(item, "status", each, default=0) == wanted(item) for each in _COUNTS)


def is_made(item: Object) -> bool:
    """Whether its pods are those of the newest spec, ready or not, and none of before is left."""
    if field(item, "status", "observedGeneration") != item["metadata"]["generation"]:
        return False
    made = ("replicas", "updatedReplicas")
    return all(field(item, "status", each, default=0) == wanted(item) for each in made)


def look(item: Object | None) -> tuple[Object | None, str]:
    """It, once it has rolled out, and how far it has come: for who waits."""
    if item is None:
        return None, "no such Deployment"
    return (item if rolled_out(item) else None), _told(item)


def _told(item: Object) -> str:
    there, updated, ready, _ = (field(item, "status", each, default=0) for each in _COUNTS)
    said = f"{ready} of {wanted(item)} ready, {there} there, {updated} as the spec has it now"
    if item["metadata"].get("deletionTimestamp"):
        return f"{said}; it is being deleted"
    if field(item, "status", "observedGeneration") != item["metadata"]["generation"]:
        return f"{said}; its controller has not seen the newest spec"
    return said


def pods(api: KubernetesApi, item: Object) -> list[Object]:
    """Its pods, of those too that are ending: what its ReplicaSets own."""
    where = item["metadata"]["namespace"]
    sets = _owned(api.list(f"/apis/apps/v1/namespaces/{where}/replicasets"), {_uid(item)})
    return _owned(api.list(f"/api/v1/namespaces/{where}/pods"), {_uid(each) for each in sets})


def images(api: KubernetesApi, item: Object) -> list[str]:
    """The images of the containers that its pods run, sidecars too; init containers end before."""
    return sorted(
        {
            container["image"]
            for pod in pods(api, item)
            if not pod["metadata"].get("deletionTimestamp")
            for container in _running(pod["spec"])
        }
    )


def tag(image: str) -> str:
    """The tag of an image, "" where it has none: a registry may have a port, an image a digest."""
    return image.partition("@")[0].rsplit("/", 1)[-1].partition(":")[2]


def _running(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from spec["containers"]
    for each in field(spec, "initContainers", default=()):
        if each.get("restartPolicy") == "Always":
            yield each


def _owned(items: list[Object], by: set[str]) -> list[Object]:
    return [
        each
        for each in items
        if any(
            owner["uid"] in by for owner in field(each, "metadata", "ownerReferences", default=())
        )
    ]


def _uid(item: Object) -> str:
    return str(item["metadata"]["uid"])
