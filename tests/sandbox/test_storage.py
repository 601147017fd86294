"""When a volume is made for a claim, and when it goes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sandbox.providers.embedded.storage import (
    PROVISIONER,
    Provisioner,
    is_done_with,
    refused,
    storage_class,
    wanted,
)

CLASSES = {
    "standard": storage_class(),
    "at-once": {**storage_class(), "volumeBindingMode": "Immediate", "reclaimPolicy": "Retain"},
}
ASKED = {"volume.kubernetes.io/storage-provisioner": PROVISIONER}
SCHEDULED = {**ASKED, "volume.kubernetes.io/selected-node": "simulated-node"}


def claim(annotations: dict[str, str] | None, name: str = "standard", **spec: Any) -> Any:
    return {
        "metadata": {"uid": "u1", "namespace": "dev", "name": "data", "annotations": annotations},
        "spec": {
            "storageClassName": name,
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
            **spec,
        },
    }


@pytest.mark.parametrize(
    "asked",
    [
        claim(None),
        claim(ASKED),
        claim({"volume.kubernetes.io/storage-provisioner": "disk.csi.azure.com"}, "at-once"),
        claim(SCHEDULED, "no-such-class"),
        claim(SCHEDULED, volumeName="pvc-u1"),
    ],
    ids=["not asked", "no pod yet", "another's", "no class", "bound"],
)
def test_no_volume_is_made(asked: Any) -> None:
    assert wanted(asked, CLASSES) is None


FAILED = 'failed to provision volume with StorageClass "standard": '
MODES = f"{FAILED}NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes"
BLOCK = f"{PROVISIONER} does not support block volume provisioning"
BEYOND = [
    ({"accessModes": ["ReadWriteMany"]}, MODES),
    ({"accessModes": ["ReadWriteOnce", "ReadOnlyMany"]}, MODES),
    ({"volumeMode": "Block"}, BLOCK),
    (
        {"selector": {"matchLabels": {"tier": "gold"}}},
        f"{FAILED}claim.Spec.Selector is not supported",
    ),
    ({"volumeMode": "Filesystem", "accessModes": ["ReadWriteOncePod"]}, ""),
    ({}, ""),
]


@pytest.mark.parametrize(("spec", "words"), BEYOND)
def test_what_the_class_cannot_serve_is_told_and_not_made(spec: dict[str, Any], words: str) -> None:
    assert refused(claim(SCHEDULED, **spec), CLASSES) == words
    assert (wanted(claim(SCHEDULED, **spec), CLASSES) is None) is bool(words)


def test_a_claim_that_asks_for_no_volume_yet_is_refused_nothing() -> None:
    assert refused(claim(ASKED, accessModes=["ReadWriteMany"]), CLASSES) == ""
    assert refused(claim(SCHEDULED, "other", accessModes=["ReadWriteMany"]), CLASSES) == ""


def test_a_claim_that_is_refused_has_one_event() -> None:
    sent: list[tuple[str, str, Any]] = []

    async def send(method: str, path: str, body: Any) -> Any:
        sent.append((method, path, body))

    def spawn(work: Any) -> None:
        asyncio.run(work)

    provisioner = Provisioner(None, send, spawn)  # type: ignore[arg-type]
    provisioner._classes = CLASSES
    for _ in range(2):
        provisioner._note_claim(claim(SCHEDULED, accessModes=["ReadWriteMany"]), False)
    [(method, path, event)] = sent
    assert (method, path) == ("POST", "/api/v1/namespaces/dev/events")
    assert (event["reason"], event["type"]) == ("ProvisioningFailed", "Warning")
    assert event["message"] == MODES
    about = event["involvedObject"]
    assert (about["kind"], about["name"]) == ("PersistentVolumeClaim", "data")


def test_a_volume_is_made_for_the_first_pod_that_uses_the_claim() -> None:
    volume = wanted(claim(SCHEDULED), CLASSES)
    assert volume is not None
    spec = volume["spec"]
    assert spec["claimRef"]["uid"] == "u1"
    assert spec["capacity"] == {"storage": "1Gi"}
    assert spec["accessModes"] == ["ReadWriteOnce"]
    assert spec["persistentVolumeReclaimPolicy"] == "Delete"


def test_a_class_that_does_not_wait_gets_its_volume_at_once() -> None:
    volume = wanted(claim(ASKED, "at-once"), CLASSES)
    assert volume is not None
    assert volume["spec"]["persistentVolumeReclaimPolicy"] == "Retain"


def test_a_released_volume_goes_unless_it_is_kept() -> None:
    volume = wanted(claim(SCHEDULED), CLASSES)
    assert volume is not None
    assert not is_done_with({**volume, "status": {"phase": "Bound"}})
    assert is_done_with({**volume, "status": {"phase": "Released"}})
    kept = wanted(claim(ASKED, "at-once"), CLASSES)
    assert kept is not None
    assert not is_done_with({**kept, "status": {"phase": "Released"}})
    assert not is_done_with({**volume, "metadata": {}, "status": {"phase": "Released"}})
