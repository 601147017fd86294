"""The evidence chain: commit → GitRepository → Kustomization → HelmRelease → workload.

Follows a cluster's informer and notes when each object first stood at the pushed commit.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sandbox import events, flux
from sandbox.cluster.informer import Informer, Key
from sandbox.cluster.kubernetes import Object, field
from sandbox.cluster.rollout import rolled_out, wanted

_APPLYING = ("Kustomization", "HelmRelease")
"""The kinds that tell in their status what they have applied."""


class EvidenceChain:
    """What has followed from the last pushed commit, in the order in which it was seen."""

    def __init__(self, informer: Informer | None) -> None:
        """Without an informer there is no cluster yet: `follow` names one."""
        self._informer = informer
        self._sha = ""
        self._before: dict[Key, str] = {}
        self._reached: dict[str, events.StageReached] = {}
        self._told: set[str] = set()
        self.first_seen: dict[str, int] = {}
        """`Kind namespace/name` → version of the store in which it was first there, since `begin`.

        Each kind has a watch of its own, and what comes first in one may come last in another.
        """
        self._present: set[str] = set()
        self._applied: set[str] = set()

    def begin(self) -> None:
        """Follow the cluster from now on."""
        self._present = {self._name(key) for key in self._keys()}
        for item in self._all(*_APPLYING):
            self._applied.update(flux.inventory(item))
        if self._informer is not None:
            self._informer.observe(self._observe)

    def end(self) -> None:
        """Follow it no longer."""
        if self._informer is not None:
            self._informer.forget(self._observe)

    def follow(self, informer: Informer) -> None:
        """Follow this cluster, where there was none so far."""
        if self._informer is None:
            self._informer = informer
            self.begin()

    def _keys(self) -> list[Key]:
        of_flux = self._informer.flux_kinds() if self._informer is not None else []
        kinds = (*of_flux, "Deployment", "Namespace")
        return [
            (item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"])
            for item in self._all(*kinds)
        ]

    def _all(self, *kinds: str) -> list[Object]:
        return self._informer.all(*kinds) if self._informer is not None else []

    def pushed(self, sha: str) -> None:
        """A commit was pushed: what stands at it from now on is its consequence."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        items = self._all("HelmRelease", "Deployment")
        self._before = {
            (item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]): (
                _settled(item)
            )
            for item in items
        }
        self._sha = sha
        self._reached = {"commit": events.StageReached(stage="commit", revision=sha, at=at)}
        self._told = set()

    def tell(self) -> None:
        """Emit what was reached and not told yet, in the order of time."""
        for stage, reached in sorted(self._reached.items(), key=lambda pair: pair[1].at):
            if stage not in self._told:
                self._told.add(stage)
                events.emit(reached)

    def reached(self, stage: str) -> str:
        """When a stage first stood at the pushed commit (RFC 3339), "" where it does not."""
        return self._reached[stage].at if stage in self._reached else ""

    def has_seen(self, kind: str, namespace: str, name: str) -> bool:
        """Whether an object was there at any time since `begin`, as far as Flux can tell.

        Flux's own objects, Namespaces and Deployments are followed; of all others those are known
        that a Kustomization or a HelmRelease had in its inventory, or that a sentence has seen.
        """
        called = self._name((kind, namespace, name))
        return called in self._applied or called in self._present or called in self.first_seen

    def note(self, *names: str) -> None:
        """A sentence has seen these there: `Kind namespace/name`, `Kind name` or `Kind /name`."""
        self._present.update(name.replace(" /", " ") for name in names)

    def _observe(self, at: str, key: Key, item: Object | None) -> None:
        if item is None:
            return
        name = self._name(key)
        if name not in self._present:
            version = field(item, "metadata", "resourceVersion", default=0)
            self.first_seen.setdefault(name, int(version))
        if key[0] in _APPLYING:
            self._applied.update(flux.inventory(item))
        if not self._sha or name in self._reached:
            return
        item = {**item, "kind": key[0]}
        revision = ""
        if key[0] in ("GitRepository", "Kustomization"):
            found = flux.revision(item)
            revision = found if found.endswith(self._sha) and flux.is_current(item) else ""
        elif key[0] in ("HelmRelease", "Deployment"):
            settled = _settled(item)
            revision = settled if settled != self._before.get(key, "") else ""
        if revision:
            self._reached[name] = events.StageReached(stage=name, revision=revision, at=at)

    @staticmethod
    def _name(key: Key) -> str:
        kind, namespace, name = key
        return f"{kind} {namespace}/{name}" if namespace else f"{kind} {name}"


def _settled(item: Object) -> str:
    """What a release or a Deployment stands at once it has settled; "" before."""
    status = field(item, "status", default={})
    if item["kind"] == "HelmRelease":
        history = field(status, "history", default=()) or [{}]
        if not flux.is_current(item):
            return ""
        return f"chart {history[0].get('chartVersion')}, revision {history[0].get('version')}"
    if rolled_out(item):
        return f"generation {item['metadata']['generation']}, {wanted(item)} ready"
    return ""
