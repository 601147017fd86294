"""When a volume is made for a claim, and when it goes."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.providers.embedded.storage import (
    PROVISIONER,
    is_done_with,
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
