"""What a cluster is waited for: as it is now, not as it was when nobody had seen the change."""

from __future__ import annotations

import base64
import gzip
import json
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox import events
from sandbox.cluster import census
from sandbox.cluster.flux_kinds import CRDS, FluxKind, kind_of
from sandbox.cluster.kubernetes import ApiError
from sandbox.cluster.view import NoSuchKind
from sandbox.errors import NotReady
from sandbox.flux import chain
from sandbox.flux.status import Monorepo
from sandbox.flux.view import FluxView

HEAD = "1234567890abcdef"
SOURCES = FluxKind("GitRepository", "/apis/source.toolkit.fluxcd.io/v1/gitrepositories", True)
BUCKETS = FluxKind("Bucket", "/apis/source.toolkit.fluxcd.io/v1/buckets", True)
MONOREPO: dict[str, Any] = {
    "kind": "GitRepository",
    "metadata": {"namespace": "flux-system", "name": "flux-system", "generation": 1},
    "spec": {
        "url": "ssh://git@host:22/platform/flux",
        "ref": {"branch": "main"},
        "interval": "2s",
    },
    "status": {
        "observedGeneration": 1,
        "artifact": {"revision": f"main@sha1:{HEAD}"},
        "conditions": [{"type": "Ready", "status": "True"}],
    },
}


def kustomization(generation: int = 1, revision: str = HEAD, **condition: Any) -> dict[str, Any]:
    said = {"type": "Ready", "status": "True", "message": "Applied shop.v1", **condition}
    return {
        "metadata": {"namespace": "flux-system", "name": "apps", "generation": generation},
        "spec": {"sourceRef": {"kind": "GitRepository", "name": "flux-system"}},
        "status": {
            "observedGeneration": 1,
            "lastAppliedRevision": f"main@sha1:{revision}",
            "conditions": [said],
        },
    }


def deployment(**status: Any) -> dict[str, Any]:
    counts = ("replicas", "readyReplicas", "updatedReplicas", "availableReplicas")
    seen = {"observedGeneration": 2, **dict.fromkeys(counts, 2), **status}
    meta = {"namespace": "x", "name": "app", "generation": 2}
    return {"metadata": meta, "spec": {"replicas": 2}, "status": seen}


def view(followed: list[dict[str, Any]], asked: list[dict[str, Any]], kind: str) -> FluxView:
    """A view whose informer has seen `followed`, while the API server has `asked`."""
    served = [
        FluxKind("Kustomization", "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations", True),
        SOURCES,
    ]
    informer: Any = SimpleNamespace(
        version=0,
        kinds=lambda: served,
        flux_kinds=lambda: [each.name for each in served],
        path=lambda name: f"/apis/any/{name.lower()}s",
        all=lambda *_: [{**each, "kind": kind} for each in followed] + [MONOREPO],
        get=lambda one, *_: MONOREPO if one == SOURCES.name else followed[0],
        wait_for_change=lambda *_: None,
    )

    def listed(path: str) -> list[dict[str, Any]]:
        if "clusterissuers" in path:
            raise ApiError("GET", path, 404, "no such kind")
        if path == CRDS:
            return [defined(each) for each in served]
        if path == SOURCES.path:
            return [MONOREPO]
        return asked if f"/{kind.lower()}s" in path else []

    quotas = {
        "resource": "resourcequotas",
        "responseKind": {"kind": "ResourceQuota"},
        "scope": "Namespaced",
        "verbs": ["list"],
    }
    core = {"metadata": {}, "versions": [{"version": "v1", "resources": [quotas]}]}
    api: Any = SimpleNamespace(
        list=listed,
        refreshed=listed,
        discover=lambda root: {"items": [core] if root == "/api" else []},
        find=lambda path: {"path": path},
    )
    return FluxView("dev", api, informer, lambda: None, Monorepo("platform/flux", "main"))


def defined(kind: FluxKind) -> dict[str, Any]:
    """The CRD of a kind."""
    return {
        "spec": {
            "group": f"{kind.path.split('/')[2].split('.')[0]}.toolkit.fluxcd.io",
            "names": {"kind": kind.name, "plural": kind.path.rsplit("/", 1)[1]},
            "versions": [
                {
                    "name": "v1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}} if kind.reports else None,
                }
            ],
        },
        "status": {"conditions": [{"type": "Established", "status": "True"}]},
    }


def test_ready_is_what_the_api_server_says_not_what_was_seen_before() -> None:
    view([kustomization()], [kustomization()], "Kustomization").wait_ready(HEAD, 0)
    behind = view([kustomization()], [kustomization(revision="older")], "Kustomization")
    with pytest.raises(NotReady, match="is at main@sha1:older"):
        behind.wait_ready(HEAD, 0)


def test_a_condition_of_an_older_spec_is_not_what_is_waited_for() -> None:
    where = ("Kustomization", "flux-system", "apps", "True", "shop.v1", 0.0)
    view([kustomization(observedGeneration=1)], [], "Kustomization").wait_condition(*where)
    old = view([kustomization(2, observedGeneration=1)], [], "Kustomization")
    with pytest.raises(NotReady):
        old.wait_condition(*where)


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
    view([deployment()], [], "Deployment").wait_replicas("x", "app", 2, 0)
    with pytest.raises(NotReady):
        view([deployment(**status)], [], "Deployment").wait_replicas("x", "app", 2, 0)
    item = {**deployment(**status), "kind": "Deployment"}
    assert chain._settled({**deployment(), "kind": "Deployment"}) == "generation 2, 2 ready"
    assert chain._settled(item) == ""


def test_what_is_asked_for_is_settled_where_whoever_keeps_it_has_tried_the_commit() -> None:
    """By itself, and where nothing is named with all that follows the monorepo."""
    one = kustomization()
    one["status"]["lastAttemptedRevision"] = f"main@sha1:{HEAD}"
    now = view([one], [], "Kustomization")
    for where in [(), ("Kustomization", "flux-system", "apps")]:
        now.api.find = lambda _: one  # type: ignore[method-assign, misc]
        now.wait_settled(HEAD, 2, 0, *where)
        with pytest.raises(NotReady, match="is at main@sha1:1234567890abcdef"):
            now.wait_settled("another", 2, 0, *where)


def test_an_object_of_a_kind_that_is_not_known_is_not_simply_absent() -> None:
    seen = view([], [kustomization()], "Kustomization")
    assert seen.is_there("Kustomization", "flux-system", "apps")
    assert not seen.is_there("Kustomization", "flux-system", "app")
    with pytest.raises(ApiError, match="404"):
        seen.is_there("ClusterIssuer", "", "letsencrypt")
    for ask in (seen.is_there, seen.find, lambda *at: seen.wait_gone(*at, limit=1)):
        with pytest.raises(NoSuchKind, match=r"'Kustomisation'.*write one of Kustomization"):
            ask("Kustomisation", "flux-system", "apps")
    assert not seen.serves("Kustomisation")


def test_an_object_of_any_kind_that_is_served_can_be_asked_for() -> None:
    seen = view([], [], "ResourceQuota")
    assert seen.serves("ResourceQuota")
    assert not seen.is_there("ResourceQuota", "default", "team-quota")
    assert seen.find("ResourceQuota", "default", "team-quota") == {
        "path": "/api/v1/namespaces/default/resourcequotas/team-quota"
    }


BUCKET, FURTHER = "/apis/a.io/v1/namespaces/x/buckets", "/apis/b.io/v2/buckets"


def two_groups(*there: str) -> FluxView:
    """A cluster with Flux's buckets and those of two other groups; `there` are paths of objects."""
    seen = view([], [], "Bucket")
    kinds = {"a.io": ("v1", "Namespaced"), "b.io": ("v2", "Cluster")}
    groups = [
        {
            "metadata": {"name": name},
            "versions": [
                {
                    "version": version,
                    "resources": [
                        {
                            "resource": plural,
                            "responseKind": {"kind": kind},
                            "scope": scope,
                            "verbs": ["list"],
                        }
                        for plural, kind in (("buckets", "Bucket"), ("lamps", "Lamp"))
                    ],
                }
            ],
        }
        for name, (version, scope) in kinds.items()
    ]
    paths = list(there)

    def listed(path: str) -> list[dict[str, Any]]:
        names = [each.rpartition("/") for each in paths]
        return [{"metadata": {"name": name}} for place, _, name in names if place == path]

    seen.informer.kinds = lambda: [SOURCES, BUCKETS]  # type: ignore[method-assign]
    api: Any = seen.api
    api.discover = lambda root: {"items": groups if root == "/apis" else []}
    api.list, api.find = listed, lambda path: {"path": path} if path in paths else None
    return seen


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/apis/source.toolkit.fluxcd.io/v1/namespaces/x/buckets/logs", True),
        (f"{BUCKET}/logs", True),
        (f"{FURTHER}/logs", True),
        (f"{BUCKET}/log", False),
        (f"{BUCKET.replace('/x/', '/y/')}/logs", False),
    ],
)
def test_what_another_group_has_under_that_name_is_there_too(path: str, there: bool) -> None:
    seen = two_groups(path)
    assert seen.is_there("Bucket", "x", "logs") is there
    if there:
        with pytest.raises(NotReady, match="last seen: still there"):
            seen.wait_gone("Bucket", "x", "logs", 0)
    else:
        seen.wait_gone("Bucket", "x", "logs", 0)


def test_of_a_kind_of_two_groups_the_object_that_is_there_is_read() -> None:
    for path in ("/apis/a.io/v1/namespaces/x/lamps/red", "/apis/b.io/v2/lamps/red"):
        assert two_groups(path).find("Lamp", "x", "red") == {"path": path}
    assert two_groups().find("Lamp", "x", "red") is None
    # Of Flux's own nobody means another group's.
    assert two_groups(f"{BUCKET}/logs").find("Bucket", "x", "logs") is None


def versioned(version: int, kind: str = "MODIFIED") -> dict[str, Any]:
    item = {"metadata": {"resourceVersion": str(version)}, "data": {"a": str(version)}}
    return {"type": kind, "object": item}


@pytest.mark.parametrize(
    ("then", "events", "now", "found"),
    [
        ([3], [versioned(7), versioned(9), versioned(11)], 9, [3, 7, 9, 9]),
        ([3], [versioned(7, "DELETED"), versioned(9, "ADDED")], 9, [3, None, 9, 9]),
        ([], [versioned(9, "ADDED")], 9, [None, 9, 9]),
        ([3], [versioned(7)], 3, [3, 3]),
        ([], [], 0, [None, None]),
    ],
)
def test_what_an_object_was_since_a_moment_is_told_in_order(
    then: list[int], events: list[Any], now: int, found: list[int | None]
) -> None:
    seen, asked = view([], [], "ConfigMap"), []
    api: Any = seen.api

    def listed(path: str, **params: str) -> list[Any]:
        asked.append((path, params))
        return [versioned(each)["object"] for each in then]

    def watch(path: str, limit: float, **params: str) -> Any:
        asked.append((path, params))
        yield from events

    api.list, api.watch = listed, watch
    api.find = lambda path: versioned(now)["object"] if now else None
    states = seen.states("ConfigMap", "x", "m", 5)
    told = [None if each is None else int(each["metadata"]["resourceVersion"]) for each in states]
    assert told == found
    path, only = "/api/v1/namespaces/x/configmaps", "metadata.name=m"
    at = {"resourceVersion": "5", "fieldSelector": only}
    assert asked[0] == (path, {**at, "resourceVersionMatch": "Exact"})
    assert asked[1:] == ([(path, at)] if now > 5 else [])
    gone = {"type": "ERROR", "object": {"code": 410, "message": "too old"}}
    api.watch = lambda *_, **__: [gone]
    if now > 5:
        with pytest.raises(ApiError, match="410: too old"):
            seen.states("ConfigMap", "x", "m", 5)


GOING = {"deletionTimestamp": "2026-11-30T15:00:00Z"}


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"metadata": {}, "data": {"a": "1"}}, ""),
        ({"metadata": {}, "data": {"a": "12"}}, "a is '12'"),
        ({"metadata": GOING, "data": {"a": "1"}}, "it is being deleted since 2026-11-30T15:00:00Z"),
        (None, "no such object"),
    ],
)
def test_what_is_being_deleted_does_not_come_to_hold_anything(item: Any, said: str) -> None:
    seen = view([], [], "ConfigMap")
    api: Any = seen.api
    api.find = lambda _: item
    if said:
        with pytest.raises(NotReady, match=said):
            seen.wait_data("x", "m", "a", "1", 0)
    else:
        seen.wait_data("x", "m", "a", "1", 0)


def test_a_pod_that_is_ending_is_none_that_a_deployment_has() -> None:
    seen = view([], [], "Deployment")
    api: Any = seen.api
    api.find = lambda _: {"metadata": {"namespace": "x", "name": "app", "uid": "app"}}

    def owned(name: str, by: str, **more: str) -> dict[str, Any]:
        return {"metadata": {"name": name, "uid": name, "ownerReferences": [{"uid": by}], **more}}

    pods = [owned("new", "set"), owned("old", "set", **GOING)]
    api.list = lambda path: pods if path.endswith("/pods") else [owned("set", "app")]
    assert seen.pods_of("x", "app") == {"new": "new"}


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
