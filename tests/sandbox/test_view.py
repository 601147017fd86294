"""What a cluster is waited for: as it is now, not as it was when nobody had seen the change."""

from __future__ import annotations

import base64
import gzip
import json
from types import SimpleNamespace
from typing import Any

import pytest
from a_view import BUCKETS, HEAD, MONOREPO, SOURCES, defined, deployment, kustomization, view

from sandbox import events
from sandbox.cluster import census
from sandbox.cluster.flux_kinds import CRDS, FluxKind, kind_of
from sandbox.errors import NotReady
from sandbox.flux import chain
from sandbox.flux.status import Monorepo
from sandbox.flux.view import FluxView


def test_ready_is_what_the_api_server_says_not_what_was_seen_before() -> None:
    view([kustomization()], [kustomization()], "Kustomization").wait_ready(HEAD, 0)
    behind = view([kustomization()], [kustomization(revision="older")], "Kustomization")
    with pytest.raises(NotReady, match="is at main@sha1:older"):
        behind.wait_ready(HEAD, 0)


def test_a_condition_of_an_older_spec_is_not_what_is_waited_for() -> None:
    where = ("Kustomization", "flux-system", "apps", "True", "shop.v1", 0.0)
    now, old = kustomization(observedGeneration=1), kustomization(2, observedGeneration=1)
    view([now], [now], "Kustomization").wait_condition(*where)
    for seen in (old, now):
        with pytest.raises(NotReady):
            view([seen], [old], "Kustomization").wait_condition(*where)


def test_a_condition_that_names_something_longer_is_another_one() -> None:
    longer = view([kustomization(message="Applied shop.v12")], [], "Kustomization")
    with pytest.raises(NotReady):
        longer.wait_condition("Kustomization", "flux-system", "apps", "True", "shop.v1", 0)


@pytest.mark.parametrize(
    "status",
    [
        {"observedGeneration": 1},
        {"updatedReplicas": 1},
        {"readyReplicas": 3},
        # The pods of before are ready, as many of now are not.
        {"replicas": 4},
        {"replicas": 4, "availableReplicas": 3},
    ],
)
def test_replicas_of_before_the_change_do_not_count(status: dict[str, int]) -> None:
    view([deployment()], [deployment()], "Deployment").wait_replicas("x", "app", 2, 0)
    for seen in ({}, status):
        now = view([deployment(**seen)], [deployment(**status)], "Deployment")
        with pytest.raises(NotReady):
            now.wait_replicas("x", "app", 2, 0)
    item = {**deployment(**status), "kind": "Deployment"}
    assert chain._settled({**deployment(), "kind": "Deployment"}) == "generation 2, 2 ready"
    assert chain._settled(item) == ""


def test_what_is_asked_for_is_settled_where_whoever_keeps_it_has_tried_the_commit() -> None:
    """By itself, and where nothing is named with all that follows the monorepo."""
    one = kustomization()
    one["status"]["lastAttemptedRevision"] = f"main@sha1:{HEAD}"
    now = view([one], [one], "Kustomization")
    for where in [(), ("Kustomization", "flux-system", "apps")]:
        now.wait_settled(HEAD, 2, 0, *where)
        with pytest.raises(NotReady, match="is at main@sha1:1234567890abcdef"):
            now.wait_settled("another", 2, 0, *where)


def test_what_is_settled_is_what_the_api_server_says_not_what_was_seen_before() -> None:
    """A release that the commit has changed arrives here later than who has applied it."""
    before, changed = kustomization(observedGeneration=1), kustomization(2, observedGeneration=1)
    view([before], [before], "HelmRelease").wait_settled(HEAD, 2, 0)
    with pytest.raises(NotReady, match="HelmRelease flux-system/apps: Ready is True"):
        view([before], [changed], "HelmRelease").wait_settled(HEAD, 2, 0)


def test_whether_a_commit_was_tried_is_what_the_api_server_says() -> None:
    tried, before = kustomization(), kustomization()
    tried["status"]["lastAttemptedRevision"] = f"main@sha1:{HEAD}"
    view([tried], [tried], "Kustomization").wait_untried(HEAD, 2, "apps", 0)
    before["status"]["observedGeneration"] = 0
    with pytest.raises(NotReady):
        view([tried], [before], "Kustomization").wait_untried(HEAD, 2, "apps", 0)


def test_what_a_kustomization_owns_is_what_the_api_server_says() -> None:
    before, now = kustomization(), kustomization()
    now["status"]["inventory"] = {"entries": [{"id": "x_note__ConfigMap", "v": "v1"}]}
    owned = view([before], [now], "Kustomization").inventories()
    assert owned == {"Kustomization flux-system/apps": ["ConfigMap x/note"]}


def test_what_has_come_is_named_without_what_every_namespace_has() -> None:
    before = frozenset({"Namespace /a", "Secret a/old"})
    now = before | {
        "Namespace /b",
        "ConfigMap b/kube-root-ca.crt",
        "ServiceAccount b/default",
        "ConfigMap b/note",
        "ClusterRole /wide",
    }
    assert census.come(before, now) == ["ClusterRole wide", "ConfigMap b/note", "Namespace b"]


def test_an_object_without_a_condition_of_its_kind_is_named_and_one_that_lags_is_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alerts = FluxKind("Alert", "/apis/notification.toolkit.fluxcd.io/v1beta3/alerts", False)
    told: list[str] = []

    def seen(ready: str) -> FluxView:
        bucket = {**MONOREPO, "spec": {}, "metadata": {**MONOREPO["metadata"], "name": "b"}}
        bucket["status"] = {
            "observedGeneration": 1,
            "conditions": [{"type": "Ready", "status": ready}],
        }
        lists = {
            CRDS: [defined(SOURCES), defined(BUCKETS), defined(alerts)],
            SOURCES.path: [MONOREPO],
            BUCKETS.path: [bucket],
            "/apis/notification.toolkit.fluxcd.io/v1/alerts": [
                {"metadata": {"namespace": "flux-system", "name": "chat"}, "spec": {}}
            ],
        }
        informer: Any = SimpleNamespace(
            version=0,
            kinds=lambda: [SOURCES],
            flux_kinds=lambda: [],
            all=lambda *_: [MONOREPO],
            wait_for_change=lambda *_: None,
        )
        api: Any = SimpleNamespace(list=lists.get, refreshed=lists.get)
        monorepo = Monorepo("platform/flux", "main")
        return FluxView("dev", api, informer, lambda: None, monorepo)

    def note(event: object) -> None:
        if isinstance(event, events.Waited):
            told.append(event.last_seen)

    monkeypatch.setattr(events, "emit", note)
    seen("True").wait_ready(HEAD, 0)
    assert told[-1] == "2 objects Ready; without a Ready condition: Alert flux-system/chat"
    with pytest.raises(NotReady, match="Bucket flux-system/b: Ready is False"):
        seen("False").wait_ready(HEAD, 0)


def test_only_kinds_of_flux_that_are_served_count() -> None:
    crd = defined(BUCKETS)
    assert kind_of(crd) == BUCKETS
    assert kind_of({**crd, "status": {"conditions": None}}) is None
    assert kind_of({**crd, "spec": {**crd["spec"], "group": "cert-manager.io"}}) is None
    extension = kind_of({**crd, "spec": {**crd["spec"], "group": "source.extensions.fluxcd.io"}})
    assert extension is not None
    assert extension.path == "/apis/source.extensions.fluxcd.io/v1/buckets"
    old = {"name": "v1beta2", "served": True, "storage": False}
    versions = [old, *crd["spec"]["versions"]]
    assert kind_of({**crd, "spec": {**crd["spec"], "versions": versions}}) == BUCKETS
    assert kind_of({**crd, "spec": {**crd["spec"], "versions": [old]}}) == FluxKind(
        "Bucket", BUCKETS.path.replace("v1", "v1beta2"), False
    )


def helm_secret(values: dict[str, Any]) -> dict[str, Any]:
    packed = gzip.compress(json.dumps({"config": values}).encode())
    data = base64.b64encode(base64.b64encode(packed)).decode()
    return {"type": "helm.sh/release.v1", "data": {"release": data}}


def test_the_values_of_a_release_are_those_of_what_its_status_says_that_it_made() -> None:
    api = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/dev/helmreleases"
    stored = "/api/v1/namespaces/{}/secrets/sh.helm.release.v1.{}.v{}"
    made = [{"namespace": "prod", "name": "web-prod", "version": 3}]
    there: dict[str, Any] = {
        f"{api}/web": {"status": {"storageNamespace": "dev", "history": made}},
        f"{api}/begun": {"status": {}},
        f"{api}/removed": {"status": {"history": made}},
        stored.format("dev", "web-prod", 3): helm_secret({"a": 3}),
        # Of another HelmRelease, of an older revision, of somebody who ran Helm.
        stored.format("dev", "web", 1): helm_secret({"a": 0}),
        stored.format("dev", "web-prod", 2): helm_secret({"a": 2}),
        stored.format("dev", "by-hand", 1): helm_secret({"a": 1}),
    }
    seen = view([], [], "Kustomization")
    seen.read = there.get  # type: ignore[method-assign, assignment]
    assert seen.release_values("dev", "web") == {"a": 3}
    for name in ("begun", "removed", "by-hand"):
        assert seen.release_values("dev", name) is None
