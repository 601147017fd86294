"""What is in a cluster because Flux has applied it is counted, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest
from test_census import api, hand, item

from sandbox.cluster import census


@pytest.mark.parametrize(
    ("path", "namespace", "counted"),
    [
        ("/apis/coordination.k8s.io/v1/leases", "apps", "Lease apps/x"),
        ("/api/v1/configmaps", "kube-system", "ConfigMap kube-system/x"),
        ("/api/v1/pods", "apps", "Pod apps/x"),
    ],
)
@pytest.mark.parametrize("by", ["kustomize", "helm"])
def test_what_flux_has_applied_counts_whatever_it_is(
    path: str, namespace: str, counted: str, by: str
) -> None:
    def taken(manager: str, **labels: str) -> frozenset[str]:
        meta = item("x", hand(manager))["metadata"] | {"namespace": namespace, "labels": labels}
        meta["ownerReferences"] = [{"kind": "ReplicaSet", "name": "x", "controller": True}]
        return census.take(api({path: [{"metadata": meta}]}))

    label = {f"{by}.toolkit.fluxcd.io/name": "apps"}
    assert taken(f"{by}-controller", **label) == {counted}
    # Kubernetes copies the labels of a Service to what it makes for it.
    assert taken("kube-controller-manager", **label) == frozenset()
    assert taken(f"{by}-controller") == frozenset()


def states(path: str, **change: Any) -> dict[str, tuple[str, int, str]]:
    meta = {"name": "x", "namespace": "apps", "uid": "1", "generation": 1}
    meta |= change.pop("metadata", {})
    return census.states(api({path: [{"metadata": meta, "spec": {"pods": 10}, **change}]}))


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"status": {"used": 1}}, True),
        ({"metadata": {"annotations": {"a": "b"}}}, True),
        ({"spec": {"pods": 1}}, False),
        ({"data": {"a": "b"}}, False),
        ({"metadata": {"uid": "2"}}, False),
        ({"metadata": {"generation": 2}}, False),
        ({"metadata": {"name": "y"}}, False),
    ],
)
def test_what_is_the_same_says_the_same_of_every_kind(change: dict[str, Any], same: bool) -> None:
    # A quota has no generation that would tell of it.
    quotas = "/api/v1/resourcequotas"
    assert (states(quotas, **change) == states(quotas)) == same


@pytest.mark.parametrize("by", ["kustomize", "helm"])
def test_what_has_two_owners_carries_the_labels_of_both(by: str) -> None:
    def labelled(*owners: str) -> list[str]:
        labels = {f"{each}.toolkit.fluxcd.io/name": "apps" for each in owners}
        meta = item("web", hand(f"{by}-controller"))["metadata"] | {"labels": labels}
        return census.of_both(api({"/api/v1/secrets": [{"metadata": meta}]}))

    assert labelled("kustomize", "helm") == ["Secret apps/web"]
    assert labelled(by) == []
    assert labelled() == []
