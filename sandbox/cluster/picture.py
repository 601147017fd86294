"""A picture of a whole cluster: every object and every version served; two of them are compared.

What differs is told by field, never by value: Secrets are in it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.cluster import served
from sandbox.cluster.kubernetes import KubernetesApi, Object, field

_UNSEEN = frozenset({"Event", "Lease", "LeaseCandidate"})
"""Kinds that are written all the time, whatever happens: a diary and heartbeats."""
_UNCOUNTED = frozenset(
    {
        "metadata.managedFields",
        "metadata.resourceVersion",
        "metadata.annotations.reconcile.fluxcd.io/requestedAt",
        "status.conditions[].lastHeartbeatTime",
        "status.history[].lastReconciled",
        "status.history[].lastReconciledDuration",
        "status.history[].totalReconciliations",
        "status.lastHandledReconcileAt",
    }
)
"""Fields that say who wrote when, that somebody asks Flux, and that it has answered."""
_NEW = " is a new pod"
_OF_FLUX = ("app.kubernetes.io/part-of", "flux")

Key = tuple[str, str, str, str]
"""Kind, group, namespace ("" for cluster-wide objects) and name."""


@dataclass(frozen=True)
class Changes:
    """How a later picture differs, each line in words and sorted."""

    come: tuple[str, ...] = ()
    """Objects that were not there before."""
    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Objects with other fields than before, and which."""
    versions_come: tuple[str, ...] = ()
    """`apiVersion Kind` that was not served before."""
    versions_gone: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    """What of Flux's controllers was started again, in new pods or in those of before."""

    @property
    def restarted(self) -> bool:
        """Whether a pod of Flux's was started again: a new one in its place is none."""
        return not all(each.endswith(_NEW) for each in self.restarts)


@dataclass(frozen=True)
class Picture:
    """What is in a cluster at one moment."""

    objects: Mapping[Key, Object]
    versions: frozenset[str]
    """`apiVersion Kind` of everything that is served and can be listed."""

    @classmethod
    def take(cls, api: KubernetesApi) -> Picture:
        """The cluster as it is now. Raises ApiError."""
        objects = {
            _key(kind, item): item
            for kind in served.kinds(api)
            if kind.made and kind.name not in _UNSEEN
            for item in served.listed(api.list, kind)
        }
        versions = frozenset(
            f"{'/'.join(filter(None, (each.group, each.version)))} {each.name}"
            for each in served.versions(api)
        )
        return cls(objects, versions)

    def changes(self, later: Picture) -> Changes:
        """What is otherwise in a later picture."""
        both = self.objects.keys() & later.objects.keys()
        fields = [(key, _differing(self.objects[key], later.objects[key])) for key in both]
        return Changes(
            come=_sorted(later.objects.keys() - both),
            gone=_sorted(self.objects.keys() - both),
            changed=tuple(sorted(f"{_said(key)}: {', '.join(n)}" for key, n in fields if n)),
            versions_come=tuple(sorted(later.versions - self.versions)),
            versions_gone=tuple(sorted(self.versions - later.versions)),
            restarts=tuple(sorted(_restarts(self.objects, later.objects))),
        )


def _key(kind: served.ServedKind, item: Object) -> Key:
    meta = item["metadata"]
    return kind.name, kind.group, meta.get("namespace", ""), meta["name"]


def _said(key: Key) -> str:
    kind, _, namespace, name = key
    return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


def _sorted(keys: set[Key]) -> tuple[str, ...]:
    return tuple(sorted(_said(key) for key in keys))


def _differing(before: Object, now: Object) -> list[str]:
    """The fields that differ, entries of lists without their number."""
    return sorted(set(_paths(before, now, "")))


def _paths(before: Any, now: Any, path: str) -> Iterator[str]:
    if before == now or path in _UNCOUNTED:
        return
    if isinstance(before, dict) and isinstance(now, dict):
        for name in before.keys() | now.keys():
            inner = f"{path}.{name}" if path else name
            yield from _paths(before.get(name), now.get(name), inner)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for old, new in zip(before, now, strict=True):
            yield from _paths(old, new, f"{path}[]")
    elif isinstance(before, dict | None) and isinstance(now, dict | None):
        # One that came or went as a whole is named by what is in it, where that counts.
        yield from _paths(before or {}, now or {}, path)
    else:
        yield path


def _restarts(before: Mapping[Key, Object], now: Mapping[Key, Object]) -> Iterator[str]:
    """Which containers of Flux's controllers started again, and which pods are others."""
    pods = {key: item for key, item in now.items() if key[0] == "Pod" and _is_of_flux(item)}
    for key, pod in pods.items():
        if key not in before:
            yield f"{_said(key)}{_NEW}"
        old = _counts(before[key]) if key in before else {}
        for name, count in _counts(pod).items():
            more = count - old.get(name, 0)
            if more > 0:
                yield f"{_said(key)} was restarted {more} time{'' if more == 1 else 's'}"


def _is_of_flux(item: Object) -> bool:
    label, value = _OF_FLUX
    return bool(field(item, "metadata", "labels", label) == value)


def _counts(pod: Object) -> dict[str, int]:
    statuses = field(pod, "status", "containerStatuses", default=())
    return {each["name"]: each["restartCount"] for each in statuses}
