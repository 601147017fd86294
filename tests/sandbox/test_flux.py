from typing import Any

import pytest

from sandbox import flux

HEAD = "1234567890abcdef"


def item(kind: str = "Kustomization", **changes: Any) -> dict[str, Any]:
    ready = {
        "type": "Ready",
        "status": changes.get("ready", "True"),
        "reason": "ReconciliationSucceeded",
        "message": changes.get("message", "Applied revision"),
    }
    status: dict[str, Any] = {
        "observedGeneration": changes.get("observed", 3),
        "conditions": [ready] if changes.get("reported", True) else [],
        "lastAppliedRevision": changes.get("revision", f"main@sha1:{HEAD}"),
        "artifact": {"revision": changes.get("revision", f"main@sha1:{HEAD}")},
    }
    spec = {"sourceRef": {"kind": "GitRepository"}, "suspend": changes.get("suspend", False)}
    meta = {"name": "apps", "namespace": "flux-system", "generation": 3}
    return {"kind": kind, "metadata": meta, "spec": spec, "status": status}


def test_an_object_that_is_ready_at_the_commit_does_not_lag() -> None:
    assert flux.lagging([item()], HEAD) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ready": "False", "message": "build failed"}, "Ready is False"),
        ({"ready": "Unknown"}, "Ready is Unknown"),
        ({"reported": False}, "no condition yet"),
        ({"observed": 2}, "Ready is True"),
        ({"revision": "main@sha1:older"}, "is at main@sha1:older"),
        ({"revision": ""}, "is at no revision"),
    ],
)
def test_what_is_not_there_yet_is_named(changes: dict[str, Any], words: str) -> None:
    [found] = flux.lagging([item(**changes)], HEAD)
    assert found.startswith("Kustomization flux-system/apps")
    assert words in found


def test_what_is_suspended_is_not_ready_whatever_it_says_of_itself() -> None:
    assert flux.lagging([item(suspend=True)], HEAD) == [
        "Kustomization flux-system/apps is suspended"
    ]


def test_what_is_said_of_an_older_spec_is_not_about_the_object_as_it_is() -> None:
    old = item()
    old["status"]["conditions"][0]["observedGeneration"] = 2
    said = flux.condition(old)
    assert said is not None
    assert not said.is_about(old)
    old["metadata"]["generation"] = 2
    assert said.is_about(old)


def test_a_chart_repository_has_a_revision_of_its_own() -> None:
    assert flux.lagging([item("HelmRepository", revision="sha256:abc")], HEAD) == []


def test_the_revision_of_a_release_is_its_chart_version() -> None:
    release = item("HelmRelease")
    release["status"]["history"] = [{"chartVersion": "6.9.2", "version": 1}]
    assert flux.revision(release) == "6.9.2"


def test_an_inventory_names_its_objects() -> None:
    entries = [
        {"id": "flux-system_apps_kustomize.toolkit.fluxcd.io_Kustomization", "v": "v1"},
        {"id": "_dev-backend__Namespace", "v": "v1"},
    ]
    applied = {"kind": "Kustomization", "status": {"inventory": {"entries": entries}}}
    assert flux.inventory(applied) == ["Kustomization flux-system/apps", "Namespace dev-backend"]


def test_a_kustomization_that_applied_nothing_has_an_empty_inventory() -> None:
    assert flux.inventory({"kind": "Kustomization", "status": {}}) == []
