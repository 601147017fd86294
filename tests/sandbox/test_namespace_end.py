"""A namespace that is going is ended once it is empty, and not while it holds somebody's object."""

from __future__ import annotations

from typing import Any, cast

import pytest

from sandbox.cluster import namespace_end
from sandbox.cluster.kubernetes import ApiError, KubernetesApi
from sandbox.cluster.namespace_end import AGAIN_S, NamespaceEnds

NAMESPACE = "/api/v1/namespaces/web"
KINDS = {
    "/api/v1/configmaps": ("ConfigMap", "Namespaced"),
    "/api/v1/serviceaccounts": ("ServiceAccount", "Namespaced"),
    "/api/v1/events": ("Event", "Namespaced"),
    "/apis/example.org/v1/lamps": ("Lamp", "Namespaced"),
    "/api/v1/nodes": ("Node", "Cluster"),
}
FRESH = {
    "configmaps": ["kube-root-ca.crt"],
    "serviceaccounts": ["default"],
    "events": ["started.1", "started.2"],
    "lamps": [],
}
"""What lies in a namespace that nobody has used, by the plural of its kind."""


def _in(path: str) -> str:
    """The plural of a kind whose objects of this namespace are asked for."""
    before, namespace, plural = path.rsplit("/", 2)
    assert (namespace, before.rpartition("/")[2]) == ("web", "namespaces")
    return plural


class Server:
    """An API server with one namespace that is going; it notes what is changed, in order."""

    def __init__(self, **more: list[str]) -> None:
        self.lists = {**FRESH, **more}
        self.stays: set[str] = set()
        self.finalize_status = 200
        self.namespace: dict[str, Any] | None = {
            "metadata": {"name": "web", "resourceVersion": "7"},
            "spec": {"finalizers": ["kubernetes", "other.org/hold"]},
        }
        self.done: list[str] = []

    def discover(self, root: str) -> Any:
        groups = []
        for path, (kind, scope) in KINDS.items():
            *_, group, version, plural = path.split("/")
            if not path.startswith(f"{root}/"):
                continue
            resource = {
                "resource": plural,
                "responseKind": {"kind": kind},
                "scope": scope,
                "verbs": ["create", "delete", "list"],
            }
            name = "" if group == "api" else group
            versions = [{"version": version, "resources": [resource]}]
            groups.append({"metadata": {"name": name}, "versions": versions})
        return {"items": groups}

    def metadata(self, path: str) -> Any:
        return [{"metadata": {"name": name, "namespace": "web"}} for name in self.lists[_in(path)]]

    def delete(self, path: str) -> None:
        plural = _in(path)
        self.done.append(f"DELETE {plural}")
        if plural not in self.stays:
            self.lists[plural] = []

    def find(self, path: str) -> Any:
        assert path == NAMESPACE
        return self.namespace

    def replace(self, path: str, body: Any) -> Any:
        assert path == f"{NAMESPACE}/finalize"
        self.done.append(f"PUT finalizers {body['spec']['finalizers']}")
        if self.finalize_status != 200:
            raise ApiError("PUT", path, self.finalize_status, "not this one")
        self.namespace = None
        return body

    def end(self) -> bool:
        return namespace_end.end(cast(KubernetesApi, self), "web")


def test_what_kubernetes_has_put_into_it_goes_and_then_the_namespace() -> None:
    server = Server()
    assert server.end()
    assert sorted(server.done) == [
        "DELETE configmaps",
        "DELETE events",
        "DELETE serviceaccounts",
        "PUT finalizers ['other.org/hold']",
    ]
    assert server.done[-1].startswith("PUT")


@pytest.mark.parametrize("more", [{"configmaps": ["kube-root-ca.crt", "mine"]}, {"lamps": ["one"]}])
def test_nothing_is_touched_while_it_holds_what_somebody_made(more: dict[str, list[str]]) -> None:
    server = Server(**more)
    assert not server.end()
    assert not server.done


def test_it_stays_where_something_in_it_has_a_finalizer() -> None:
    server = Server()
    server.stays = {"serviceaccounts"}
    assert not server.end()
    assert not any(each.startswith("PUT") for each in server.done)


def test_it_may_have_gone_before() -> None:
    server = Server()
    server.namespace = None
    assert server.end()
    assert not any(each.startswith("PUT") for each in server.done)


@pytest.mark.parametrize(("status", "ended"), [(409, False), (404, True)])
def test_kubernetes_controller_may_come_at_the_same_moment(status: int, ended: bool) -> None:
    server = Server()
    server.finalize_status = status
    assert server.end() is ended


def test_another_refusal_is_told() -> None:
    server = Server()
    server.finalize_status = 403
    with pytest.raises(ApiError, match="not this one"):
        server.end()


def namespace(name: str, *, going: bool) -> dict[str, Any]:
    meta = {"name": name} | ({"deletionTimestamp": "2026-01-01T00:00:00Z"} if going else {})
    return {"kind": "Namespace", "metadata": meta}


RELEASE = {"kind": "HelmRelease", "metadata": {"name": "web", "namespace": "web"}}


def test_only_one_that_is_going_and_known_to_hold_nothing_is_looked_at() -> None:
    server = Server()
    ends = NamespaceEnds(cast(KubernetesApi, server), lambda: 0.0)
    ends.look([namespace("web", going=False)])
    ends.look([namespace("web", going=True), RELEASE])
    assert not server.done
    ends.look([namespace("web", going=True)])
    assert server.namespace is None


def test_one_that_still_held_something_is_looked_at_again_a_little_later() -> None:
    server = Server(lamps=["one"])
    now = 0.0
    ends = NamespaceEnds(cast(KubernetesApi, server), lambda: now)
    ends.look([namespace("web", going=True)])
    server.lists["lamps"] = []
    ends.look([namespace("web", going=True)])
    assert not server.done
    now = AGAIN_S
    ends.look([namespace("web", going=True)])
    assert server.namespace is None
