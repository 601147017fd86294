"""Bring Flux to a commit that is there already: ask whoever is behind, and get him out of a wait.

By itself Flux looks at an object again when its source has a new revision. It does not where that
comes while the object is being applied: kustomize-controller decides by the status that it has in
its cache, and where that still says Ready and attempted at this revision, nobody comes before the
next interval. And a controller that waits for the health of what an older commit brought, or for a
release, comes to nothing else before its time is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from sandbox import events, flux
from sandbox.cluster.kubernetes import KubernetesApi, Object
from sandbox.cluster.kubernetes import field as field_of
from sandbox.flux.status import HANDLED, REQUESTED

STUCK_S = 15.0
"""How long a controller may wait for what nobody wants any more before it is started again."""
IDLE_S = 2.0
"""How long an object may be behind with nobody at work before it is asked: mostly Flux comes."""
_RESET = "reconcile.fluxcd.io/resetAt"
_WAITS = ("Running health checks", "Running '")
"""What a controller says while it waits for the health of objects, or for Helm."""
_CONTROLLERS = {"Kustomization": "kustomize-controller", "HelmRelease": "helm-controller"}

Need = Literal["", "resume", "ask", "wait"]


def need(item: Object, items: Sequence[Object], monorepo: flux.Monorepo, head: str) -> Need:
    """What an object of Flux needs to come to the commit `head` and to be Ready.

    "wait": it is being worked on, for what is not wanted any more. "": nothing, or nothing that
    helps: it is where it should be, on its way there, or has been asked and not answered yet.
    """
    if field_of(item, "spec", "suspend"):
        return "resume"
    going = item["metadata"].get("deletionTimestamp") is not None
    current = head if flux.label(item) in monorepo.followers(list(items)) else ""
    if not going and not flux.behind(item, current):
        return ""
    work = _work(item)
    if work and work.message.startswith(_WAITS):
        older = current not in work.message or not work.is_about(item)
        return "wait" if going or older else ""
    if going or (work and work.reason == "Progressing") or _is_asked(item):
        return ""
    ready = flux.condition(item)
    if ready and ready.reason == "DependencyNotReady":
        return ""  # what it waits for is asked, and this is looked at again and again
    if item["kind"] == "Kustomization" and current and not _has_fetched(item, items, current):
        return ""  # its source is asked, and would only be applied as it was
    return "ask"


def _work(item: Object) -> flux.Condition | None:
    """What its controller says that it is doing with it now."""
    found = flux.condition(item, "Reconciling")
    return found if found and found.status == "True" else None


def _release_of(item: Object) -> tuple[str, str]:
    """The namespace in which Helm notes a HelmRelease's release, and the name of that."""
    meta, spec = item["metadata"], item["spec"]
    target = spec.get("targetNamespace")
    name = spec.get("releaseName") or (f"{target}-{meta['name']}" if target else meta["name"])
    namespace = field_of(item, "status", "storageNamespace", default=meta["namespace"])
    return namespace, name


def _is_asked(item: Object) -> bool:
    asked = field_of(item, "metadata", "annotations", REQUESTED, default="")
    return bool(asked) and asked != field_of(item, "status", HANDLED, default="")


def _has_fetched(item: Object, items: Sequence[Object], head: str) -> bool:
    source = flux.source_of(item)
    return any(flux.label(each) == source and flux.revision(each).endswith(head) for each in items)


@dataclass
class Waking:
    """Does for each object what it needs, each time it is told how they are."""

    api: KubernetesApi
    path: Callable[[Object], str]
    """The path of an object on the API server."""
    monorepo: flux.Monorepo
    head: str
    uninstall: Callable[[str, str], None]
    """Uninstalls a release of Helm: its namespace and name."""
    clock: Callable[[], float] = time.monotonic
    _idle: dict[str, float] = field(default_factory=dict)
    """Since when an object is behind, and nobody at work on it."""
    _waiting: dict[str, float] = field(default_factory=dict)
    _orphans: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Releases whose installation was cut off; their HelmReleases go and know nothing of them."""

    def look(self, items: Sequence[Object]) -> None:
        """Look at every object of Flux once and do what is needed."""
        now = self.clock()
        idle: dict[str, float] = {}
        stuck: dict[str, float] = {}
        for item in items:
            label = flux.label(item)
            match need(item, items, self.monorepo, self.head):
                case "resume":
                    self.api.patch_if_there(self.path(item), {"spec": {"suspend": None}})
                case "ask":
                    # A source is polled: it would come when its interval is over.
                    since = -IDLE_S if item["kind"] == "GitRepository" else now
                    idle[label] = self._idle.get(label, since)
                    if now - idle[label] >= IDLE_S:
                        idle[label] = now
                        self._ask(item)
                case "wait" if (controller := _CONTROLLERS.get(item["kind"])) is not None:
                    stuck[controller] = min(
                        stuck.get(controller, now), self._waiting.get(controller, now)
                    )
        self._idle, self._waiting = idle, stuck
        for controller, since in list(stuck.items()):
            if now - since >= STUCK_S:
                del self._waiting[controller]
                self._orphans |= {
                    flux.label(each): _release_of(each)
                    for each in items
                    if controller == "helm-controller"
                    and each["kind"] == "HelmRelease"
                    and each["metadata"].get("deletionTimestamp")
                }
                self._start_again(controller)
        for gone in self._orphans.keys() - {flux.label(each) for each in items}:
            self.uninstall(*self._orphans.pop(gone))

    def _ask(self, item: Object) -> None:
        stamp = datetime.now(UTC).isoformat()
        asked = {REQUESTED: stamp}
        if item["kind"] == "HelmRelease":
            asked[_RESET] = stamp  # one that has given up does nothing without
        self.api.patch_if_there(self.path(item), {"metadata": {"annotations": asked}})

    def _start_again(self, controller: str) -> None:
        """Delete its pods: a new one looks at everything, as it is now."""
        events.emit(events.Told(text=f"{controller} waits for what is gone: started again"))
        pods = f"/api/v1/namespaces/{flux.NAMESPACE}/pods"
        for pod in self.api.list(pods, labelSelector=f"app={controller}"):
            self.api.delete(f"{pods}/{pod['metadata']['name']}")
