"""What a cluster's storage does: a default StorageClass, and volumes for the claims that use it.

kind and AKS both have such a class, and both wait for the first pod that uses a claim. Scheduler
and volume controller are real; what is played here is only the provisioner: it makes a
PersistentVolume when it is asked for one and takes it away when its claim has gone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import httpx

from sandbox.cluster.kubernetes import Object, field
from sandbox.cluster.reflector import Reflector
from sandbox.providers.embedded.control_plane import NODE
from sandbox.providers.embedded.events import warning

CLASS = "standard"
PROVISIONER = "proofbook.dev/simulated-volumes"
_ASKED = (
    "volume.kubernetes.io/storage-provisioner",
    "volume.beta.kubernetes.io/storage-provisioner",
)
"""Annotations by which the volume controller asks a provisioner for a volume."""
_NODE = "volume.kubernetes.io/selected-node"
"""Annotation by which the scheduler says where the first pod goes."""
_PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
_SERVED = frozenset({"ReadWriteOnce", "ReadWriteOncePod"})
_VOLUMES = "/api/v1/persistentvolumes"


def storage_class() -> Object:
    """The class of a claim that names none."""
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": CLASS,
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": PROVISIONER,
        "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer",
    }


def _class_for(claim: Object, classes: dict[str, Object]) -> Object | None:
    """The class that a claim wants a volume of now; None where it wants none, or not here."""
    meta, spec = claim["metadata"], claim["spec"]
    annotations = field(meta, "annotations", default={})
    if spec.get("volumeName") or meta.get("deletionTimestamp"):
        return None
    if PROVISIONER not in (annotations.get(each) for each in _ASKED):
        return None
    made_by = classes.get(spec.get("storageClassName") or "")
    if made_by is None:
        return None
    waits = made_by.get("volumeBindingMode") == "WaitForFirstConsumer"
    return None if waits and _NODE not in annotations else made_by


def refused(claim: Object, classes: dict[str, Object]) -> str:
    """Why a volume that a claim asks for can't be made; "" where it can, or none is asked for.

    In the words of local-path, which serves one node's folders; an AKS disk can do no more.
    """
    made_by, spec = _class_for(claim, classes), claim["spec"]
    if made_by is None:
        return ""
    if spec.get("volumeMode") == "Block":
        return f"{PROVISIONER} does not support block volume provisioning"
    cause = ""
    if spec.get("selector"):
        cause = "claim.Spec.Selector is not supported"
    elif not _SERVED.issuperset(spec["accessModes"]):
        cause = "NodePath only supports ReadWriteOnce and ReadWriteOncePod (1.22+) access modes"
    name = made_by["metadata"]["name"]
    return cause and f'failed to provision volume with StorageClass "{name}": {cause}'


def wanted(claim: Object, classes: dict[str, Object]) -> Object | None:
    """The volume that is to be made for a claim now; None where none is."""
    made_by = _class_for(claim, classes)
    if made_by is None or refused(claim, classes):
        return None
    meta, spec = claim["metadata"], claim["spec"]
    annotations = field(meta, "annotations", default={})
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": f"pvc-{meta['uid']}",
            "annotations": {_PROVISIONED_BY: PROVISIONER},
        },
        "spec": {
            "accessModes": spec["accessModes"],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": meta["namespace"],
                "name": meta["name"],
                "uid": meta["uid"],
            },
            "hostPath": {"path": f"/var/simulated/{meta['uid']}", "type": "DirectoryOrCreate"},
            "persistentVolumeReclaimPolicy": made_by.get("reclaimPolicy") or "Delete",
            "storageClassName": spec.get("storageClassName"),
            "volumeMode": spec.get("volumeMode") or "Filesystem",
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [
                        {
                            "matchExpressions": [
                                {
                                    "key": "kubernetes.io/hostname",
                                    "operator": "In",
                                    "values": [annotations.get(_NODE) or NODE],
                                }
                            ]
                        }
                    ]
                }
            },
        },
    }


def is_done_with(volume: Object) -> bool:
    """Whether a volume that was made here is to go: its claim has gone and nobody keeps it."""
    return bool(
        field(volume, "metadata", "annotations", _PROVISIONED_BY) == PROVISIONER
        and field(volume, "status", "phase") == "Released"
        and volume["spec"].get("persistentVolumeReclaimPolicy") == "Delete"
        and not volume["metadata"].get("deletionTimestamp")
    )


class Provisioner:
    """Makes volumes for claims and takes them away."""

    def __init__(
        self,
        api: httpx.AsyncClient,
        send: Callable[[str, str, Object], Awaitable[Object]],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """`send` sends an object to the API server, `spawn` does something beside."""
        self._api = api
        self._send = send
        self._spawn = spawn
        self._classes: dict[str, Object] = {}
        self._claims: dict[str, Object] = {}
        self._told: set[tuple[str, str]] = set()

    def reflectors(self) -> list[Reflector]:
        """What has to be followed for it."""
        claims, classes = "/api/v1/persistentvolumeclaims", "/apis/storage.k8s.io/v1/storageclasses"
        return [
            Reflector(self._api, classes, replace=self._replace_classes, note=self._note_class),
            Reflector(self._api, claims, replace=self._replace_claims, note=self._note_claim),
            Reflector(self._api, _VOLUMES, replace=self._replace_volumes, note=self._note_volume),
        ]

    def _replace_classes(self, items: list[Object]) -> None:
        self._classes = {item["metadata"]["name"]: item for item in items}
        self._look_at_claims()

    def _note_class(self, item: Object, gone: bool) -> None:
        self._classes.pop(item["metadata"]["name"], None)
        if not gone:
            self._classes[item["metadata"]["name"]] = item
        self._look_at_claims()

    def _replace_claims(self, items: list[Object]) -> None:
        self._claims = {item["metadata"]["uid"]: item for item in items}
        self._look_at_claims()

    def _note_claim(self, item: Object, gone: bool) -> None:
        self._claims.pop(item["metadata"]["uid"], None)
        if not gone:
            self._claims[item["metadata"]["uid"]] = item
            self._look_at(item)

    def _look_at_claims(self) -> None:
        for claim in self._claims.values():
            self._look_at(claim)

    def _look_at(self, claim: Object) -> None:
        volume = wanted(claim, self._classes)
        if volume is not None:
            self._spawn(self._ask("POST", _VOLUMES, volume))
        cause = refused(claim, self._classes)
        told = (claim["metadata"]["uid"], cause)
        if cause and told not in self._told:
            self._told.add(told)
            path = f"/api/v1/namespaces/{claim['metadata']['namespace']}/events"
            event = warning(
                {"kind": "PersistentVolumeClaim", **claim},
                "ProvisioningFailed",
                cause,
                by=PROVISIONER,
            )
            self._spawn(self._ask("POST", path, event))

    def _replace_volumes(self, items: list[Object]) -> None:
        for item in items:
            self._note_volume(item, False)

    def _note_volume(self, item: Object, gone: bool) -> None:
        if not gone and is_done_with(item):
            self._spawn(self._ask("DELETE", f"{_VOLUMES}/{item['metadata']['name']}", {}))

    async def _ask(self, method: str, path: str, body: Object) -> None:
        await self._send(method, path, body)
