"""What is in a cluster because Flux has applied it is counted, whatever it is."""

from __future__ import annotations

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
