"""One cluster of a sandbox as scenarios look at it: read, wait, suspend."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from sandbox import events, flux, flux_kinds
from sandbox.informer import Informer
from sandbox.kubernetes import KubernetesApi, Object, field
from sandbox.secret_values import release_config
from sandbox.waiting import Probe, wait_until
from sandbox.waking import Waking
from sandbox.words import says

T = TypeVar("T")
_READY_LIMIT_S = 180
_PATHS = {
    "GitRepository": "/apis/source.toolkit.fluxcd.io/v1/namespaces/{}/gitrepositories/{}",
    "HelmRepository": "/apis/source.toolkit.fluxcd.io/v1/namespaces/{}/helmrepositories/{}",
    "HelmChart": "/apis/source.toolkit.fluxcd.io/v1/namespaces/{}/helmcharts/{}",
    "Kustomization": "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/{}/kustomizations/{}",
    "HelmRelease": "/apis/helm.toolkit.fluxcd.io/v2/namespaces/{}/helmreleases/{}",
    "ConfigMap": "/api/v1/namespaces/{}/configmaps/{}",
    "Secret": "/api/v1/namespaces/{}/secrets/{}",
    "Service": "/api/v1/namespaces/{}/services/{}",
    "Deployment": "/apis/apps/v1/namespaces/{}/deployments/{}",
    "Namespace": "/api/v1/namespaces/{1}",
    "ClusterIssuer": "/apis/cert-manager.io/v1/clusterissuers/{1}",
}
_EVERYWHERE = {"ConfigMap": "/api/v1/configmaps", "Secret": "/api/v1/secrets"}
"""Lists of kinds that are read and not followed."""


class ClusterView:
    """Reads a cluster through its API server and waits for it to change."""

    def __init__(
        self,
        name: str,
        api: KubernetesApi,
        informer: Informer,
        alive: Callable[[], None],
        monorepo: flux.Monorepo,
    ) -> None:
        self.name = name
        self.api = api
        self.informer = informer
        self._alive = alive
        self._monorepo = monorepo

    def wait(self, what: str, probe: Probe[T], limit: float) -> T:
        """Wait until `probe` returns a value, looking again whenever the cluster changes.

        Raises NotReady after `limit` seconds and ProcessDied if the sandbox falls apart meanwhile.
        """
        seen = self.informer.version

        def pause(every: float) -> None:
            nonlocal seen
            self.informer.wait_for_change(seen, every)
            seen = self.informer.version

        return wait_until(what, probe, limit, every=1.0, pause=pause, alive=self._alive)

    def wait_ready(
        self,
        head: str,
        limit: float = _READY_LIMIT_S,
        meanwhile: Callable[[list[Object]], None] = lambda _items: None,
    ) -> None:
        """Wait until every Flux object is Ready, what follows the monorepo at the commit `head`.

        Every kind that is served counts; what can say nothing of itself is named. `meanwhile` is
        told of the objects at each look.
        """

        def probe() -> tuple[bool | None, str]:
            kinds = [kind for kind in self.informer.kinds() if kind.reports]
            items = self.informer.all(*(kind.name for kind in kinds))
            meanwhile(items)
            behind = self._lagging(items, head)
            mute: list[str] = []
            if not behind:
                # Each kind is followed for itself: one may not have arrived here yet.
                kinds = flux_kinds.served(self.api)
                items = [each for kind in kinds if kind.reports for each in self._list(kind)]
                mute = [
                    flux.label(each)
                    for kind in kinds
                    for each in self._list(kind)
                    if not kind.reports or flux.is_silent(each)
                ]
                behind = self._lagging(items, head)
            ready = sum(not flux.is_silent(each) for each in items)
            seen = f"{ready} objects Ready"
            if mute:
                seen += f"; without a Ready condition: {', '.join(sorted(mute))}"
            return (None if behind else True), "; ".join(behind) or seen

        self.wait(f"every Flux object of {self.name} to be Ready at {head[:8]}", probe, limit)
        for item in self.informer.all(*self.informer.flux_kinds()):
            self._tell(item, flux.condition(item))

    def _lagging(self, items: list[Object], head: str) -> list[str]:
        return flux.lagging(items, self._monorepo, head) if items else ["no Flux object yet"]

    def waking(self, head: str, uninstall: Callable[[str, str], None]) -> Waking:
        """What brings Flux to the commit `head`, and does not leave it to the next interval."""
        return Waking(self.api, self._path_of, self._monorepo, head, uninstall)

    def _path_of(self, item: Object) -> str:
        return self.path_here(item["kind"], item["metadata"]["namespace"], item["metadata"]["name"])

    def _list(self, kind: flux_kinds.FluxKind) -> list[Object]:
        return [{**each, "kind": kind.name} for each in self.api.list(kind.path)]

    def wait_condition(
        self,
        kind: str,
        namespace: str,
        name: str,
        status: str,
        words: str,
        limit: float,
        condition: str = "Ready",
    ) -> flux.Condition:
        """Wait until an object reports a condition as `status` with `words` in its message."""

        def probe() -> tuple[flux.Condition | None, str]:
            item = self.informer.get(kind, namespace, name)
            ready = flux.condition(item, condition) if item else None
            if item is None or ready is None:
                return None, f"no {condition} condition" if item else "no such object"
            hit = ready.status == status and (not words or says(ready.message, words))
            return (ready if hit and ready.is_about(item) else None), str(ready)

        ready = self.wait(
            f"{kind} {namespace}/{name} to report {condition} as {status}"
            + (f" with {words!r}" if words else ""),
            probe,
            limit,
        )
        self._tell({"kind": kind, "metadata": {"namespace": namespace, "name": name}}, ready)
        return ready

    def wait_fetched(self, commit: str, limit: float) -> None:
        """Wait until Flux's GitRepository has fetched this commit."""

        def probe() -> tuple[bool | None, str]:
            item = self.find("GitRepository", flux.NAMESPACE, "flux-system")
            behind = flux.behind(item, commit) if item else "no such object"
            return (None if behind else True), behind or "fetched"

        self.wait(f"Flux to have fetched {commit[:8]}", probe, limit)

    def wait_applied(self, name: str, commit: str, limit: float) -> None:
        """Wait until a Kustomization of flux-system is Ready and has applied this commit."""

        def probe() -> tuple[bool | None, str]:
            item = self.find("Kustomization", flux.NAMESPACE, name)
            behind = flux.behind(item, commit) if item else "no such object"
            return (None if behind else True), behind or "applied"

        self.wait(f"Kustomization {name} to have applied {commit[:8]}", probe, limit)

    def _tell(self, item: Object, seen: flux.Condition | None) -> None:
        if seen is not None:
            events.emit(
                events.ConditionSeen(
                    object=flux.label(item),
                    type=seen.type,
                    status=seen.status,
                    reason=seen.reason,
                    message=seen.message,
                )
            )

    def wait_replicas(self, namespace: str, name: str, count: int, limit: float) -> None:
        """Wait until a Deployment has exactly `count` replicas, all ready."""

        def probe() -> tuple[bool | None, str]:
            item = self.informer.get("Deployment", namespace, name)
            if item is None:
                return None, "no such Deployment"
            ready = field(item, "status", "readyReplicas", default=0)
            updated = field(item, "status", "updatedReplicas", default=0)
            wanted = field(item, "spec", "replicas", default=1)
            told = f"{ready} of {wanted} ready, {updated} as the spec has it now"
            if field(item, "status", "observedGeneration") != item["metadata"]["generation"]:
                return None, f"{told}; its controller has not seen the newest spec"
            return (ready == updated == wanted == count) or None, told

        self.wait(f"Deployment {namespace}/{name} to have {count} ready replicas", probe, limit)

    def suspend(self, kind: str, name: str, suspended: bool) -> None:
        """Suspend or resume an object of flux-system, as `flux suspend` and `flux resume` do."""
        self.api.patch(self.path(kind, "flux-system", name), {"spec": {"suspend": suspended}})

    def read(self, path: str) -> Object | None:
        """An object by its path on the API server, None where there is none."""
        return self.api.find(path)

    def find(self, kind: str, namespace: str, name: str) -> Object | None:
        """An object as the API server has it now, None where there is none (or no such kind)."""
        return self.read(self.path_here(kind, namespace, name))

    def path_here(self, kind: str, namespace: str, name: str) -> str:
        """The path of an object, of any kind of Flux that the API server serves too."""
        own = [each for each in self.informer.kinds() if each.name == kind]
        return own[0].path_of(namespace, name) if own else self.path(kind, namespace, name)

    def listed(self, *kinds: str) -> list[Object]:
        """Every object of these kinds, in all namespaces, as the API server has it now."""
        return [
            {**each, "kind": kind}
            for kind in kinds
            for each in self.api.list(self.informer.path(kind) or _EVERYWHERE[kind])
        ]

    def is_there(self, kind: str, namespace: str, name: str) -> bool:
        """Whether the cluster has the object now. Raises ApiError where it has no such kind."""
        found = self.api.list(self.path_here(kind, namespace, name).rsplit("/", 1)[0])
        return any(each["metadata"]["name"] == name for each in found)

    def wait_gone(self, kind: str, namespace: str, name: str, limit: float) -> None:
        """Wait until there is no such object."""

        def probe() -> tuple[bool | None, str]:
            item = self.find(kind, namespace, name)
            return (None if item else True), "still there" if item else "gone"

        self.wait(f"{kind} {namespace}/{name} to go away", probe, limit)

    def wait_data(self, namespace: str, name: str, key: str, value: str, limit: float) -> None:
        """Wait until an entry of a ConfigMap has this value."""

        def probe() -> tuple[bool | None, str]:
            item = self.find("ConfigMap", namespace, name)
            found = field(item, "data", key)
            return (found == value) or None, f"{key} is {found!r}" if item else "no such object"

        self.wait(f"ConfigMap {namespace}/{name} to hold {key} as {value!r}", probe, limit)

    def pods(self, namespace: str) -> set[str]:
        """The names of the pods of a namespace, of those too that are ending."""
        listed = self.api.list(f"/api/v1/namespaces/{namespace}/pods")
        return {each["metadata"]["name"] for each in listed}

    def service_url(self, namespace: str, name: str) -> str:
        """The address of a Service in the cluster, with its port `http`."""
        spec = self.api.get(f"/api/v1/namespaces/{namespace}/services/{name}")["spec"]
        port = next(each["port"] for each in spec["ports"] if each["name"] == "http")
        return f"http://{spec['clusterIP']}:{port}/"

    def identities(self) -> dict[str, tuple[str, int, str]]:
        """What everything that Flux made or follows is: label → uid, generation and data.

        ConfigMaps and Secrets have no generation: their data stands for it.
        """
        return {
            flux.label(each): (
                each["metadata"]["uid"],
                each["metadata"].get("generation", 0),
                json.dumps(each.get("data"), sort_keys=True),
            )
            for each in self.listed(
                *self.informer.flux_kinds(), "Namespace", "Deployment", "ConfigMap", "Secret"
            )
            if each["metadata"].get("namespace") != "kube-system"
        }

    def inventories(self) -> dict[str, list[str]]:
        """What each Kustomization has applied: its label → `Kind namespace/name` of its objects."""
        return {
            flux.label(each): flux.inventory(each) for each in self.informer.all("Kustomization")
        }

    def release_values(self, namespace: str, release: str) -> Any:
        """The values that Helm stored with the newest revision; None where it stored no release."""
        listed = self.api.list(
            f"/api/v1/namespaces/{namespace}/secrets",
            labelSelector=f"owner=helm,name={release}",
        )
        if not listed:
            return None
        newest = max(listed, key=lambda item: int(item["metadata"]["labels"]["version"]))
        return release_config(newest["data"])

    @staticmethod
    def path(kind: str, namespace: str, name: str) -> str:
        """The path of an object on its API server."""
        return _PATHS[kind].format(namespace, name)

    def close(self) -> None:
        """Follow the cluster no longer."""
        self.informer.stop()
        self.api.close()
