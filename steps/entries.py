"""What a ConfigMap or a Secret holds, as text or as bytes."""

from __future__ import annotations

from sandbox.cluster.kubernetes import Object, field


def of(item: Object) -> dict[str, str]:
    """Value by key of all that it holds; bytes as base64, as the API server gives them."""
    return {**field(item, "data", default={}), **field(item, "binaryData", default={})}
