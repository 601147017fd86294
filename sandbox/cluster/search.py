"""Find out which objects of a cluster hold a text, decoded Secrets included."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from sandbox.cluster.kubernetes import KubernetesApi, Object, field


def holders(api: KubernetesApi, text: str) -> list[str]:
    """`Kind namespace/name` of every object of every kind that holds `text`, sorted."""
    found = []
    for kind, path in _lists(api):
        for item in field(api.get(path), "items", default=()):
            if text in json.dumps(item) or any(text in part for part in _decoded(kind, item)):
                meta = item["metadata"]
                name = (
                    f"{meta['namespace']}/{meta['name']}" if "namespace" in meta else meta["name"]
                )
                found.append(f"{kind} {name}")
    return sorted(set(found))


def _lists(api: KubernetesApi) -> Iterator[tuple[str, str]]:
    """Kind and list path of everything that can be listed."""
    groups = [
        group["preferredVersion"]["groupVersion"]
        for group in field(api.get("/apis"), "groups", default=())
    ]
    for path in ["/api/v1", *(f"/apis/{group}" for group in groups)]:
        for resource in field(api.get(path), "resources", default=()):
            if "/" not in resource["name"] and "list" in resource["verbs"]:
                yield resource["kind"], f"{path}/{resource['name']}"


def _decoded(kind: str, item: Object) -> Iterator[str]:
    if kind == "Secret":
        for value in field(item, "data", default={}).values():
            yield base64.b64decode(value).decode(errors="replace")
