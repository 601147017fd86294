"""Flux in one cluster of a sandbox as scenarios look at it: waited for, suspended, asked."""

from __future__ import annotations

from collections.abc import Callable

from sandbox import events, flux
from sandbox.cluster import census, flux_kinds
from sandbox.cluster.informer import Informer
from sandbox.cluster.kubernetes import KubernetesApi, Object
from sandbox.cluster.view import ClusterView
from sandbox.flux import push, settling
from sandbox.flux.listed import Listed
from sandbox.flux.waking import Waking
from sandbox.words import says

_READY_LIMIT_S = 300


class FluxView(ClusterView):
    """Reads what Flux says and has done, and waits for it to come to a commit."""

    def __init__(
        self,
        name: str,
        api: KubernetesApi,
        informer: Informer,
        alive: Callable[[], None],
        monorepo: flux.Monorepo,
    ) -> None:
        super().__init__(name, api, informer, alive)
        self._monorepo = monorepo

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
                listed = [(kind, each) for kind in kinds for each in self._list(kind)]
                items = [each for kind, each in listed if kind.reports]
                mute = [
                    flux.label(each)
                    for kind, each in listed
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

    def ask_for_push(self, interval_s: int) -> None:
        """Have the sources that follow the monorepo fetch now, not when `interval_s` is over."""
        push.ask(self.api, self._monorepo, interval_s)

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

        def look(item: Object | None) -> tuple[flux.Condition | None, str]:
            ready = flux.condition(item, condition) if item else None
            if item is None or ready is None:
                return None, f"no {condition} condition" if item else "no such object"
            hit = ready.status == status and (not words or says(ready.message, words))
            return (ready if hit and ready.is_about(item) else None), str(ready)

        def probe() -> tuple[flux.Condition | None, str]:
            seen = look(self.informer.get(kind, namespace, name))
            # A change of it may not have arrived here yet.
            return look(self.find(kind, namespace, name)) if seen[0] else seen

        ready = self.wait(
            f"{kind} {namespace}/{name} to report {condition} as {status}"
            + (f" with {words!r}" if words else ""),
            probe,
            limit,
        )
        self._tell({"kind": kind, "metadata": {"namespace": namespace, "name": name}}, ready)
        return ready

    def wait_settled(
        self,
        head: str,
        interval_s: int,
        limit: float,
        kind: str = "",
        namespace: str = "",
        name: str = "",
        done: bool = True,
    ) -> None:
        """Wait until an object is what the commit `head` made of it, or Flux has said why not.

        Without one: everything that follows the monorepo; what is at work for long has made all.
        What is not there waits for nobody, and nobody for a source with another interval than
        `interval_s`. Without `done` an object of Flux may still be at work on it.
        """

        def look(seen: Informer | Listed) -> str:
            found = []
            for each in self._asked(seen, kind, namespace, name):
                whole = done and bool(kind or not settling.is_long_at_work(each))
                if why := settling.pending(each, head, seen.get, self._follows(interval_s), whole):
                    found.append(why)
            return "; ".join(found)

        def probe() -> tuple[bool | None, str]:
            why = look(self.informer) or look(self._listed())
            return (None if why else True), why or "settled"

        what = f"{kind} {namespace}/{name}" if kind else f"what follows Git in {self.name}"
        self.wait(f"{what} to be as {head[:8]} has it", probe, limit)

    def wait_untried(self, head: str, interval_s: int, name: str, limit: float) -> None:
        """Wait until a Kustomization has tried the commit `head`, or something keeps it from that.

        Right after a push nobody has tried it.
        """

        def look(seen: Informer | Listed) -> tuple[bool | None, str]:
            item = seen.get("Kustomization", flux.NAMESPACE, name)
            if item is None:
                return None, "no such object"
            one = {**item, "kind": "Kustomization"}
            why = settling.pending(one, head, seen.get, self._follows(interval_s), False)
            kept = not why or settling.is_kept(one, head, seen.get)
            return kept or None, why or "settled"

        def probe() -> tuple[bool | None, str]:
            seen = look(self.informer)
            return look(self._listed()) if seen[0] else seen

        self.wait(f"Kustomization {name} to come to {head[:8]} or to be kept from it", probe, limit)

    def _follows(self, interval_s: int) -> Callable[[Object], bool]:
        return lambda source: push.follows(source, self._monorepo, interval_s)

    def _asked(self, seen: Informer | Listed, kind: str, namespace: str, name: str) -> list[Object]:
        """What is asked for: one object, or without a kind all that follows Git."""
        if not kind:
            return seen.all("GitRepository", "Kustomization", "HelmRelease")
        # A kind may come with the commit, as an object may.
        found = self.find(kind, namespace, name) if self.serves(kind) else None
        return [] if found is None else [{**found, "kind": kind}]

    def _listed(self) -> Listed:
        return Listed(self.api, self.informer.path)

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

    def suspend(self, kind: str, name: str, suspended: bool) -> None:
        """Suspend or resume an object of flux-system, as `flux suspend` and `flux resume` do."""
        self.api.patch(self.path(kind, "flux-system", name), {"spec": {"suspend": suspended}})

    def identities(self) -> dict[str, tuple[str, int, str]]:
        """What everything in the cluster is that people or Flux put there (`census.states`)."""
        return census.states(self.api)

    def inventories(self) -> dict[str, list[str]]:
        """What each Kustomization has applied: its label → `Kind namespace/name` of its objects."""
        kustomizations = self._listed().all("Kustomization")
        return {flux.label(each): flux.inventory(each) for each in kustomizations}
