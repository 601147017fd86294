"""Warnings about objects, as the programs of a cluster write them."""

from __future__ import annotations

from uuid import uuid4

from sandbox.cluster.kubernetes import Object
from sandbox.providers.embedded.container import now


def warning(about: Object, reason: str, message: str, *, by: str, host: str = "") -> Object:
    """An event about an object of the core API, written `by` a component of a `host`.

    An object of a list does not name its kind: who asks says it.
    """
    meta, at = about["metadata"], now()
    source = {"component": by, "host": host} if host else {"component": by}
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {
            "name": f"{meta['name']}.{uuid4().hex[:16]}",
            "namespace": meta["namespace"],
        },
        "involvedObject": {
            "apiVersion": "v1",
            "kind": about["kind"],
            "namespace": meta["namespace"],
            "name": meta["name"],
            "uid": meta["uid"],
        },
        "type": "Warning",
        "reason": reason,
        "message": message,
        "source": source,
        "reportingComponent": by,
        "reportingInstance": host or by,
        "firstTimestamp": at,
        "lastTimestamp": at,
        "count": 1,
    }
