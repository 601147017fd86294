"""What is seen right after a push is the state of the commit before, until Flux has tried it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.flux import settling
from sandbox.flux.push import follows
from sandbox.flux.status import Monorepo

HEAD, BEFORE = "main@sha1:c0ffee", "main@sha1:ba5e"
KEPT = "kustomize.toolkit.fluxcd.io"
RELEASED = "helm.toolkit.fluxcd.io"


def item(kind: str, name: str, by: str = "", label: str = KEPT, **parts: Any) -> dict[str, Any]:
    labels = {f"{label}/name": by, f"{label}/namespace": "flux-system"} if by else {}
    meta = {"namespace": "flux-system", "name": name, "labels": labels, "generation": 1}
    return {"kind": kind, "metadata": meta, "spec": {}, **parts}


def ready(status: str = "True", reason: str = "", **more: Any) -> dict[str, Any]:
    return {"conditions": [{"type": "Ready", "status": status, "reason": reason, **more}]}


def source(revision: str = HEAD, says: str = "True", **spec: Any) -> dict[str, Any]:
    reads = {"url": "ssh://git@host/team/fleet", "ref": {"branch": "main"}, "interval": "2s"}
    read = {**reads, **spec}
    fetched = {"revision": revision, "lastUpdateTime": "2026-11-30T08:00:00Z"}
    status = {"artifact": fetched, **ready(says)}
    return item("GitRepository", "flux-system", "flux-system", spec=read, status=status)


def kustomization(
    name: str = "apps", tried: str = HEAD, *, suspend: bool = False, **status: Any
) -> dict[str, Any]:
    spec = {"sourceRef": {"kind": "GitRepository", "name": "flux-system"}, "suspend": suspend}
    told = {"lastAttemptedRevision": tried, **ready(), **status}
    return item("Kustomization", name, "flux-system", spec=spec, status=told)


def waiting(on: str, name: str = "apps") -> dict[str, Any]:
    made = kustomization(name, BEFORE, **ready("False", "DependencyNotReady"))
    made["spec"]["dependsOn"] = [{"name": on}]
    return made


def failed(at: str) -> dict[str, Any]:
    """No artifact of the commit has been taken up, as was last written then."""
    made = kustomization(tried=BEFORE, **ready("False", "ArtifactFailed"))
    by = {"manager": "gotk-kustomize-controller", "subresource": "status", "time": at}
    made["metadata"]["managedFields"] = [by]
    return made


def release(generation: int = 1, **condition: Any) -> dict[str, Any]:
    made = item("HelmRelease", "shop", "apps", status=ready(observedGeneration=1, **condition))
    made["metadata"]["generation"] = generation
    return made


def second(chart: str = "", *, on: str = "", reason: str = "DependencyNotReady") -> dict[str, Any]:
    """A release that waits for another, or for its chart."""
    made = item("HelmRelease", "second", "apps", status=ready("False", reason))
    if chart:
        made["status"]["helmChart"] = f"flux-system/{chart}"
    made["spec"] = {"dependsOn": [{"name": on}]} if on else {}
    return made


def chart(status: str, **spec: Any) -> dict[str, Any]:
    return item("HelmChart", "second", spec=spec, status=ready(status))


def pending(what: dict[str, Any], *others: dict[str, Any], done: bool = True) -> str:
    own = [source(), kustomization("flux-system"), kustomization(), release()]
    there = {
        (each["kind"], "flux-system", each["metadata"]["name"]): each for each in [*own, *others]
    }
    monorepo = Monorepo("team/fleet", "main")
    return settling.pending(
        what, "c0ffee", lambda *key: there.get(key), lambda each: follows(each, monorepo, 2), done
    )


NOTE = item("ConfigMap", "note", "apps")
LONG_AGO = "2026-11-30T08:00:00Z"
DEPLOYED = item("Deployment", "shop", "shop", RELEASED)
APPLYING = ready("Unknown", "Progressing")
STALLED: dict[str, Any] = {
    "conditions": [
        {"type": "Ready", "status": "False", "reason": "InvalidCELExpression"},
        {"type": "Stalled", "status": "True", "reason": "InvalidCELExpression"},
    ]
}
CHECKING: dict[str, Any] = {
    "conditions": [
        {"type": "Ready", "status": "Unknown", "reason": "Progressing"},
        {"type": "Reconciling", "status": "True", "message": "Running health checks for revision"},
    ]
}


@pytest.mark.parametrize(
    ("what", "others"),
    [
        (NOTE, []),
        (DEPLOYED, []),
        (kustomization(), []),
        (source(), []),
        (item("ConfigMap", "by-hand"), [source(BEFORE)]),
        (item("ConfigMap", "orphan", "gone"), [source(BEFORE)]),
        # Flux has said why it will not come to it.
        (NOTE, [source(BEFORE, "False")]),
        (NOTE, [source(BEFORE, suspend=True)]),
        # When it fetches is what a scenario may be about.
        (NOTE, [source(BEFORE, interval="1h")]),
        (NOTE, [kustomization(tried=BEFORE, suspend=True)]),
        (NOTE, [waiting("base"), kustomization("base", suspend=True)]),
        (NOTE, [waiting("base"), kustomization("base", **ready("False", "BuildFailed"))]),
        (NOTE, [waiting("base"), waiting("gone", "base")]),
        (NOTE, [waiting("base"), waiting("apps", "base")]),
        (NOTE, [waiting("gone")]),
        (NOTE, [failed("2026-11-30T08:00:02Z")]),
        (NOTE, [kustomization(tried=BEFORE, **STALLED)]),
        (NOTE, [kustomization(**ready("False", "HealthCheckFailed"))]),
        # All is applied, not all is healthy yet.
        (NOTE, [kustomization(**CHECKING)]),
        (DEPLOYED, [release(status="False", reason="UpgradeFailed")]),
        # The one that it waits for does not come, or has failed, or is at work for long.
        (second(on="gone"), []),
        (second(on="shop"), [release(status="False", reason="InstallFailed")]),
        (second(on="shop"), [release(status="Unknown", lastTransitionTime=LONG_AGO)]),
        (second("second", reason="SourceNotReady"), [chart("False")]),
        (second("second", reason="SourceNotReady"), [chart("Unknown", suspend=True)]),
        (second("second", reason="SourceNotReady"), []),
        # Another repository has commits of its own.
        (NOTE, [source(BEFORE, url="https://host/team/other")]),
    ],
)
def test_what_flux_has_come_to_the_end_with_is_settled(
    what: dict[str, Any], others: list[dict[str, Any]]
) -> None:
    assert pending(what, *others) == ""


@pytest.mark.parametrize(
    ("what", "others", "why"),
    [
        (NOTE, [source(BEFORE)], "GitRepository flux-system/flux-system is at main@sha1:ba5e"),
        (source(BEFORE), [source(BEFORE)], "is at main@sha1:ba5e"),
        (NOTE, [kustomization(tried=BEFORE)], "Kustomization flux-system/apps has tried main@"),
        (NOTE, [kustomization(tried=BEFORE, **ready("False", "BuildFailed"))], "has tried main@"),
        # What it waits for is on its way, or there: it is tried in a moment.
        (NOTE, [waiting("base"), kustomization("base", BEFORE)], "apps has tried main@"),
        (
            NOTE,
            [waiting("base"), kustomization("base", lastAppliedRevision=HEAD)],
            "apps has tried",
        ),
        (NOTE, [waiting("base"), waiting("deep", "base"), kustomization("deep", BEFORE)], "apps"),
        # The words are of the commit before.
        (NOTE, [failed("2026-11-30T07:59:59Z")], "apps has tried main@"),
        (release(2), [], "HelmRelease flux-system/shop: Ready is True"),
        (kustomization(tried=BEFORE), [], "has tried main@sha1:ba5e"),
        (NOTE, [source(interval="1h"), kustomization(tried=BEFORE)], "apps has tried"),
        # The one above has not applied what this one is to be now.
        (kustomization(), [kustomization("flux-system", BEFORE)], "flux-system has tried"),
        (NOTE, [kustomization(**APPLYING)], "apps: Ready is Unknown, Progressing"),
        (kustomization(**APPLYING), [], "apps: Ready is Unknown"),
        (DEPLOYED, [kustomization(tried=BEFORE)], "apps has tried"),
        (DEPLOYED, [release(status="Unknown", reason="Progressing")], "shop: Ready is Unknown"),
        (DEPLOYED, [release(2)], "HelmRelease flux-system/shop: Ready is True"),
        # What the release waits for is there, or on its way.
        (second(on="shop"), [], "second: Ready is False, DependencyNotReady"),
        (second(on="shop"), [release(status="Unknown")], "second: Ready is False"),
        (second("second", reason="SourceNotReady"), [chart("True")], "second: Ready is False"),
        (second("second", reason="SourceNotReady"), [chart("Unknown")], "second: Ready is False"),
    ],
)
def test_what_is_of_the_commit_before_is_told(
    what: dict[str, Any], others: list[dict[str, Any]], why: str
) -> None:
    assert why in pending(what, *others)


@pytest.mark.parametrize("what", [kustomization(**APPLYING), release(status="Unknown")])
def test_an_object_may_itself_be_at_work_where_that_is_what_is_asked_for(
    what: dict[str, Any],
) -> None:
    assert pending(what)
    assert pending(what, done=False) == ""


def moments_ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_release_that_is_at_work_for_long_only_waits_for_what_it_has_made() -> None:
    assert settling.is_long_at_work(release(status="Unknown", lastTransitionTime=LONG_AGO))
    for other in (
        release(status="Unknown", lastTransitionTime=moments_ago(2)),
        release(2, status="Unknown", lastTransitionTime=LONG_AGO),
        release(status="False", lastTransitionTime=LONG_AGO),
        kustomization(**ready("Unknown", lastTransitionTime=LONG_AGO)),
    ):
        assert not settling.is_long_at_work(other)


def test_a_kustomization_is_kept_from_a_commit_by_what_it_still_checks_of_the_one_before() -> None:
    fetched = source()
    found = {"flux-system": fetched}
    busy = kustomization(tried=BEFORE, **CHECKING)

    def kept(what: dict[str, Any]) -> bool:
        return settling.is_kept(what, "c0ffee", lambda kind, place, name: found.get(name))

    assert kept(busy)
    assert not kept(kustomization(tried=BEFORE, **APPLYING))
    assert not kept(kustomization(tried=BEFORE))
    # Right after the source has fetched it may come to it in a moment.
    fetched["status"]["artifact"]["lastUpdateTime"] = moments_ago(2)
    assert not kept(busy)
    found["flux-system"] = source(BEFORE)
    assert not kept(busy)
