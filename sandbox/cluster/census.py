"""What is in a cluster, by name: compared before and after a scenario to find what it left."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator

from sandbox.cluster import hands, served, store_keys
from sandbox.cluster.kubernetes import KubernetesApi, Object, field, inside

_OWN_LIFE = (
    "ConfigMap kube-system/",
    "Secret kube-system/bootstrap-token",
    "Pod local-path-storage/helper-pod-",
    "CertificateSigningRequest /csr-",
)
"""What Kubernetes itself makes and removes at times of its own."""
_BOOKKEEPING = frozenset(
    {
        "CSIStorageCapacity",
        "ComponentStatus",
        "ControllerRevision",
        "Endpoints",
        "Event",
        "IPAddress",
        "Lease",
        "LeaseCandidate",
        "VolumeAttachment",
    }
)
"""Kinds in which Kubernetes keeps its own books about objects of other kinds."""
_OF_NODES = ("CSINode", "Node")
"""Kinds in which nodes tell of themselves."""
_TOLD = "Event"
"""The kind that is never counted: what programs tell of other objects."""
_BY_ITSELF = "kube-aggregator.kubernetes.io/automanaged"
"""The label of an APIService that comes and goes with the definitions of its group."""
_PROVISIONED = "pv.kubernetes.io/provisioned-by"
"""The annotation of a volume that was made for a claim."""
_BY_STATUS = ("PersistentVolume",)
"""Kinds of which not only the metadata says whether they count."""
_WITH_NAMESPACE = (("ConfigMap", "kube-root-ca.crt"), ("ServiceAccount", "default"))
"""What Kubernetes puts into every namespace."""
_KUBERNETES = "kube-system"
"""The namespace in which Kubernetes keeps what it needs itself."""
_PROGRAMS = ("kubectl", "flux")
"""How the programs that people type call themselves to the API server."""
_KEPT_BY = ("kustomize.toolkit.fluxcd.io/", "helm.toolkit.fluxcd.io/")
"""Begins the labels by which Flux knows what it keeps."""
_KEEPER = tuple(f"{_KEPT_BY[0]}{word}" for word in ("namespace", "name"))
"""The labels that name the Kustomization which keeps an object."""
_APPLIED_BY = frozenset({"helm-controller", "kustomize-controller"})
"""How those of Flux's controllers that apply objects call themselves to the API server."""


def take(api: KubernetesApi) -> frozenset[str]:
    """`Kind namespace/name` of everything that people or Flux put into the cluster.

    Of every kind that the API server serves. What a controller made for another object is not
    counted: it goes with that one. What Flux has applied counts, whatever it is.
    """
    return look(api)[0]


def look(api: KubernetesApi) -> tuple[frozenset[str], frozenset[str]]:
    """What `take` tells, and which of it is being deleted: it is there for a moment only."""
    there: dict[str, str] = {}
    going: set[str] = set()
    for kind, item in _counted(api):
        name = f"{kind.name} {_place(item)}"
        if there.setdefault(name, kind.group) != kind.group:
            name = f"{name} of {kind.group}"  # another group has such a kind, and the same name
            there[name] = kind.group
        if item["metadata"].get("deletionTimestamp"):
            going.add(name)
    return frozenset(there), frozenset(going)


def by_hand(api: KubernetesApi, written: Collection[str] | None = None) -> dict[str, str]:
    """`Kind namespace/name: field by program` of every field that a person's program owns.

    With the version of what has no notes of that (`hands`). Of what counts as with `take`.
    `written` are the keys of the store that were written since another look, where they are known:
    only kinds with such a one are looked at.
    """
    return {
        f"{kind.name} {_place(item)}: {what}": version
        for kind, item in _counted(api, written)
        for what, version in hands.of(item)
    }


def keepers(api: KubernetesApi, left: Collection[str]) -> dict[str, str]:
    """`namespace/name` of the Kustomization that keeps each of these, `Kind namespace/name` each.

    What nobody keeps, or is not there, is left out.
    """
    found = {}
    for kind, item in _made(api) if left else ():
        labels = field(item["metadata"], "labels", default={})
        name = f"{kind.name} {_place(item)}"
        if name in left and _KEEPER[1] in labels:
            found[name] = "/".join(labels.get(each, "") for each in _KEEPER)
    return found


def names(items: Iterable[Object]) -> frozenset[str]:
    """`Kind namespace/name` of those of these objects, with their kinds, that are counted."""
    return frozenset(
        f"{item['kind']} {_place(item)}" for item in items if _is_applied(item) or _own(item)
    )


def states(api: KubernetesApi) -> dict[str, tuple[str, int, str]]:
    """What everything that counts is: its name → uid, generation and what it says.

    Its status apart, and its metadata. Not what a node says of itself: that changes by itself.
    """
    return {
        f"{kind.name} {_place(item)}": (
            item["metadata"]["uid"],
            item["metadata"].get("generation", 0),
            "" if kind.name in _OF_NODES else _body(item),
        )
        for kind, item in _counted(api, whole=True)
    }


def of_both(api: KubernetesApi) -> list[str]:
    """What both a Kustomization and a HelmRelease have labelled as theirs, sorted."""
    found = []
    for kind, item in _counted(api):
        labels = field(item["metadata"], "labels", default={})
        if all(any(name.startswith(each) for name in labels) for each in _KEPT_BY):
            found.append(f"{kind.name} {_place(item)}")
    return sorted(found)


def _body(item: Object) -> str:
    body = {name: value for name, value in item.items() if name not in ("metadata", "status")}
    return json.dumps(body, sort_keys=True)


def _counted(
    api: KubernetesApi, new: Collection[str] | None = None, *, whole: bool = False
) -> Iterator[tuple[served.ServedKind, Object]]:
    for kind, item in _made(api, new, whole=whole):
        if _is_applied(item) or not f"{kind.name} {_place(item)}".startswith(_OWN_LIFE):
            yield kind, item


def _made(
    api: KubernetesApi, new: Collection[str] | None = None, *, whole: bool = False
) -> Iterator[tuple[served.ServedKind, Object]]:
    kinds = served.kinds(api)
    for kind in kinds if new is None else store_keys.kinds_of(new, kinds):
        if kind.made and kind.name != _TOLD:
            for item in _listed(api, kind, whole=whole):
                if _is_applied(item) or (kind.name not in _BOOKKEEPING and _own(item)):
                    yield kind, item


def _listed(api: KubernetesApi, kind: served.ServedKind, *, whole: bool) -> list[Object]:
    """The objects of a kind, `whole` or without what is not looked at: their data are large."""
    # A kind may go meanwhile; that it has gone is seen among the definitions.
    return served.listed(api.list if whole or kind.name in _BY_STATUS else api.metadata, kind)


def _is_applied(item: Object) -> bool:
    """Whether Flux itself has applied an object: its labels alone are copied to others, too."""
    meta = item["metadata"]
    managers = {each.get("manager") for each in field(meta, "managedFields", default=())}
    return _is_kept(meta) and bool(managers & _APPLIED_BY)


def _own(item: Object) -> bool:
    """Whether an object is there for itself, not on behalf of another one that is counted."""
    meta = item["metadata"]
    if any(each.get("controller") for each in field(meta, "ownerReferences", default=())):
        return False
    if _BY_ITSELF in field(meta, "labels", default={}):
        return False
    made_for_claim = _PROVISIONED in field(meta, "annotations", default={})
    # Released: its claim has gone, and it was to be kept.
    return not (made_for_claim and field(item, "status", "phase") != "Released")


def _place(item: Object) -> str:
    meta = item["metadata"]
    return f"{meta.get('namespace', '')}/{meta['name']}"


def comes_with_namespace(kind: str, item: Object) -> bool:
    """Whether an object in a namespace is one of Kubernetes', of which nobody asks what became."""
    return kind in _BOOKKEEPING or (kind, item["metadata"]["name"]) in _WITH_NAMESPACE


def unfurnished(api: KubernetesApi) -> list[str]:
    """What Kubernetes puts into every namespace and has not put into each yet, sorted."""
    spaces = [each["metadata"]["name"] for each in api.metadata("/api/v1/namespaces")]
    lacking = []
    for kind, name in _WITH_NAMESPACE:
        found = (each["metadata"] for each in api.metadata(f"/api/v1/{kind.lower()}s"))
        having = {each["namespace"] for each in found if each["name"] == name}
        lacking += [f"{kind} {space}/{name}" for space in spaces if space not in having]
    return sorted(lacking)


def come(before: frozenset[str], now: frozenset[str]) -> list[str]:
    """What was not there before, sorted, without what Kubernetes puts into every namespace."""
    return sorted(
        name.replace(" /", " ")
        for name in now - before
        if not any(name.startswith(f"{k} ") and name.endswith(f"/{n}") for k, n in _WITH_NAMESPACE)
    )


def made_by_hand(
    api: KubernetesApi, before: frozenset[str], new: Collection[str] | None = None
) -> list[str]:
    """The paths of what people have made past Git and was not there before.

    Everything that kubectl or flux has typed into the cluster, and that no Kustomization keeps.
    `new` are the keys of the store that were not there before, where they are known.
    """
    paths = []
    for kind, item in _made(api, new):
        meta = item["metadata"]
        if f"{kind.name} {_place(item)}" in before or _is_kept(meta):
            continue
        if _is_typed(meta) or _is_bare(kind.name, meta):
            paths.append(f"{inside(kind.path, meta.get('namespace', ''))}/{meta['name']}")
    return paths


def _is_kept(meta: Object) -> bool:
    labels = field(meta, "labels", default={})
    return any(name.startswith(_KEPT_BY) for name in labels)


def _is_typed(meta: Object) -> bool:
    """Whether somebody's program made an object, and no controller."""
    # Who wrote first; times are whole seconds, and a controller may have come in the same one.
    hands = field(meta, "managedFields", default=())
    first = min((str(each.get("time", "")) for each in hands), default="")
    return any(
        str(each.get("manager", "")).startswith(_PROGRAMS)
        for each in hands
        if str(each.get("time", "")) == first
    )


def _is_bare(kind: str, meta: Object) -> bool:
    """Whether an object has a name and nothing else, so that nobody is noted as its manager.

    `kubectl create serviceaccount` makes such, and `kubectl create configmap` without data. So does
    Kubernetes, in each new namespace and among its own.
    """
    if field(meta, "managedFields", default=()) or meta.get("namespace") == _KUBERNETES:
        return False
    return (kind, meta["name"]) not in _WITH_NAMESPACE
