"""A roll call: who was asked has to have been reconciled since, and to be Ready."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox import events
from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.errors import SandboxError
from sandbox.flux import roll_call

KINDS = {"Kustomization": True, "Alert": False}
"""Each kind, and whether its status has a place for an answer."""


def crd(kind: str, answers: bool) -> dict[str, Any]:
    status = {"properties": {"lastHandledReconcileAt": {}} if answers else {}}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"properties": {"status": status}}},
    }
    names = {"kind": kind, "plural": f"{kind.lower()}s"}
    return {
        "spec": {"group": "kustomize.toolkit.fluxcd.io", "names": names, "versions": [version]},
        "status": {"conditions": [{"type": "Established", "status": "True"}]},
    }


class Cluster(KubernetesApi):
    """Kustomizations whose controller answers a request as it is told to."""

    def __init__(self, *names: str) -> None:
        self.items = {name: self._item(name) for name in names}
        self.asked: list[str] = []
        self.says: dict[str, list[str]] = {}
        """What is said of the next reconciliations of one, by name; then that it is well."""
        self.deaf: set[str] = set()

    def _item(self, name: str) -> dict[str, Any]:
        meta = {"name": name, "namespace": "flux-system", "generation": 1}
        status: dict[str, Any] = {"observedGeneration": 1}
        status["conditions"] = [{"type": "Ready", "status": "True", "reason": "Succeeded"}]
        return {"metadata": meta, "spec": {}, "status": status}

    def refreshed(self, path: str) -> list[dict[str, Any]]:
        return [crd(kind, answers) for kind, answers in KINDS.items()]

    def list(self, path: str, **params: str) -> list[dict[str, Any]]:
        assert path.endswith("/kustomizations"), "only who can answer is looked at"
        return list(self.items.values())

    def patch_if_there(self, path: str, body: dict[str, Any]) -> None:
        name = path.rpartition("/")[2]
        self.asked.append(name)
        if name in self.deaf:
            return
        said = self.says.get(name) or [""]
        bad = said.pop(0)
        ready = {"type": "Ready", "status": "False" if bad else "True", "message": bad}
        ready["reason"] = "ReconciliationFailed" if bad else "Succeeded"
        stamp = body["metadata"]["annotations"]["reconcile.fluxcd.io/requestedAt"]
        self.items[name]["status"] |= {"conditions": [ready], "lastHandledReconcileAt": stamp}


def call(api: Cluster, alive: Callable[[], None] = lambda: None) -> roll_call.Answers:
    return roll_call.call(api, 60, alive)


def test_each_is_asked_once_and_has_to_answer_although_it_has_been_ready_before() -> None:
    api = Cluster("apps", "infra")
    found = call(api)
    assert sorted(api.asked) == ["apps", "infra"]
    assert (found.count, found.failed) == (2, ())
    assert found.first <= found.last


def test_who_is_ready_of_old_and_does_not_answer_is_waited_for_and_not_asked_again() -> None:
    api = Cluster("apps", "infra")
    api.deaf = {"infra"}
    looks: list[str] = []

    def alive() -> None:
        looks.append("")
        if len(looks) == 3:
            raise SandboxError("enough")

    seen: list[str] = []

    def hear(event: events.Event) -> None:
        if isinstance(event, events.Waiting):
            seen.append(event.last_seen)

    with events.subscribe(hear), pytest.raises(SandboxError, match="enough"):
        call(api, alive)
    assert api.asked == ["apps", "infra"]
    assert seen[1:] == ["Kustomization flux-system/infra: no answer yet"] * 2


def test_one_whose_reconciliation_fails_is_asked_again_and_what_it_said_is_kept() -> None:
    api = Cluster("apps")
    api.says = {"apps": ["dry-run failed", ""]}
    found = call(api)
    assert api.asked == ["apps", "apps"]
    assert len(found.failed) == 1
    assert "dry-run failed" in found.failed[0]


def test_what_is_suspended_is_not_asked() -> None:
    api = Cluster("apps", "infra")
    api.items["infra"]["spec"]["suspend"] = True
    assert call(api).count == 1
    assert api.asked == ["apps"]
