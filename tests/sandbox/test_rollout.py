"""What a Deployment runs is what its pods run, not what its template asks for."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.cluster import rollout

NOW, BEFORE = "example.com/app:2.0", "example.com/app:1.0"


def owned(name: str, by: str, **parts: Any) -> dict[str, Any]:
    return {"metadata": {"name": name, "uid": name, "ownerReferences": [{"uid": by}]}, **parts}


def pod(name: str, by: str, *images: str, **spec: Any) -> dict[str, Any]:
    return owned(name, by, spec={"containers": [{"image": each} for each in images], **spec})


class Api:
    """A namespace with these pods."""

    def __init__(self, *pods: dict[str, Any]) -> None:
        self.pods = list(pods)

    def list(self, path: str) -> list[dict[str, Any]]:
        sets = [owned("app-1", "app"), owned("app-2", "app"), owned("other-1", "other")]
        return {
            "/apis/apps/v1/namespaces/x/replicasets": sets,
            "/api/v1/namespaces/x/pods": self.pods,
        }[path]


def images(*pods: dict[str, Any]) -> list[str]:
    api: Any = Api(*pods)
    return rollout.images(api, {"metadata": {"namespace": "x", "name": "app", "uid": "app"}})


def test_the_images_are_those_of_its_own_pods_that_stay() -> None:
    ending = pod("old", "app-1", BEFORE)
    ending["metadata"]["deletionTimestamp"] = "2026-11-30T08:00:00Z"
    assert images(pod("new", "app-2", NOW), pod("b", "other-1", "other:1"), ending) == [NOW]
    assert images(pod("old", "app-1", BEFORE), pod("new", "app-2", NOW)) == [BEFORE, NOW]
    assert images() == []


@pytest.mark.parametrize(
    ("meta", "status", "made", "rolled_out"),
    [
        ({}, {}, True, True),
        ({}, {"readyReplicas": 1, "availableReplicas": 1}, True, False),
        ({"generation": 3}, {}, False, False),
        ({}, {"replicas": 3}, False, False),
        ({}, {"updatedReplicas": 1}, False, False),
        ({"deletionTimestamp": "2026-11-30T15:00:00Z"}, {}, True, False),
    ],
)
def test_pods_are_made_before_they_are_ready_and_go_with_it(
    meta: dict[str, Any], status: dict[str, int], made: bool, rolled_out: bool
) -> None:
    counts = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
    seen = {"observedGeneration": 2, **dict.fromkeys(counts, 2), **status}
    item = {"metadata": {"generation": 2, **meta}, "spec": {"replicas": 2}, "status": seen}
    assert rollout.is_made(item) is made
    assert rollout.rolled_out(item) is rolled_out
    assert ("deleted" in rollout.look(item)[1]) is bool(meta.get("deletionTimestamp"))


def test_a_sidecar_runs_and_an_init_container_has_ended() -> None:
    inits = [{"image": "init:1"}, {"image": "side:1", "restartPolicy": "Always"}]
    assert images(pod("new", "app-2", NOW, initContainers=inits)) == [NOW, "side:1"]


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        (NOW, "2.0"),
        ("registry:5000/app", ""),
        ("registry:5000/app:2.0@sha256:c0ffee", "2.0"),
        ("app@sha256:c0ffee", ""),
    ],
)
def test_a_tag_is_neither_a_port_nor_a_digest(image: str, tag: str) -> None:
    assert rollout.tag(image) == tag
