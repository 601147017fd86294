"""Bring a sandbox back to the baseline after a scenario, and prove that nothing is left.

The desk, Git refs, projects and access to GitLab are put back, Flux prunes and puts back. Then
objects, refs, deploy keys and processes are compared with before: objects by their names, and by
what people have written into them past Git.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox import command, flux
from sandbox.cluster import census, hands, store_keys
from sandbox.cluster.flux_kinds import CRDS
from sandbox.cluster.informer import KINDS, Informer
from sandbox.cluster.kubernetes import KubernetesApi, Object, field
from sandbox.cluster.namespace_end import NamespaceEnds
from sandbox.cluster.view import ClusterView
from sandbox.errors import NotReady, SandboxError
from sandbox.flux import roll_call
from sandbox.folder_copy import FolderCopy
from sandbox.plain_cluster import PlainCluster
from sandbox.sandbox import Sandbox

_LIMIT_S = 120
_LOGIN = ClusterView.path("Secret", flux.NAMESPACE, "flux-system")
_LOGIN_SECRET = f"Secret {flux.NAMESPACE}/flux-system"
_SOURCE = ClusterView.path("GitRepository", flux.NAMESPACE, "flux-system")


class WrittenInto(SandboxError):
    """Fields that people's programs have written past Git, and that nobody has put back.

    All else is as before. Such a sandbox is no baseline any more.
    """


class ProjectsGone(WrittenInto):
    """Projects of the Git server that were deleted: their repositories do not come back."""


@dataclass(frozen=True)
class Baseline:
    """What a sandbox looked like when it was fresh."""

    head: str
    refs: dict[str, str]
    access: Any
    """GitLab's projects, users, tokens, keys and hooks, as `GitLab.snapshot` gives them."""
    objects: frozenset[str]
    clusters: tuple[str, ...]
    login: Object
    """What Flux's secret for Git holds; empty where the baseline has no Flux."""
    source: Object
    """The spec of Flux's GitRepository: what is wrong there keeps its correction out of Git."""
    plain: Mapping[str, PlainCluster] = dataclasses.field(default_factory=dict, kw_only=True)
    """The clusters without Flux, by name."""
    desk: FolderCopy = dataclasses.field(kw_only=True)
    """The engineer's home with the clone in it."""
    keys: Mapping[str, int] | None = None
    """What the store of the first cluster held, by key, and the revision in which each was written
    last; None where nobody can say."""
    by_hand: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """The fields that people's programs owned, as `census.by_hand` gives them."""

    @classmethod
    def of(cls, sandbox: Sandbox) -> Baseline:
        """Note the sandbox as it is now."""
        clusters = tuple(sandbox.provider.clusters())
        there = sandbox.layout.start == "bootstrapped"
        keys = _keys(sandbox) if there else None
        objects = census.take(sandbox.view().api) if clusters else frozenset()
        return cls(
            head=sandbox.head(),
            refs=sandbox.refs(),
            access=sandbox.gitlab.snapshot(),
            objects=objects,
            clusters=clusters,
            login=field(sandbox.view().api.get(_LOGIN), "data", default={}) if there else {},
            source=sandbox.view().api.get(_SOURCE)["spec"] if there else {},
            plain={
                name: PlainCluster.of(sandbox.view(name).api)
                for name in clusters
                if not (there and name == sandbox.layout.first)
            },
            desk=FolderCopy.of(sandbox.desk.folder, sandbox.folder / "desk-at-baseline"),
            by_hand=census.by_hand(sandbox.view().api) if clusters else {},
            # Only what the store held before and after that count was counted.
            keys=keys if _same(keys, _keys(sandbox) if there else None) else None,
        )

    def restore(self, sandbox: Sandbox) -> None:
        """Bring the sandbox back and wait until it is.

        Raises SandboxError naming what is left, WrittenInto where that is what was written into
        objects past Git and nothing else, ProjectsGone where the Git server has less than before.
        """
        sandbox.gitlab.faults.clear()
        if gone := sandbox.gitlab.restore(self.access):
            raise ProjectsGone(f"nobody brings {', '.join(gone)} back to the Git server")
        for cluster in set(sandbox.provider.clusters()) - set(self.clusters):
            sandbox.remove_cluster(cluster)
        sandbox.write_kubeconfig()
        self._restore_desk(sandbox)
        flux_is_there = sandbox.layout.start == "bootstrapped"
        prunes = _prunes(sandbox) if flux_is_there else {}
        sandbox.gitlab.put_refs(sandbox.layout.repository, self.refs)
        written = self._restore_flux(sandbox, prunes) if flux_is_there else frozenset[str]()
        self._renew_clusters(sandbox)
        refs = sandbox.refs()
        if refs != self.refs:
            raise SandboxError(f"Git refs are {refs}, before they were {self.refs}")
        self._restore_desk(sandbox)  # programs of the sandbox's own have worked there since
        # Last: what was on its way when the scenario ended belongs to that scenario.
        sandbox.inbox.empty()
        for store in sandbox.stores:
            store.empty(sandbox.supervisor)
        sandbox.check()
        sandbox.provider.audit()
        if written:
            raise WrittenInto(f"nobody has put back {', '.join(sorted(written))}")

    def _renew_clusters(self, sandbox: Sandbox) -> None:
        """What a scenario put into a cluster without Flux goes with the cluster."""
        for name, before in self.plain.items():
            gone = name not in sandbox.provider.clusters()
            if gone or not before.is_untouched(sandbox.view(name).api):
                if not gone:
                    sandbox.remove_cluster(name)
                sandbox.add_cluster(name)

    def _restore_flux(self, sandbox: Sandbox, prunes: Mapping[str, str]) -> frozenset[str]:
        """What people's programs have written into objects, and Flux has not put back.

        `prunes` is how the scenario has left the Kustomizations: they may be gone now.
        """
        self._restore_source(sandbox)
        view = sandbox.view()
        # Git knows nothing of it, so nothing prunes it.
        keys = _keys(sandbox)
        new = None if keys is None or self.keys is None else keys.keys() - self.keys.keys()
        for path in census.made_by_hand(view.api, self.objects, new):
            view.api.delete(path)

        def uninstall(namespace: str, release: str) -> None:
            line = [
                "helm",
                "uninstall",
                release,
                f"--namespace={namespace}",
                "--ignore-not-found",
                "--no-hooks",
            ]
            command.run(line, env=sandbox.desk.env, limit=_LIMIT_S)

        waking, ends = view.waking(self.head, uninstall), NamespaceEnds(view.api)

        def hasten(items: Sequence[Object]) -> None:
            waking.look(items)
            ends.look([*view.informer.all(*KINDS), *items])

        view.wait_ready(self.head, _LIMIT_S, hasten)
        if written := self._by_hand(sandbox):
            # Flux puts back what somebody has changed when it looks, and Git may have no news.
            roll_call.call(view.api, _LIMIT_S, sandbox.check)

        left = frozenset[str]()

        def probe() -> tuple[bool | None, str]:
            nonlocal left
            _nudge(view.api)
            hasten(view.informer.all(*view.informer.flux_kinds()))
            # What is followed costs nothing to look at; the rest is asked for when that is back.
            left = self._changed(view.informer) or self._left(sandbox)
            return (None if left else True), ", ".join(sorted(left)) or "as before"

        try:
            view.wait("the cluster to hold what it held before", probe, _LIMIT_S)
        except NotReady as late:
            told = ", ".join(_with_keepers(left, census.keepers(view.api, left), prunes))
            raise NotReady(late.awaited, told or late.last_seen, late.limit) from None
        return self._by_hand(sandbox) if written else written

    def _left(self, sandbox: Sandbox) -> frozenset[str]:
        """What has come or gone since; where no key of the store has, nothing has."""
        if _same(self.keys, _keys(sandbox)):
            return frozenset()
        return census.take(sandbox.view().api) ^ self.objects

    def _by_hand(self, sandbox: Sandbox) -> frozenset[str]:
        """The fields that people's programs have written since, and that nobody has put back.

        Of objects that were there before: what has come is looked after by its name.
        """
        keys = _keys(sandbox)
        known = keys is not None and self.keys is not None
        written = store_keys.written(self.keys or {}, keys or {}) if known else None
        left = hands.left(self.by_hand, census.by_hand(sandbox.view().api, written))
        # What the login holds is compared itself, and put back in no program's name but ours.
        there = self.objects - {_LOGIN_SECRET}
        return frozenset(each for each in left if each.partition(": ")[0] in there)

    def _changed(self, informer: Informer) -> frozenset[str]:
        """What of the kinds that are followed has come or gone since."""
        kinds = {*KINDS, *informer.flux_kinds()}
        before = frozenset(each for each in self.objects if each.split(" ")[0] in kinds)
        return census.names(informer.all(*kinds)) ^ before

    def _restore_desk(self, sandbox: Sandbox) -> None:
        """The engineer's home with the clone, as if nobody had been there.

        What lies elsewhere on the machine is not the sandbox's: nobody looks at it.
        """
        try:
            if not self.desk.put_back():
                return
        except OSError as trouble:
            raise SandboxError(f"the desk cannot be put back: {trouble}") from trouble
        # Git knows the files of a clone by what is new of those that were put back.
        sandbox.desk.git("update-index", "-q", "--refresh", check=False)
        self.desk.keep(f"{sandbox.desk.project}/.git/index")

    def _restore_source(self, sandbox: Sandbox) -> None:
        """Let Flux read Git again where a scenario has kept it from that."""
        api = sandbox.view().api
        login = api.find(_LOGIN)
        if login is None:
            secrets, name = _LOGIN.rsplit("/", 1)
            meta = {"name": name, "namespace": flux.NAMESPACE}
            body = {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "data": self.login}
            api.create(secrets, body)
        elif (held := field(login, "data", default={})) != self.login:
            # Merged: what it did not hold before goes only where it is named.
            api.patch(_LOGIN, {"data": {**dict.fromkeys(held), **self.login}})
        if api.get(_SOURCE)["spec"].get("secretRef") != self.source.get("secretRef"):
            api.patch(_SOURCE, {"spec": {"secretRef": self.source.get("secretRef")}})


def _prunes(sandbox: Sandbox) -> dict[str, str]:
    """What each Kustomization says of `prune`, by `namespace/name`."""
    found = {}
    for each in sandbox.view().informer.all("Kustomization"):
        place = f"{each['metadata']['namespace']}/{each['metadata']['name']}"
        found[place] = "true" if field(each, "spec", "prune") else "false"
    return found


def _with_keepers(
    left: frozenset[str], keepers: Mapping[str, str], prunes: Mapping[str, str]
) -> list[str]:
    """What is left, each with the Kustomization that kept it last and whether that one prunes."""
    told = []
    for each in sorted(left):
        keeper = keepers.get(each, "")
        prune = f"prune: {prunes[keeper]}" if keeper in prunes else "which was gone already"
        told.append(f"{each} (kept by Kustomization {keeper}, {prune})" if keeper else each)
    return told


def _keys(sandbox: Sandbox) -> dict[str, int] | None:
    """What the store of the first cluster holds, by key, with the revision each is of."""
    keys = sandbox.provider.keys(sandbox.layout.first)
    return None if keys is None else store_keys.counted(keys)


def _same(before: Mapping[str, int] | None, now: Mapping[str, int] | None) -> bool:
    """Whether the same objects are known to be there: none has come or gone."""
    return before is not None and now is not None and before.keys() == now.keys()


def _nudge(api: KubernetesApi) -> None:
    """Make the API server look again at CRDs whose deletion it has put off.

    One that is deleted soon after it was made can report InstanceDeletionFailed ("storage is
    (re)initializing"); the server then tries again after minutes, or at once when the CRD changes.
    """
    going = [each for each in api.metadata(CRDS) if each["metadata"].get("deletionTimestamp")]
    for path in (f"{CRDS}/{each['metadata']['name']}" for each in going):
        conditions = field(api.find(path), "status", "conditions", default=())
        if "InstanceDeletionFailed" in {each.get("reason") for each in conditions}:
            stamp = {"proofbook.dev/looked-at": datetime.now(UTC).isoformat()}
            api.patch_if_there(path, {"metadata": {"annotations": stamp}})
