"""What a cluster is waited for: as it is now, not as it was when nobody had seen the change."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import census
from sandbox.errors import NotReady
from sandbox.kubernetes import ApiError
from sandbox.view import ClusterView

HEAD = "1234567890abcdef"


def kustomization(generation: int = 1, revision: str = HEAD, **condition: Any) -> dict[str, Any]:
    said = {"type": "Ready", "status": "True", "message": "Applied shop.v1", **condition}
    return {
        "metadata": {"namespace": "flux-system", "name": "apps", "generation": generation},
        "spec": {"sourceRef": {"kind": "GitRepository"}},
        "status": {
            "observedGeneration": 1,
            "lastAppliedRevision": f"main@sha1:{revision}",
            "conditions": [said],
        },
    }


def deployment(**status: Any) -> dict[str, Any]:
    seen = {"observedGeneration": 2, "readyReplicas": 2, "updatedReplicas": 2, **status}
    meta = {"namespace": "x", "name": "app", "generation": 2}
    return {"metadata": meta, "spec": {"replicas": 2}, "status": seen}


def view(followed: list[dict[str, Any]], asked: list[dict[str, Any]], kind: str) -> ClusterView:
    """A view whose informer has seen `followed`, while the API server has `asked`."""
    informer: Any = SimpleNamespace(
        version=0,
        all=lambda *_: [{**each, "kind": kind} for each in followed],
        get=lambda *_: followed[0],
        wait_for_change=lambda *_: None,
    )

    def listed(path: str) -> list[dict[str, Any]]:
        if "clusterissuers" in path:
            raise ApiError("GET", path, 404, "no such kind")
        return asked if f"/{kind.lower()}s" in path else []

    api: Any = SimpleNamespace(list=listed)
    return ClusterView("dev", api, informer, lambda: None)


def test_ready_is_what_the_api_server_says_not_what_was_seen_before() -> None:
    view([kustomization()], [kustomization()], "Kustomization").wait_ready(HEAD, 0)
    behind = view([kustomization()], [kustomization(revision="older")], "Kustomization")
    with pytest.raises(NotReady, match="is at main@sha1:older"):
        behind.wait_ready(HEAD, 0)


def test_a_condition_of_an_older_spec_is_not_what_is_waited_for() -> None:
    where = ("Kustomization", "flux-system", "apps", "True", "shop.v1", 0.0)
    view([kustomization(observedGeneration=1)], [], "Kustomization").wait_condition(*where)
    old = view([kustomization(2, observedGeneration=1)], [], "Kustomization")
    with pytest.raises(NotReady):
        old.wait_condition(*where)


def test_a_condition_that_names_something_longer_is_another_one() -> None:
    longer = view([kustomization(message="Applied shop.v12")], [], "Kustomization")
    with pytest.raises(NotReady):
        longer.wait_condition("Kustomization", "flux-system", "apps", "True", "shop.v1", 0)


@pytest.mark.parametrize(
    "status", [{"observedGeneration": 1}, {"updatedReplicas": 1}, {"readyReplicas": 3}]
)
def test_replicas_of_before_the_change_do_not_count(status: dict[str, int]) -> None:
    view([deployment()], [], "Deployment").wait_replicas("x", "app", 2, 0)
    with pytest.raises(NotReady):
        view([deployment(**status)], [], "Deployment").wait_replicas("x", "app", 2, 0)


def test_an_object_of_a_kind_that_is_not_known_is_not_simply_absent() -> None:
    seen = view([], [kustomization()], "Kustomization")
    assert seen.is_there("Kustomization", "flux-system", "apps")
    assert not seen.is_there("Kustomization", "flux-system", "app")
    with pytest.raises(ApiError, match="404"):
        seen.is_there("ClusterIssuer", "", "letsencrypt")


def test_what_has_come_is_named_without_what_every_namespace_has() -> None:
    before = frozenset({"Namespace /a", "Secret a/old"})
    now = before | {
        "Namespace /b",
        "ConfigMap b/kube-root-ca.crt",
        "ServiceAccount b/default",
        "ConfigMap b/note",
        "ClusterRole /wide",
    }
    assert census.come(before, now) == ["ClusterRole wide", "ConfigMap b/note", "Namespace b"]
