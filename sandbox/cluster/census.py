"""What is in a cluster, by name: compared before and after a scenario to find what it left."""

from __future__ import annotations

from sandbox.cluster import flux_kinds
from sandbox.cluster.kubernetes import KubernetesApi, Object, field

_LISTS = (
    "/api/v1/namespaces",
    "/api/v1/configmaps",
    "/api/v1/secrets",
    "/api/v1/services",
    "/api/v1/serviceaccounts",
    "/api/v1/persistentvolumeclaims",
    "/api/v1/resourcequotas",
    "/api/v1/limitranges",
    "/apis/apps/v1/deployments",
    "/apis/apps/v1/daemonsets",
    "/apis/apps/v1/statefulsets",
    "/apis/batch/v1/jobs",
    "/apis/batch/v1/cronjobs",
    "/apis/autoscaling/v2/horizontalpodautoscalers",
    "/apis/networking.k8s.io/v1/ingresses",
    "/apis/networking.k8s.io/v1/networkpolicies",
    "/apis/policy/v1/poddisruptionbudgets",
    "/apis/scheduling.k8s.io/v1/priorityclasses",
    "/apis/storage.k8s.io/v1/storageclasses",
    "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
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
_PROGRAMS = ("kubectl", "flux")
"""How the programs that people type call themselves to the API server."""
_KEPT_BY = ("kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/")
"""Begins the labels by which Flux knows what it keeps."""


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


def made_by_hand(api: KubernetesApi, before: frozenset[str]) -> list[str]:
    """The paths of what people have made past Git and was not there before.

    Everything that kubectl or flux has typed into the cluster, and that no Kustomization keeps.
    """
    paths = []
    for path in (*_LISTS, *(kind.path for kind in flux_kinds.served(api))):
        listed = api.find(path)
        items = field(listed, "items", default=())
        kind = str(field(listed, "kind", default="")).removesuffix("List")
        group, plural = path.rsplit("/", 1)
        for item in items:
            meta = item["metadata"]
            namespace = meta.get("namespace", "")
            if f"{kind} {namespace}/{meta['name']}" in before or not _is_typed(meta):
                continue
            inside = f"/namespaces/{namespace}" if namespace else ""
            paths.append(f"{group}{inside}/{plural}/{meta['name']}")
    return paths


def _is_typed(meta: Object) -> bool:
    """Whether somebody's program made an object, and none of Flux's controllers."""
    labels = field(meta, "labels", default={})
    if any(name.startswith(_KEPT_BY) for name in labels):
        return False
    hands = field(meta, "managedFields", default=())
    first: Object = min(hands, key=lambda each: str(each.get("time", "")), default={})
    return str(first.get("manager", "")).startswith(_PROGRAMS)
