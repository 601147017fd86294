"""Which sources of Flux are asked to fetch what was pushed, and which are left to themselves."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import flux
from sandbox.flux import push

MONOREPO = flux.Monorepo("platform/flux-config", "main")
SPEC = {
    "url": "ssh://git@127.0.0.1/platform/flux-config",
    "ref": {"branch": "main"},
    "interval": "2s",
}


def source(ready: str = "True", name: str = "flux-system", **spec: Any) -> dict[str, Any]:
    """A source as the API server lists it: without its kind."""
    conditions = [{"type": "Ready", "status": ready}] if ready else []
    return {
        "metadata": {"name": name, "namespace": "flux-system"},
        "spec": {**SPEC, **spec},
        "status": {"conditions": conditions},
    }


class Api:
    """An API server that holds these sources, None where it serves none; notes what is patched."""

    def __init__(self, *sources: dict[str, Any], served: bool = True) -> None:
        self.sources, self.served = list(sources), served
        self.patched: list[tuple[str, dict[str, Any]]] = []

    def find(self, path: str) -> dict[str, Any] | None:
        assert path == "/apis/source.toolkit.fluxcd.io/v1/gitrepositories"
        return {"items": self.sources} if self.served else None

    def patch_if_there(self, path: str, body: dict[str, Any]) -> None:
        self.patched.append((path, body))


ASKED = {
    "is Ready": source(),
    "is fetching": source("Unknown"),
    "is new": source(""),
    "has been resumed": source(suspend=False),
}
LEFT = {
    "cannot fetch": source("False"),
    "is suspended": source(suspend=True),
    "has an interval of its own": source(interval="30m0s"),
    "has the interval of a page": source(interval="1m0s"),
    "reads another branch": source(ref={"branch": "next"}),
    "reads one commit": source(ref={"branch": "main", "commit": "a" * 40}),
    "reads another repository": source(url="ssh://git@127.0.0.1/team/podinfo"),
}


@pytest.mark.parametrize("of", ASKED.values(), ids=ASKED.keys())
def test_a_source_that_would_look_soon_is_asked_now(of: dict[str, Any]) -> None:
    api: Any = Api(of)
    push.ask(api, MONOREPO, 2)
    [(path, body)] = api.patched
    assert path.endswith("/v1/namespaces/flux-system/gitrepositories/flux-system")
    assert list(body) == ["metadata"]
    [(key, value)] = body["metadata"]["annotations"].items()
    assert key == "reconcile.fluxcd.io/requestedAt"
    assert value


@pytest.mark.parametrize("of", LEFT.values(), ids=LEFT.keys())
def test_a_source_that_a_scenario_may_be_about_is_left_to_itself(of: dict[str, Any]) -> None:
    api: Any = Api(of)
    push.ask(api, MONOREPO, 2)
    assert api.patched == []


def test_each_push_asks_anew_and_each_source_for_itself() -> None:
    api: Any = Api(source(), source("False", "broken"), source(name="second"))
    push.ask(api, MONOREPO, 2)
    push.ask(api, MONOREPO, 2)
    names = [path.rpartition("/")[2] for path, _ in api.patched]
    assert names == ["flux-system", "second"] * 2
    stamps = [body["metadata"]["annotations"].popitem()[1] for _, body in api.patched]
    assert stamps[0] == stamps[1] != stamps[2] == stamps[3]


def test_a_cluster_without_flux_is_asked_for_nothing() -> None:
    api: Any = Api(served=False)
    push.ask(api, MONOREPO, 2)
    assert api.patched == []
