"""The kinds of objects that an API server serves: asked of it, so that none is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from sandbox.cluster.kubernetes import ApiError, KubernetesApi, Object, field, inside


@dataclass(frozen=True)
class ServedKind:
    """One kind whose objects can be listed."""

    name: str
    group: str
    """'' for the core group."""
    version: str
    path: str
    """The path of its list, over all namespaces."""
    made: bool
    """Whether anybody can make and delete its objects."""
    namespaced: bool
    """Whether its objects lie in namespaces."""


def kinds(api: KubernetesApi) -> list[ServedKind]:
    """Every kind that can be listed, in the version of its group that is preferred.

    A kind that only another version of the group has is listed in that one. Raises ApiError.
    """
    found: dict[tuple[str, str], ServedKind] = {}
    for each in versions(api):
        found.setdefault((each.group, each.path.rpartition("/")[2]), each)
    return list(found.values())


def listed(
    ask: Callable[[str], list[Object]], kind: ServedKind, namespace: str = ""
) -> list[Object]:
    """What `ask` finds at the path of a kind; nothing where its definition has gone meanwhile.

    In one namespace or in all. Raises ApiError.
    """
    try:
        return ask(inside(kind.path, namespace))
    except ApiError as error:
        if error.status != httpx.codes.NOT_FOUND:
            raise
        return []


def versions(api: KubernetesApi) -> Iterator[ServedKind]:
    """Every kind that can be listed, in each version of its group, the preferred one first.

    Raises ApiError.
    """
    for root in ("/api", "/apis"):
        for group in field(api.discover(root), "items", default=()):
            name = field(group, "metadata", "name", default="")
            for version in field(group, "versions", default=()):
                for resource in field(version, "resources", default=()):
                    if "list" in resource["verbs"]:
                        yield _kind(root, name, version["version"], resource)


def _kind(root: str, group: str, version: str, resource: Object) -> ServedKind:
    return ServedKind(
        name=resource["responseKind"]["kind"],
        group=group,
        version=version,
        path="/".join(part for part in (root, group, version, resource["resource"]) if part),
        made={"create", "delete"} <= set(resource["verbs"]),
        namespaced=resource["scope"] == "Namespaced",
    )
