"""Have Flux look at once at what was pushed, as a hook of the Git server does for a team.

Only where a sandbox makes Flux quick anyway: who says another interval, has suspended a source or
cannot fetch may be what a scenario is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from sandbox import flux
from sandbox.cluster.kubernetes import KubernetesApi, Object, field
from sandbox.cluster.view import ClusterView
from sandbox.flux.status import REQUESTED

_SOURCES = "/apis/source.toolkit.fluxcd.io/v1/gitrepositories"


def ask(api: KubernetesApi, monorepo: flux.Monorepo, interval_s: int) -> None:
    """Ask the sources of a cluster that read the monorepo to fetch; harmless where none does."""
    # Not those that an informer knows: a source of this moment counts, too.
    listed = field(api.find(_SOURCES), "items", default=())
    stamp = datetime.now(UTC).isoformat()
    items = [{**each, "kind": "GitRepository"} for each in listed]
    for path in to_ask(items, monorepo, interval_s):
        api.patch_if_there(path, {"metadata": {"annotations": {REQUESTED: stamp}}})


def to_ask(items: list[Object], monorepo: flux.Monorepo, interval_s: int) -> Iterator[str]:
    """The paths of the sources that may be asked: no scenario can be about when they fetch."""
    for item in items:
        if follows(item, monorepo, interval_s):
            meta = item["metadata"]
            yield ClusterView.path("GitRepository", meta["namespace"], meta["name"])


def follows(source: Object, monorepo: flux.Monorepo, interval_s: int) -> bool:
    """Whether a source fetches what is pushed, so that no scenario can be about when it does."""
    spec, ready = source["spec"], flux.condition(source)
    return (
        monorepo.is_read_by(source)
        and spec["interval"] == f"{interval_s}s"
        and not spec.get("suspend")
        and (ready is None or ready.status != "False")
    )
