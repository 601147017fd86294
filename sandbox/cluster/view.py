"""One cluster of a sandbox as scenarios look at it: read, and waited for."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, TypeVar

from sandbox.cluster import rollout, served
from sandbox.cluster.flux_kinds import FluxKind
from sandbox.cluster.informer import Informer
from sandbox.cluster.kubernetes import ApiError, KubernetesApi, Object, field, inside
from sandbox.cluster.secret_values import release_config
from sandbox.waiting import Probe, wait_until

T = TypeVar("T")
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
    "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts/{}",
    "RoleBinding": "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings/{}",
    "Namespace": "/api/v1/namespaces/{1}",
    "ClusterIssuer": "/apis/cert-manager.io/v1/clusterissuers/{1}",
}
_EVERYWHERE = {"ConfigMap": "/api/v1/configmaps", "Secret": "/api/v1/secrets"}
"""Lists of kinds that are read and not followed."""


_GOING = ("metadata", "deletionTimestamp")
_HISTORY_S = 20
"""How long the API server may take to tell what an object has been."""


class NoSuchKind(AssertionError):
    """A scenario speaks of a kind that the cluster does not serve: the scenario fails, no more."""


class ClusterView:
    """Reads a cluster through its API server and waits for it to change."""

    def __init__(
        self, name: str, api: KubernetesApi, informer: Informer, alive: Callable[[], None]
    ) -> None:
        self.name = name
        self.api = api
        self.informer = informer
        self._alive = alive

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

    def wait_replicas(self, namespace: str, name: str, count: int, limit: float) -> None:
        """Wait until a Deployment has exactly `count` replicas, ready and of its newest spec."""

        def probe() -> tuple[bool | None, str]:
            # What is said of a newer spec may not have arrived here yet: then it is asked for.
            for read in (self.informer.get, self.find):
                done, told = rollout.look(read("Deployment", namespace, name))
                if done is None or rollout.wanted(done) != count:
                    return None, told
            return True, told

        self.wait(f"Deployment {namespace}/{name} to have {count} ready replicas", probe, limit)

    def images(self, namespace: str, name: str, limit: float) -> list[str]:
        """The images that the pods of a Deployment run, once all are of its newest spec."""

        def probe() -> tuple[Object | None, str]:
            return rollout.look(self.find("Deployment", namespace, name))

        what = f"the pods of Deployment {namespace}/{name} to be as it has them now"
        return rollout.images(self.api, self.wait(what, probe, limit))

    def read(self, path: str) -> Object | None:
        """An object by its path on the API server, None where there is none."""
        return self.api.find(path)

    def find(self, kind: str, namespace: str, name: str) -> Object | None:
        """An object as the API server has it now, None where there is none.

        Where several groups serve such a kind, what the first has that has one; of a kind that
        every sandbox knows the one that is known. Raises NoSuchKind for a kind that nobody knows
        here.
        """
        if known := self._known_path(kind, namespace, name):
            return self.read(known)
        paths = self._paths_here(kind, namespace, name)
        return next((found for path in paths if (found := self.read(path)) is not None), None)

    def serves(self, kind: str) -> bool:
        """Whether objects of a kind have a path here, now."""
        if kind in self._own_kinds or kind in _PATHS:
            return True
        return any(each.name == kind for each in served.kinds(self.api))

    @property
    def _own_kinds(self) -> dict[str, FluxKind]:
        return {each.name: each for each in self.informer.kinds()}

    def path_here(self, kind: str, namespace: str, name: str) -> str:
        """The path of an object, of any kind that the API server serves.

        Raises NoSuchKind for any other kind: what has no path is not simply absent.
        """
        known = self._known_path(kind, namespace, name)
        return known or self._paths_here(kind, namespace, name)[0]

    def _known_path(self, kind: str, namespace: str, name: str) -> str:
        """The path of an object of Flux or of a kind that every sandbox knows, else ""."""
        own = self._own_kinds
        if kind in own:
            return own[kind].path_of(namespace, name)
        return self.path(kind, namespace, name) if kind in _PATHS else ""

    def _paths_here(self, kind: str, namespace: str, name: str) -> list[str]:
        """The path of an object in each group that serves such a kind, a known one first.

        Raises NoSuchKind where no group does.
        """
        known = self._known_path(kind, namespace, name)
        kinds = served.kinds(self.api)
        paths = [
            f"{inside(each.path, namespace if each.namespaced else '')}/{name}"
            for each in kinds
            if each.name == kind
        ]
        found = list(dict.fromkeys([*filter(None, [known]), *paths]))
        if not found:
            close = get_close_matches(
                kind, sorted({*self._own_kinds, *_PATHS, *(each.name for each in kinds)})
            )
            raise NoSuchKind(
                f"{self.name} serves no kind called {kind!r}"
                + (f": write one of {', '.join(close)}" if close else "")
            )
        return found

    def listed(self, *kinds: str) -> list[Object]:
        """Every object of these kinds, in all namespaces, as the API server has it now."""
        return [
            {**each, "kind": kind}
            for kind in kinds
            for each in self.api.list(self.informer.path(kind) or _EVERYWHERE[kind])
        ]

    def is_there(self, kind: str, namespace: str, name: str) -> bool:
        """Whether the cluster has the object now, whichever group has a kind of that name.

        Raises NoSuchKind where it has no such kind.
        """
        # Listed, not read: where its kind has gone, that is not simply absent either.
        lists = [path.rsplit("/", 1)[0] for path in self._paths_here(kind, namespace, name)]
        found = [each for path in lists for each in self.api.list(path)]
        return any(each["metadata"]["name"] == name for each in found)

    def wait_gone(self, kind: str, namespace: str, name: str, limit: float) -> None:
        """Wait until there is no such object, whichever group has a kind of that name.

        Raises NoSuchKind where there never was its kind.
        """
        self.path_here(kind, namespace, name)

        def probe() -> tuple[bool | None, str]:
            # Where its kind goes with it, so has it.
            paths = self._paths_here(kind, namespace, name) if self.serves(kind) else []
            there = any(self.read(path) is not None for path in paths)
            return (None if there else True), "still there" if there else "gone"

        self.wait(f"{kind} {namespace}/{name} to go away", probe, limit)

    def wait_data(self, namespace: str, name: str, key: str, value: str, limit: float) -> None:
        """Wait until an entry of a ConfigMap that is there to stay has this value."""

        def probe() -> tuple[bool | None, str]:
            item = self.find("ConfigMap", namespace, name)
            found = field(item, "data", key)
            if going := field(item, *_GOING):
                return None, f"it is being deleted since {going}"
            return (found == value) or None, f"{key} is {found!r}" if item else "no such object"

        self.wait(f"ConfigMap {namespace}/{name} to hold {key} as {value!r}", probe, limit)

    def states(self, kind: str, namespace: str, name: str, since: int) -> list[Object | None]:
        """What an object was at a version of the store and whatever it has been since, now last.

        None where it was not there. Raises ApiError where the API server has forgotten it.
        """
        path = self.path_here(kind, namespace, name).rsplit("/", 1)[0]
        now, only = self.find(kind, namespace, name), {"fieldSelector": f"metadata.name={name}"}
        then = {"resourceVersion": str(since), "resourceVersionMatch": "Exact"}
        found: list[Object | None] = [*self.api.list(path, **only, **then)] or [None]
        last = _version(now)
        if last <= since:
            return [*found, now]
        for event in self.api.watch(path, _HISTORY_S, resourceVersion=str(since), **only):
            if event["type"] == "ERROR":
                said = event["object"]
                raise ApiError("WATCH", path, said.get("code", 0), said.get("message", ""))
            found.append(None if event["type"] == "DELETED" else event["object"])
            if _version(event["object"]) >= last:
                break
        return [*found, now]

    def wait_pods_made(self, namespace: str, name: str, limit: float) -> None:
        """Wait until the pods of a Deployment are those of its newest spec, ready or not."""

        def probe() -> tuple[bool | None, str]:
            found = self.find("Deployment", namespace, name)
            return (found is not None and rollout.is_made(found)) or None, rollout.look(found)[1]

        what = f"Deployment {namespace}/{name} to have made the pods that it asks for"
        self.wait(what, probe, limit)

    def pods(self, namespace: str) -> set[str]:
        """The names of the pods of a namespace, of those too that are ending."""
        listed = self.api.list(f"/api/v1/namespaces/{namespace}/pods")
        return {each["metadata"]["name"] for each in listed}

    def pods_of(self, namespace: str, deployment: str) -> dict[str, str]:
        """The pods that a Deployment has, without those that are ending: their uid → name."""
        found = self.find("Deployment", namespace, deployment)
        pods = [] if found is None else rollout.pods(self.api, found)
        staying = [each["metadata"] for each in pods if not field(each, *_GOING)]
        return {each["uid"]: each["name"] for each in staying}

    def service_url(self, namespace: str, name: str) -> str:
        """The address of a Service in the cluster, with its port `http`."""
        spec = self.api.get(f"/api/v1/namespaces/{namespace}/services/{name}")["spec"]
        port = next(each["port"] for each in spec["ports"] if each["name"] == "http")
        return f"http://{spec['clusterIP']}:{port}/"

    def release_values(self, namespace: str, name: str) -> Any:
        """The values that Helm stored with what a HelmRelease has made last.

        Which of Helm's releases that is, its status says. None where it has made none, or Helm has
        stored nothing of it.
        """
        found = self.find("HelmRelease", namespace, name)
        [newest, *_] = field(found, "status", "history", default=()) or [None]
        if newest is None:
            return None
        stored = self.find(
            "Secret",
            field(found, "status", "storageNamespace", default=newest["namespace"]),
            f"sh.helm.release.v1.{newest['name']}.v{newest['version']}",
        )
        return None if stored is None else release_config(stored["data"])

    @staticmethod
    def path(kind: str, namespace: str, name: str) -> str:
        """The path of an object on its API server, of a kind that every sandbox knows."""
        return _PATHS[kind].format(namespace, name)

    def close(self) -> None:
        """Follow the cluster no longer."""
        self.informer.stop()
        self.api.close()


def _version(item: Object | None) -> int:
    """The version of the store in which an object was written last; 0 for none."""
    return int(field(item, "metadata", "resourceVersion", default=0))
