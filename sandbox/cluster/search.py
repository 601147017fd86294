"""Find out which objects of a cluster hold a text, decoded Secrets included."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

from sandbox.cluster import served
from sandbox.cluster.kubernetes import KubernetesApi, Object, field


def holders(api: KubernetesApi, text: str) -> list[str]:
    """`Kind namespace/name` of every object of every kind that holds `text`, sorted."""
    found = []
    for kind in served.kinds(api):
        for item in field(api.get(kind.path), "items", default=()):
            if text in json.dumps(item) or any(text in part for part in _decoded(kind.name, item)):
                meta = item["metadata"]
                name = (
                    f"{meta['namespace']}/{meta['name']}" if "namespace" in meta else meta["name"]
                )
                found.append(f"{kind.name} {name}")
    return sorted(set(found))


def _decoded(kind: str, item: Object) -> Iterator[str]:
    if kind == "Secret":
        for value in field(item, "data", default={}).values():
            yield base64.b64decode(value).decode(errors="replace")
