"""What the keys of a cluster's store say: which kinds have something new, and whether any has."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import pytest

from sandbox import baseline as baseline_module
from sandbox.baseline import Baseline
from sandbox.cluster import census, store_keys
from sandbox.cluster.served import ServedKind
from sandbox.errors import SandboxError
from sandbox.providers.embedded import store


def kind(path: str, name: str) -> ServedKind:
    group = path.split("/")[2] if path.startswith("/apis/") else ""
    return ServedKind(name, group, "v1", path, made=True, namespaced=True)


SECRET = kind("/api/v1/secrets", "Secret")
JOB = kind("/apis/batch/v1/jobs", "Job")
OTHER_JOB = kind("/apis/team.example/v1/jobs", "Job")
SERVICE = kind("/api/v1/services", "Service")
INGRESS = kind("/apis/networking.k8s.io/v1/ingresses", "Ingress")
SPECIAL = kind("/apis/apiregistration.k8s.io/v1/apiservices", "APIService")
NODE = kind("/api/v1/nodes", "Node")
KINDS = [SECRET, JOB, OTHER_JOB, SERVICE, INGRESS, SPECIAL, NODE]


@pytest.mark.parametrize(
    ("keys", "kinds"),
    [
        ([], []),
        (["/registry/secrets/apps/token"], [SECRET]),
        (["/registry/services/specs/apps/web"], [SERVICE]),
        (["/registry/minions/one"], [NODE]),
        (["/registry/apiregistration.k8s.io/apiservices/v1.team.example"], [SPECIAL]),
        (["/registry/team.example/jobs/apps/build"], [OTHER_JOB]),
        # Which group it is of is not told: both are asked.
        (["/registry/jobs/apps/build"], [JOB, OTHER_JOB]),
        (["/registry/secrets/apps/a", "/registry/jobs/apps/b"], [SECRET, JOB, OTHER_JOB]),
        # Not understood: it may be anything.
        (["/registry/ingress/apps/web"], KINDS),
        (["/registry/secrets/apps/a", "/registry/elsewhere.example/jobs/x"], KINDS),
        (["/registry/odd"], KINDS),
        (["/registry/odd.one"], KINDS),
    ],
)
def test_the_kinds_that_have_something_new(keys: list[str], kinds: list[ServedKind]) -> None:
    assert store_keys.kinds_of(keys, KINDS) == kinds


def test_only_what_changes_at_all_times_does_not_count() -> None:
    kept = ["/registry/secrets/a/events", "/registry/leases.example/leases/a", "/registry/pods/a/b"]
    own = ["/registry/events/a/b", "/registry/leases/kube-node-lease/n", "/registry/masterleases/1"]
    own += ["/registry/ranges/serviceips"]
    revisions = {key: number for number, key in enumerate([*kept, *own], 1)}
    assert store_keys.counted(revisions) == {key: revisions[key] for key in kept}


def test_what_was_written_since_is_new_or_of_another_revision() -> None:
    now = {"/registry/a/x": 1, "/registry/a/y": 5, "/registry/a/z": 6}
    before = {"/registry/a/x": 1, "/registry/a/y": 2, "/registry/a/gone": 3}
    assert store_keys.written(before, now) == ["/registry/a/y", "/registry/a/z"]


def told(monkeypatch: pytest.MonkeyPatch, answer: httpx.Response) -> list[dict[str, Any]]:
    asked: list[dict[str, Any]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        asked.append({"url": str(request.url), **json.loads(request.content)})
        return answer

    client = httpx.Client

    def made(**_: Any) -> httpx.Client:
        return client(transport=httpx.MockTransport(handle))

    monkeypatch.setattr(store.httpx, "Client", made)
    return asked


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_etcd_is_asked_for_keys_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [("/registry/pods/a/b", "7"), ("/registry/c", "12")]
    answer = {"kvs": [{"key": encoded(key), "mod_revision": number} for key, number in keys]}
    asked = told(monkeypatch, httpx.Response(200, json=answer))
    assert store.keys("http://etcd:1") == {"/registry/pods/a/b": 7, "/registry/c": 12}
    [each] = asked
    assert each["url"] == "http://etcd:1/v3/kv/range"
    assert (each["key"], each["range_end"]) == (encoded("/registry/"), encoded("/registry0"))
    assert each["keys_only"] is True


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="no JSON"),
        httpx.Response(200, json={"header": {}}),
        httpx.Response(200, json={"kvs": [{"key": "%", "mod_revision": "1"}]}),
        httpx.Response(200, json={"kvs": [{"key": "L2E="}]}),
    ],
)
def test_an_etcd_that_tells_nothing_is_no_empty_store(
    monkeypatch: pytest.MonkeyPatch, answer: httpx.Response
) -> None:
    told(monkeypatch, answer)
    with pytest.raises(SandboxError, match="does not tell its keys"):
        store.keys("http://etcd:1")


OBJECTS = frozenset({"Secret apps/token"})
TOKEN = "/registry/secrets/apps/token"
KEYS = {TOKEN: 7}


@pytest.mark.parametrize(
    ("before", "now", "asks"),
    [
        (KEYS, KEYS, False),
        (KEYS, {TOKEN: 8}, False),
        (KEYS, KEYS | {"/registry/events/apps/x": 9}, False),
        (KEYS, KEYS | {"/registry/secrets/apps/more": 9}, True),
        (KEYS, {}, True),
        (None, KEYS, True),
        (KEYS, None, True),
        (None, None, True),
    ],
)
def test_the_api_server_is_asked_unless_no_key_has_come_or_gone(
    monkeypatch: pytest.MonkeyPatch,
    before: dict[str, int] | None,
    now: dict[str, int] | None,
    asks: bool,
) -> None:
    taken = OBJECTS | {"Secret apps/more"}
    monkeypatch.setattr(census, "take", lambda _: taken)
    empty: dict[str, Any] = {}
    made = Baseline("", {}, None, OBJECTS, ("dev",), empty, empty, before, desk=Mock())
    sandbox = Mock()
    sandbox.provider.keys.return_value = now
    assert made._left(sandbox) == ({"Secret apps/more"} if asks else frozenset())


@pytest.mark.parametrize("moved", [False, True])
def test_keys_that_moved_while_objects_were_counted_are_not_kept(
    monkeypatch: pytest.MonkeyPatch, moved: bool
) -> None:
    monkeypatch.setattr(baseline_module.census, "take", lambda _: OBJECTS)
    monkeypatch.setattr(baseline_module.census, "by_hand", lambda _: {})
    monkeypatch.setattr(baseline_module, "FolderCopy", Mock())
    sandbox = Mock(folder=Path())
    sandbox.layout.start = "bootstrapped"
    sandbox.provider.clusters.return_value = {"dev": None}
    sandbox.view.return_value.api.get.return_value = {"spec": {}, "data": {}}
    sandbox.provider.keys.side_effect = [
        KEYS,
        KEYS | {"/registry/pods/a/b": 9} if moved else {TOKEN: 8},
    ]
    assert Baseline.of(sandbox).keys == (None if moved else KEYS)


@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [
        (KEYS, KEYS, set()),
        (KEYS, {TOKEN: 8}, {TOKEN}),
        (None, KEYS, None),
        (KEYS, None, None),
    ],
)
def test_hands_are_looked_for_where_something_was_written(
    monkeypatch: pytest.MonkeyPatch,
    before: dict[str, int] | None,
    now: dict[str, int] | None,
    asked: set[str] | None,
) -> None:
    """What people's programs owned before is no trace of a scenario."""
    looked: list[Any] = []

    def by_hand(_: Any, written: list[str] | None) -> dict[str, str]:
        looked.append(None if written is None else set(written))
        return {
            "Secret apps/token: data.word by kubectl-patch": "",
            # Of another content it was put back, field by field.
            "Secret flux-system/flux-system: data by flux": "",
            "old": "",
        }

    monkeypatch.setattr(census, "by_hand", by_hand)
    empty: dict[str, Any] = {}
    objects = OBJECTS | {"Secret flux-system/flux-system"}
    made = Baseline("", {}, None, objects, ("dev",), empty, empty, before, {"old": ""}, desk=Mock())
    sandbox = Mock()
    sandbox.provider.keys.return_value = now
    assert made._by_hand(sandbox) == {"Secret apps/token: data.word by kubectl-patch"}
    assert looked == [asked]
