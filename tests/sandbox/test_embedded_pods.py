"""The pods of an embedded cluster, for real: what they wait for, and how they end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from embedded_live import Live, reasons, statuses, workload

pytestmark = pytest.mark.toolchain


def test_a_pod_waits_for_its_secret(live: Live) -> None:
    variable = {"secretKeyRef": {"name": "login", "key": "password"}}
    container = {
        "name": "app",
        "image": "example.com/app:1",
        "env": [{"name": "PASSWORD", "valueFrom": variable}],
    }
    live.apply(workload("waits", containers=[container]))
    live.wait(
        "the error",
        lambda: statuses(live, "default", "waits") == ["0/1 CreateContainerConfigError"],
        lambda: statuses(live, "default", "waits"),
    )
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "login", "namespace": "default"},
        "stringData": {"password": "open sesame"},
    }
    live.apply(secret)
    live.run(live.kubectl, "rollout", "status", "deployment/waits")
    assert "restarts" not in json.dumps(live.pods("default", "waits")[0]["status"])


@pytest.mark.parametrize(
    ("name", "spec", "words"),
    [
        (
            "huge",
            {
                "containers": [
                    {
                        "name": "app",
                        "image": "example.com/app:1",
                        "resources": {"requests": {"cpu": "900"}},
                    }
                ]
            },
            "Insufficient cpu",
        ),
        ("picky", {"nodeSelector": {"disk": "gold"}}, "didn't match Pod's node affinity/selector"),
    ],
)
def test_a_pod_that_fits_nowhere_is_pending(
    live: Live, name: str, spec: dict[str, Any], words: str
) -> None:
    live.apply(workload(name, **spec))
    live.wait(
        "FailedScheduling",
        lambda: any("FailedScheduling" in each and words in each for each in reasons(live, name)),
        lambda: reasons(live, name),
    )
    assert statuses(live, "default", name) == ["0/1 Pending"]


def test_a_job_completes_and_one_that_is_told_to_fails(live: Live) -> None:
    def job(name: str, annotations: dict[str, str]) -> dict[str, Any]:
        return {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {
                "backoffLimit": 0,
                "template": {
                    "metadata": {"annotations": annotations, "labels": {"app": name}},
                    "spec": {
                        "restartPolicy": "Never",
                        "containers": [{"name": "app", "image": "example.com/app:1"}],
                    },
                },
            },
        }

    live.apply(job("good", {}), job("bad", {"kubelet.proofbook.dev/fails": "app"}))
    wait = ["wait", "--timeout=50s", "--for"]
    live.run(live.kubectl, *wait, "condition=Complete", "job/good")
    live.run(live.kubectl, *wait, "condition=Failed", "job/bad")
    assert statuses(live, "default", "good") == ["0/1 Completed"]
    assert statuses(live, "default", "bad") == ["0/1 Error"]
    live.run(live.kubectl, "delete", "job", "good", "bad", "--wait")
    live.wait("no pod", lambda: not live.pods("default", "good") + live.pods("default", "bad"))


def test_a_claim_that_the_class_cannot_serve_stays_pending_and_says_so(live: Live) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "shared", "namespace": "default"},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    live.apply(claim)
    volume = {"name": "shared", "persistentVolumeClaim": {"claimName": "shared"}}
    live.apply(workload("sharer", volumes=[volume]))
    live.wait(
        "ProvisioningFailed",
        lambda: "only supports ReadWriteOnce" in live.run(live.kubectl, "describe", "pvc/shared"),
    )
    assert statuses(live, "default", "sharer") == ["0/1 Pending"]
    live.run(live.kubectl, "delete", "deployment/sharer", "pvc/shared", "--timeout=50s")


def test_a_namespace_with_pods_goes_away(live: Live) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "passing"}}
    guest = workload("guest")
    guest["metadata"]["namespace"] = "passing"
    live.apply(namespace, guest)
    live.run(live.kubectl, "-n", "passing", "rollout", "status", "deployment/guest")
    live.run(live.kubectl, "delete", "namespace", "passing", "--timeout=50s")


def test_a_claim_without_a_class_is_bound_for_its_first_pod_and_its_volume_goes(
    live: Live,
) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data", "namespace": "default"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    path = "/api/v1/namespaces/default/persistentvolumeclaims/data"
    live.apply(claim)
    live.wait(
        "the claim to wait for a pod",
        lambda: any(
            each["reason"] == "WaitForFirstConsumer"
            for each in live.api.list("/api/v1/namespaces/default/events")
        ),
    )
    assert live.api.get(path)["status"]["phase"] == "Pending"
    volume = {"name": "data", "persistentVolumeClaim": {"claimName": "data"}}
    live.apply(workload("keeper", volumes=[volume]))
    live.run(live.kubectl, "rollout", "status", "deployment/keeper")
    bound = live.api.get(path)
    assert bound["status"]["phase"] == "Bound"
    assert bound["spec"]["storageClassName"] == "standard"
    live.run(live.kubectl, "delete", "deployment/keeper", "pvc/data", "--timeout=50s")
    live.wait("no volume", lambda: not live.api.list("/api/v1/persistentvolumes"))
