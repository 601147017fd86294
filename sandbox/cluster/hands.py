"""What people have written into objects that are there: fields that their programs still own.

The API server notes with each object which program wrote which field last
(`metadata.managedFields`). Where Flux puts back what somebody has changed past Git, it takes the
field over, and nothing of the hand is left. A field that somebody has only removed is owned by
nobody and not found here. Of an object that was made with a name and nothing else, such as the
ServiceAccount of a namespace, it notes nothing, later either: there it is the version that tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sandbox.cluster.kubernetes import USER_AGENT, Object, field

_PROGRAMS = ("kubectl", "flux", "helm")
"""How the programs that people type begin to call themselves: `kubectl-patch`, `flux`."""
_CLUSTERS_OWN = frozenset(
    {
        "helm-controller",
        "image-automation-controller",
        "image-reflector-controller",
        "kustomize-controller",
        "notification-controller",
        "source-controller",
        "source-watcher",
        "coredns",
        "kindnetd",
        "kube-apiserver",
        "kube-controller-manager",
        "kube-proxy",
        "kube-scheduler",
        "kubeadm",
        "kubelet",
        "kwok",
        "local-path-provisioner",
        USER_AGENT,
    }
)
"""What writes in a cluster by itself: Flux, Kubernetes, and whoever brings up the sandbox.

Anybody else is a hand. Whoever types may give a name (`kubectl apply --field-manager=team`), and
Flux's own reference of Kustomizations names one whose fields it leaves alone
(`flux-client-side-apply`); curl and other programs have theirs.
"""
_STATUS_OF = "gotk-"
"""Begins the name under which a controller of Flux writes what it says of an object."""
_REPORT = "status"
"""The subresource in which a controller, of a chart too, says what it has done."""
_MAPS = frozenset({"metadata.annotations", "metadata.labels", "data", "binaryData"})
"""Who owns such a map and nothing that is in it has written nothing that is there."""
_REQUESTS = "f:reconcile.fluxcd.io/"
"""Begins the annotations by which Flux is asked to look again: they change nothing."""


def of(item: Object) -> Iterator[tuple[str, str]]:
    """Each field of an object that a person's program owns, with the program; no version.

    Of an object that has no such notes its uid and its version.
    """
    meta = item["metadata"]
    if not (entries := field(meta, "managedFields", default=())):
        yield f"uid {meta['uid']} was written", str(meta["resourceVersion"])
    for entry in entries:
        if _is_hand(manager := str(entry.get("manager", "")), entry):
            for path in _leaves(entry.get("fieldsV1") or {}):
                if path not in _MAPS:
                    yield f"{path} by {manager}", ""


def _is_hand(manager: str, entry: Object) -> bool:
    if manager.removeprefix(_STATUS_OF) in _CLUSTERS_OWN:
        return False
    return entry.get("subresource") != _REPORT or manager.startswith(_PROGRAMS)


def owners(item: Object | None, *path: str) -> list[str]:
    """The programs that own a field of an object, sorted."""
    entries = field(item, "metadata", "managedFields", default=())
    names = [f"f:{name}" for name in path]
    held = (each for each in entries if field(each, "fieldsV1", *names) is not None)
    return sorted({str(each.get("manager", "")) for each in held})


def are_cluster(programs: Collection[str]) -> bool:
    """Whether one of the cluster's own programs is among these: what writes there by itself."""
    return not _CLUSTERS_OWN.isdisjoint(programs)


def left(before: Mapping[str, str], now: Mapping[str, str]) -> frozenset[str]:
    """What is of a hand now and was not before; an object that was not there before is not."""
    return frozenset(
        what
        for what, version in now.items()
        if (before[what] != version if what in before else not version)
    )


def _leaves(fields_v1: dict[str, Any], above: str = "") -> Iterator[str]:
    """`data.owner` of `{"f:data": {"f:owner": {}}}`; a container itself (`.`) is no field."""
    for name, inner in fields_v1.items():
        if name == "." or name.startswith(_REQUESTS):
            continue
        path = f"{above}.{name.removeprefix('f:')}" if above else name.removeprefix("f:")
        if inner:
            yield from _leaves(inner, path)
        else:
            yield path
