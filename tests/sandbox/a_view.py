"""A view of a cluster that a test makes up, and what lies in it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from sandbox.cluster.flux_kinds import CRDS, FluxKind
from sandbox.cluster.kubernetes import ApiError
from sandbox.flux.status import Monorepo
from sandbox.flux.view import FluxView

HEAD = "1234567890abcdef"
SOURCES = FluxKind("GitRepository", "/apis/source.toolkit.fluxcd.io/v1/gitrepositories", True)
BUCKETS = FluxKind("Bucket", "/apis/source.toolkit.fluxcd.io/v1/buckets", True)
MONOREPO: dict[str, Any] = {
    "kind": "GitRepository",
    "metadata": {"namespace": "flux-system", "name": "flux-system", "generation": 1},
    "spec": {
        "url": "ssh://git@host:22/platform/flux",
        "ref": {"branch": "main"},
        "interval": "2s",
    },
    "status": {
        "observedGeneration": 1,
        "artifact": {"revision": f"main@sha1:{HEAD}"},
        "conditions": [{"type": "Ready", "status": "True"}],
    },
}


def kustomization(generation: int = 1, revision: str = HEAD, **condition: Any) -> dict[str, Any]:
    said = {"type": "Ready", "status": "True", "message": "Applied shop.v1", **condition}
    return {
        "metadata": {"namespace": "flux-system", "name": "apps", "generation": generation},
        "spec": {"sourceRef": {"kind": "GitRepository", "name": "flux-system"}},
        "status": {
            "observedGeneration": 1,
            "lastAppliedRevision": f"main@sha1:{revision}",
            "conditions": [said],
        },
    }


def deployment(**status: Any) -> dict[str, Any]:
    counts = ("replicas", "readyReplicas", "updatedReplicas", "availableReplicas")
    seen = {"observedGeneration": 2, **dict.fromkeys(counts, 2), **status}
    meta = {"namespace": "x", "name": "app", "generation": 2}
    return {"metadata": meta, "spec": {"replicas": 2}, "status": seen}


def view(followed: list[dict[str, Any]], asked: list[dict[str, Any]], kind: str) -> FluxView:
    """A view whose informer has seen `followed`, while the API server has `asked`."""
    served = [
        FluxKind("Kustomization", "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations", True),
        SOURCES,
    ]
    informer: Any = SimpleNamespace(
        version=0,
        kinds=lambda: served,
        flux_kinds=lambda: [each.name for each in served],
        path=lambda name: f"/apis/any/{name.lower()}s",
        all=lambda *_: [{**each, "kind": kind} for each in followed] + [MONOREPO],
        get=lambda one, *_: MONOREPO if one == SOURCES.name else followed[0],
        wait_for_change=lambda *_: None,
    )

    def listed(path: str) -> list[dict[str, Any]]:
        if "clusterissuers" in path:
            raise ApiError("GET", path, 404, "no such kind")
        if path == CRDS:
            return [defined(each) for each in served]
        if path == SOURCES.path:
            return [MONOREPO]
        return asked if f"/{kind.lower()}s" in path else []

    quotas = {
        "resource": "resourcequotas",
        "responseKind": {"kind": "ResourceQuota"},
        "scope": "Namespaced",
        "verbs": ["list"],
    }

    def found(path: str) -> dict[str, Any]:
        if path in map(informer.path, (kind, SOURCES.name)):
            return {"items": asked if path == informer.path(kind) else [MONOREPO]}
        where, name = path.rsplit("/", 1)
        there = [each for each in asked if where.endswith(f"/{kind.lower()}s")]
        return next((each for each in there if each["metadata"]["name"] == name), {"path": path})

    core = {"metadata": {}, "versions": [{"version": "v1", "resources": [quotas]}]}
    api: Any = SimpleNamespace(
        list=listed,
        refreshed=listed,
        discover=lambda root: {"items": [core] if root == "/api" else []},
        find=found,
    )
    return FluxView("dev", api, informer, lambda: None, Monorepo("platform/flux", "main"))


def defined(kind: FluxKind) -> dict[str, Any]:
    """The CRD of a kind."""
    return {
        "spec": {
            "group": f"{kind.path.split('/')[2].split('.')[0]}.toolkit.fluxcd.io",
            "names": {"kind": kind.name, "plural": kind.path.rsplit("/", 1)[1]},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}} if kind.reports else None,
                }
            ],
        },
        "status": {"conditions": [{"type": "Established", "status": "True"}]},
    }
