"""How an API server stands to the versions of kinds that a page shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sandbox.cluster.api_versions import ApiVersion, look
from sandbox.cluster.kubernetes import ApiError, KubernetesApi

WARNS = r'299 - "policy/v1beta2 \"Budget\" is deprecated; use policy/v1"'


def version(name: str, *kinds: tuple[str, str, str]) -> dict[str, Any]:
    found = [
        {"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced", "verbs": [verb]}
        for plural, kind, verb in kinds
    ]
    return {"version": name, "resources": found}


def group(name: str, *versions: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": name}, "versions": versions}


PODS = [("pods", "Pod", "list"), ("evictions", "Eviction", "create")]
BUDGETS = ("budgets", "Budget", "list")
SERVER: dict[str, tuple[dict[str, Any], list[str]]] = {
    "/api": ({"items": [group("", version("v1", *PODS))]}, []),
    "/apis": (
        {"items": [group("policy", version("v1", BUDGETS), version("v1beta2", BUDGETS))]},
        [],
    ),
    "/api/v1/pods": ({"items": []}, []),
    "/apis/policy/v1/budgets": ({"items": []}, []),
    "/apis/policy/v1beta2/budgets": ({"items": []}, [WARNS, '299 - "and soon gone"']),
}


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path not in SERVER:
        return httpx.Response(404, json={"message": "not found"})
    body, warnings = SERVER[request.url.path]
    return httpx.Response(200, json=body, headers=[("Warning", each) for each in warnings])


def asking(answer: Callable[[httpx.Request], httpx.Response]) -> KubernetesApi:
    made = KubernetesApi.__new__(KubernetesApi)
    made.client = httpx.Client(transport=httpx.MockTransport(answer), base_url="https://cluster")
    return made


def test_a_version_is_served_deprecated_gone_or_nobody_serves_the_kind() -> None:
    wanted = [
        ("v1", "Pod"),
        ("policy/v1", "Budget"),
        ("policy/v1beta2", "Budget"),
        ("policy/v1beta1", "Budget"),
        ("policy/v1", "Unknown"),
        ("cert-manager.io/v1", "ClusterIssuer"),
        ("v1", "Eviction"),
    ]
    said = 'policy/v1beta2 "Budget" is deprecated; use policy/v1; and soon gone'
    assert list(look(asking(answer), wanted)) == [
        ApiVersion("v1", "Pod", "served", ""),
        ApiVersion("policy/v1", "Budget", "served", ""),
        ApiVersion("policy/v1beta2", "Budget", "deprecated", said),
        ApiVersion("policy/v1beta1", "Budget", "gone", "policy/v1, policy/v1beta2 is served"),
        ApiVersion("policy/v1", "Unknown", "unasked", "nobody serves it"),
        ApiVersion("cert-manager.io/v1", "ClusterIssuer", "unasked", "nobody serves it"),
        ApiVersion("v1", "Eviction", "unasked", "nobody serves it"),
    ]


def test_a_server_that_cannot_say_is_no_server_that_says_nothing() -> None:
    away = asking(lambda _: httpx.Response(500, json={"message": "etcd is away"}))
    with pytest.raises(ApiError, match="etcd is away"):
        list(look(away, [("broken/v1", "Thing")]))
