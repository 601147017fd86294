"""What is in a cluster, by name: compared before and after a scenario to find what it left."""

from __future__ import annotations

from sandbox import flux_kinds
from sandbox.kubernetes import KubernetesApi, field

_LISTS = (
    "/api/v1/namespaces",
    "/api/v1/configmaps",
    "/api/v1/secrets",
    "/api/v1/services",
    "/api/v1/serviceaccounts",
    "/api/v1/persistentvolumeclaims",
    "/apis/apps/v1/deployments",
    "/apis/apps/v1/daemonsets",
    "/apis/apps/v1/statefulsets",
    "/apis/batch/v1/jobs",
    "/apis/batch/v1/cronjobs",
    "/apis/autoscaling/v2/horizontalpodautoscalers",
    "/apis/networking.k8s.io/v1/ingresses",
    "/apis/networking.k8s.io/v1/networkpolicies",
    "/apis/rbac.authorization.k8s.io/v1/clusterroles",
    "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "/apis/rbac.authorization.k8s.io/v1/roles",
    "/apis/rbac.authorization.k8s.io/v1/rolebindings",
    "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
)
_OWN_LIFE = ("ConfigMap kube-system/", "Secret kube-system/bootstrap-token")
"""What Kubernetes itself makes and removes at times of its own."""
_WITH_NAMESPACE = (("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default"))
"""What Kubernetes puts into every namespace."""


def take(api: KubernetesApi) -> frozenset[str]:
    """`Kind namespace/name` of everything that people or Flux put into the cluster."""
    found = set()
    of_flux = [kind.path for kind in flux_kinds.served(api)]
    for path in (*_LISTS, *of_flux):
        # A kind of Flux may go meanwhile; that it has gone is seen among the definitions.
        listed = api.find(path) if path in of_flux else api.get(path)
        if listed is None:
            continue
        kind = listed["kind"].removesuffix("List")
        for item in field(listed, "items", default=()):
            meta = item["metadata"]
            found.add(f"{kind} {meta.get('namespace', '')}/{meta['name']}")
    return frozenset(name for name in found if not name.startswith(_OWN_LIFE))


def come(before: frozenset[str], now: frozenset[str]) -> list[str]:
    """What was not there before, sorted, without what Kubernetes puts into every namespace."""
    return sorted(
        name.replace(" /", " ")
        for name in now - before
        if not any(name.startswith(f"{k} ") and name.endswith(f"/{n}") for k, n in _WITH_NAMESPACE)
    )
