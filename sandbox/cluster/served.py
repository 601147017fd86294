"""The kinds of objects that an API server serves: asked of it, so that none is forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.cluster.kubernetes import KubernetesApi, Object, field


@dataclass(frozen=True)
class ServedKind:
    """One kind whose objects can be listed."""

    name: str
    path: str
    """The path of its list, over all namespaces."""
    made: bool
    """Whether anybody can make and delete its objects."""


def kinds(api: KubernetesApi) -> list[ServedKind]:
    """Every kind that can be listed, in the version of its group that is preferred.

    A kind that only another version of the group has is listed in that one. Raises ApiError.
    """
    found: dict[tuple[str, str], ServedKind] = {}
    for root in ("/api", "/apis"):
        for group in field(api.discover(root), "items", default=()):
            name = field(group, "metadata", "name", default="")
            for version in field(group, "versions", default=()):
                start = "/".join(part for part in (root, name, version["version"]) if part)
                for resource in field(version, "resources", default=()):
                    if "list" in resource["verbs"]:
                        kind = _kind(start, resource)
                        found.setdefault((name, resource["resource"]), kind)
    return list(found.values())


def _kind(start: str, resource: Object) -> ServedKind:
    return ServedKind(
        name=resource["responseKind"]["kind"],
        path=f"{start}/{resource['resource']}",
        made={"create", "delete"} <= set(resource["verbs"]),
    )
