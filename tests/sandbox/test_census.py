"""What people have typed into a cluster past Git, among all that is there."""

from __future__ import annotations

from typing import Any, cast

import pytest

from sandbox.cluster import census
from sandbox.cluster.kubernetes import KubernetesApi


def hand(manager: str, time: str = "2026-01-01T00:00:00Z") -> dict[str, str]:
    return {"manager": manager, "time": time}


def item(name: str, *hands: dict[str, str], kept_by: str = "") -> dict[str, Any]:
    marks = {"kustomize.toolkit.fluxcd.io/name": kept_by} if kept_by else {}
    meta = {"name": name, "namespace": "apps", "labels": marks, "managedFields": list(hands)}
    return {"metadata": meta}


class Listing:
    """An API server with these Secrets and Namespaces and nothing else."""

    def __init__(self, secrets: list[dict[str, Any]], namespaces: list[dict[str, Any]]) -> None:
        self.known = {
            "/api/v1/secrets": {"kind": "SecretList", "items": secrets},
            "/api/v1/namespaces": {"kind": "NamespaceList", "items": namespaces},
        }

    def find(self, path: str) -> Any:
        return self.known.get(path)

    def get(self, path: str) -> Any:
        return self.known.get(path, {"kind": "List", "items": []})

    def list(self, path: str) -> list[Any]:
        return []


def made(secrets: list[dict[str, Any]], namespaces: list[dict[str, Any]]) -> list[str]:
    before = frozenset({"Secret apps/old"})
    return census.made_by_hand(cast(KubernetesApi, Listing(secrets, namespaces)), before)


def test_what_was_typed_is_found_and_nothing_that_a_controller_keeps() -> None:
    secrets = [
        item("old", hand("kubectl-create")),
        item("token", hand("kubectl-create")),
        item("applied", hand("kubectl-client-side-apply")),
        item("exported", hand("flux")),
        item("kept", hand("kubectl-create"), kept_by="apps"),
        item("of-flux", hand("kustomize-controller")),
        item("of-helm", hand("helm")),
        item("unknown"),
    ]
    team = item("team", hand("kubectl-create"))
    del team["metadata"]["namespace"]
    assert made(secrets, [team]) == [
        "/api/v1/namespaces/team",
        "/api/v1/namespaces/apps/secrets/token",
        "/api/v1/namespaces/apps/secrets/applied",
        "/api/v1/namespaces/apps/secrets/exported",
    ]


def test_what_was_only_changed_by_hand_is_somebody_elses() -> None:
    later = hand("kubectl-annotate", "2026-01-02T00:00:00Z")
    assert made([item("of-kubernetes", later, hand("kube-controller-manager"))], []) == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/resourcequotas",
        "/api/v1/limitranges",
        "/apis/policy/v1/poddisruptionbudgets",
        "/apis/scheduling.k8s.io/v1/priorityclasses",
        "/apis/storage.k8s.io/v1/storageclasses",
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations",
    ],
)
def test_what_holds_back_or_changes_other_objects_is_counted_and_taken_away(path: str) -> None:
    api = Listing([], [])
    api.known[path] = {"kind": "ThingList", "items": [item("freeze", hand("kubectl-create"))]}
    group, plural = path.rsplit("/", 1)
    assert census.take(cast(KubernetesApi, api)) == {"Thing apps/freeze"}
    assert census.made_by_hand(cast(KubernetesApi, api), frozenset()) == [
        f"{group}/namespaces/apps/{plural}/freeze"
    ]
