"""A roll call: every object of Flux is asked to be reconciled, and each has to answer.

A Ready condition may be of another time. Who has handled a request that was made a moment ago is
looked after now.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.cluster.flux_kinds import CRDS, FluxKind, kind_of
from sandbox.cluster.kubernetes import KubernetesApi, Object, field
from sandbox.flux.status import HANDLED, REQUESTED, behind, condition, is_silent, label
from sandbox.waiting import wait_until

_AT_WORK = frozenset({"Progressing", "ProgressingWithRetry", "DependencyNotReady"})
"""Reasons of an object that has not failed: its controller is not done with it."""


@dataclass(frozen=True)
class Answers:
    """How many are reconciled again, and when by the clock `time.monotonic`."""

    count: int
    first: float
    last: float
    failed: tuple[str, ...] = ()
    """What an object said of a reconciliation that failed, before one that did not."""


def call(api: KubernetesApi, limit: float, alive: Callable[[], None]) -> Answers:
    """Ask every object that can answer, and wait until each was reconciled and is Ready.

    One whose reconciliation fails is asked again. What is suspended and a HelmRepository of type
    oci are looked after by nobody, and not asked. Raises NotReady with those that do not come to
    it, ProcessDied where `alive` does.
    """
    kinds = list(_answering(api))
    asked: dict[str, str] = {}
    failed: set[str] = set()
    first = 0.0

    def probe() -> tuple[Answers | None, str]:
        nonlocal first
        left = []
        for kind, item in _listed(api, kinds):
            name = label(item)
            answered = name in asked and field(item, "status", HANDLED) == asked[name]
            why = behind(item) if answered else "no answer yet"
            if answered and not why:
                first = first or time.monotonic()
                continue
            left.append(f"{name}: {why}")
            if answered and (ready := condition(item)) and ready.reason not in _AT_WORK:
                failed.add(why)
            if answered or name not in asked:
                asked[name] = _ask(api, kind, item)
        if left:
            return None, "; ".join(sorted(left))
        now = time.monotonic()
        return Answers(len(asked), first or now, now, tuple(sorted(failed))), "all Ready"

    return wait_until("every object of Flux to be reconciled", probe, limit, alive=alive)


def _ask(api: KubernetesApi, kind: FluxKind, item: Object) -> str:
    """Ask an object once more; what its answer will be."""
    stamp = datetime.now(UTC).isoformat()
    path = kind.path_of(item["metadata"]["namespace"], item["metadata"]["name"])
    api.patch_if_there(path, {"metadata": {"annotations": {REQUESTED: stamp}}})
    return stamp


def _answering(api: KubernetesApi) -> Iterator[FluxKind]:
    """The kinds whose status has a place for the answer."""
    for crd in api.refreshed(CRDS):
        kind = kind_of(crd)
        if kind is not None and any(_can_answer(each) for each in crd["spec"]["versions"]):
            yield kind


def _can_answer(version: Object) -> bool:
    path = ("schema", "openAPIV3Schema", "properties", "status", "properties", HANDLED)
    return bool(version["served"] and field(version, *path) is not None)


def _listed(api: KubernetesApi, kinds: list[FluxKind]) -> Iterator[tuple[FluxKind, Object]]:
    for kind in kinds:
        for each in api.list(kind.path):
            item = {**each, "kind": kind.name}
            if not field(item, "spec", "suspend") and not is_silent(item):
                yield kind, item
