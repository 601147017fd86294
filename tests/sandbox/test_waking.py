"""Who is asked, resumed or got out of a wait when Flux goes back to a commit."""

from __future__ import annotations

from typing import Any

import pytest
from still_clock import Clock

from sandbox import events, flux
from sandbox.flux.waking import IDLE_S, STUCK_S, Waking, need

HEAD, OTHER = "main@sha1:b" + "0" * 39, "main@sha1:a" + "0" * 39
COMMIT = HEAD.rpartition(":")[2]
MONOREPO = flux.Monorepo("platform/flux-config", "main")


def condition(kind: str, status: str, reason: str = "", message: str = "") -> dict[str, Any]:
    return {"type": kind, "status": status, "reason": reason, "message": message}


READY = condition("Ready", "True", "ReconciliationSucceeded")
FAILED = condition("Ready", "False", "ReconciliationFailed", "build failed")
UNKNOWN = condition("Ready", "Unknown", "Progressing")


def at_work(message: str, reason: str = "Progressing") -> dict[str, Any]:
    return condition("Reconciling", "True", reason, message)


def item(kind: str, name: str, *conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    meta = {"name": name, "namespace": "flux-system", "generation": 1, **more.get("meta", {})}
    status = {"conditions": list(conditions), "observedGeneration": 1, **more.get("status", {})}
    return {"kind": kind, "metadata": meta, "spec": more.get("spec", {}), "status": status}


def source(revision: str = HEAD, *conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    spec = {"url": "ssh://git@127.0.0.1/platform/flux-config", "ref": {"branch": "main"}}
    return item(
        "GitRepository",
        "flux-system",
        *(conditions or (READY,)),
        **{
            "spec": spec,
            **more,
            "status": {"artifact": {"revision": revision}, **more.get("status", {})},
        },
    )


def kustomization(applied: str, *conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    more["status"] = {"lastAppliedRevision": applied, **more.get("status", {})}
    more["spec"] = {
        "sourceRef": {"kind": "GitRepository", "name": "flux-system"},
        **more.get("spec", {}),
    }
    return item("Kustomization", "apps", *(conditions or (READY,)), **more)


def release(*conditions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return item("HelmRelease", "app", *conditions, **more)


ASKED = {"annotations": {"reconcile.fluxcd.io/requestedAt": "now"}}
GOING = {"deletionTimestamp": "2026-01-01T00:00:00Z"}
WAITS = "Running health checks for revision {} with a timeout of 9m30s"


HANDLED = {"lastHandledReconcileAt": "now"}
AT_OTHER = {"lastAttemptedRevision": HEAD}
WAITS_FOR_OTHERS = condition("Ready", "False", "DependencyNotReady", "not up to date")
GIVEN_UP = condition("Stalled", "True", "RetriesExceeded")
OLD_HEALTH, HEALTH = (at_work(WAITS.format(revision)) for revision in (OTHER, HEAD))
BUILDS, RETRIES = at_work(f"Building manifests for {HEAD}"), at_work("x", "ProgressingWithRetry")
INSTALLS = at_work("Running 'install' action with timeout of 5m0s")
NEWER = {"generation": 2}
CASES = {
    "is at the commit": (kustomization(HEAD), ""),
    # Seen in 1 of 6: applied at the new commit, attempted at the baseline, Ready, and nobody comes
    # before the next interval.
    "says Ready at another commit": (kustomization(OTHER, status=AT_OTHER), "ask"),
    "has been asked": (kustomization(OTHER, meta=ASKED), ""),
    "has answered and is behind": (kustomization(OTHER, meta=ASKED, status=HANDLED), "ask"),
    "failed at another commit": (kustomization(OTHER, FAILED), "ask"),
    "failed at the commit": (kustomization(HEAD, FAILED), "ask"),
    "waits for what it depends on": (kustomization(OTHER, WAITS_FOR_OTHERS), ""),
    "is being applied": (kustomization(OTHER, UNKNOWN, BUILDS), ""),
    "tries again after a failure": (kustomization(OTHER, FAILED, RETRIES), "ask"),
    "waits for the health of an older commit": (kustomization(OTHER, UNKNOWN, OLD_HEALTH), "wait"),
    "waits for the health of the commit": (kustomization(OTHER, UNKNOWN, HEALTH), ""),
    "is suspended": (kustomization(HEAD, spec={"suspend": True}), "resume"),
    "goes": (kustomization(OTHER, meta=GOING), ""),
    "goes, and waits": (kustomization(OTHER, UNKNOWN, OLD_HEALTH, meta=GOING), "wait"),
    "is a release that is Ready": (release(READY), ""),
    "is a release that has given up": (release(FAILED, GIVEN_UP), "ask"),
    "is being installed and stays": (release(UNKNOWN, INSTALLS), ""),
    "is being installed and goes": (release(UNKNOWN, INSTALLS, meta=GOING), "wait"),
    "is being installed as it was before": (
        release(UNKNOWN, {**INSTALLS, "observedGeneration": 1}, meta=NEWER),
        "wait",
    ),
    "has another generation": (release(READY, meta=NEWER), "ask"),
}


@pytest.mark.parametrize(("of", "needs"), CASES.values(), ids=CASES.keys())
def test_what_an_object_needs(of: dict[str, Any], needs: str) -> None:
    assert need(of, [source(), of], MONOREPO, COMMIT) == needs


def test_a_source_that_has_not_fetched_is_asked_and_not_what_follows_it() -> None:
    old, follower = source(OTHER), kustomization(OTHER)
    assert need(old, [old, follower], MONOREPO, COMMIT) == "ask"
    assert need(follower, [old, follower], MONOREPO, COMMIT) == ""


class Api:
    """Notes what is patched and deleted."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    def patch_if_there(self, path: str, body: dict[str, Any]) -> None:
        self.done.append((path, body))

    def list(self, path: str, **params: str) -> list[dict[str, Any]]:
        return [{"metadata": {"name": params["labelSelector"].removeprefix("app=") + "-0"}}]

    def delete(self, path: str) -> None:
        self.done.append(path)


def waking() -> tuple[Waking, Any, Clock]:
    api: Any = Api()
    clock = Clock()

    def uninstall(namespace: str, release: str) -> None:
        api.done.append(f"uninstall {namespace}/{release}")

    return Waking(api, flux.label, MONOREPO, COMMIT, uninstall, clock), api, clock


def test_who_is_behind_and_idle_is_asked_after_a_while_and_again() -> None:
    look, api, clock = waking()
    behind = [source(), kustomization(OTHER)]
    look.look(behind)
    clock.now += IDLE_S / 2
    look.look([source(), kustomization(OTHER, UNKNOWN, BUILDS)])
    clock.now += IDLE_S / 2
    look.look(behind)
    assert api.done == []
    clock.now += IDLE_S
    look.look(behind)
    [(path, body)] = api.done
    assert path == "Kustomization flux-system/apps"
    assert list(body["metadata"]["annotations"]) == ["reconcile.fluxcd.io/requestedAt"]
    look.look(behind)
    assert len(api.done) == 1
    clock.now += IDLE_S
    look.look(behind)
    assert len(api.done) == 2


def test_a_release_that_has_given_up_begins_anew() -> None:
    look, api, clock = waking()
    look.look([source(), release(FAILED)])
    clock.now += IDLE_S
    look.look([source(), release(FAILED)])
    [(_, body)] = api.done
    asked = body["metadata"]["annotations"]
    assert asked["reconcile.fluxcd.io/resetAt"] == asked["reconcile.fluxcd.io/requestedAt"]


def test_a_source_is_asked_at_once() -> None:
    look, api, _ = waking()
    look.look([source(OTHER), kustomization(OTHER)])
    assert [path for path, _ in api.done] == ["GitRepository flux-system/flux-system"]


def test_what_is_suspended_is_resumed_whenever_it_is_seen() -> None:
    look, api, _ = waking()
    look.look([source(), kustomization(HEAD, spec={"suspend": True})])
    assert api.done == [("Kustomization flux-system/apps", {"spec": {"suspend": None}})]


def test_a_controller_that_waits_too_long_is_started_again_once() -> None:
    look, api, clock = waking()
    waits = [source(), kustomization(OTHER, UNKNOWN, at_work(WAITS.format(OTHER)))]
    told: list[events.Event] = []
    with events.subscribe(told.append):
        look.look(waits)
        assert api.done == []
        clock.now += STUCK_S
        look.look(waits)
        assert api.done == ["/api/v1/namespaces/flux-system/pods/kustomize-controller-0"]
        look.look(waits)
    assert len(api.done) == 1
    [said] = told
    assert isinstance(said, events.Told)
    assert "kustomize-controller" in said.text


@pytest.mark.parametrize(
    ("spec", "name"),
    [({}, "app"), ({"releaseName": "mine"}, "mine"), ({"targetNamespace": "dev"}, "dev-app")],
)
def test_a_release_that_was_cut_off_is_uninstalled_when_its_object_has_gone(
    spec: dict[str, str], name: str
) -> None:
    look, api, clock = waking()
    status = {"storageNamespace": "store"}
    going = release(UNKNOWN, INSTALLS, meta=GOING, spec=spec, status=status)
    look.look([source(), going])
    clock.now += STUCK_S
    look.look([source(), going])
    look.look([source(), going])
    assert api.done == ["/api/v1/namespaces/flux-system/pods/helm-controller-0"]
    look.look([source()])
    look.look([source()])
    assert api.done[1:] == [f"uninstall store/{name}"]


def test_a_wait_that_ended_meanwhile_counts_from_its_beginning_again() -> None:
    look, api, clock = waking()
    waits = [source(), kustomization(OTHER, UNKNOWN, at_work(WAITS.format(OTHER)))]
    look.look(waits)
    look.look([source(), kustomization(HEAD)])
    clock.now += STUCK_S
    look.look(waits)
    assert api.done == []
