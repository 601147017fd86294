from typing import Any

import pytest

from sandbox import flux

HEAD = "1234567890abcdef"
MONOREPO = flux.Monorepo("platform/flux-config", "main")
MONOREPO_URL = "ssh://git@127.0.0.1:4022/platform/flux-config"


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
    source = {"kind": "GitRepository", "name": "flux-system", **changes.get("source", {})}
    spec = {"sourceRef": source, "suspend": changes.get("suspend", False)}
    spec |= {"url": MONOREPO_URL, "ref": {"branch": "main"}, **changes.get("spec", {})}
    meta = {"name": changes.get("name", "apps"), "namespace": "flux-system", "generation": 3}
    return {"kind": kind, "metadata": meta, "spec": spec, "status": status}


def lagging(*items: dict[str, Any]) -> list[str]:
    """What lags beside a source that has fetched the head of the monorepo."""
    return flux.lagging([item("GitRepository", name="flux-system"), *items], MONOREPO, HEAD)


def test_an_object_that_is_ready_at_the_commit_does_not_lag() -> None:
    assert lagging(item()) == []


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
    [found] = lagging(item(**changes))
    assert found.startswith("Kustomization flux-system/apps")
    assert words in found


def test_what_is_suspended_is_not_ready_whatever_it_says_of_itself() -> None:
    assert lagging(item(suspend=True)) == ["Kustomization flux-system/apps is suspended"]


def test_what_is_said_of_an_older_spec_is_not_about_the_object_as_it_is() -> None:
    old = item()
    old["status"]["conditions"][0]["observedGeneration"] = 2
    said = flux.condition(old)
    assert said is not None
    assert not said.is_about(old)
    old["metadata"]["generation"] = 2
    assert said.is_about(old)


def test_a_chart_repository_has_a_revision_of_its_own() -> None:
    assert lagging(item("HelmRepository", revision="sha256:abc")) == []


def test_the_revision_of_a_release_is_its_chart_version() -> None:
    release = item("HelmRelease")
    release["status"]["history"] = [{"chartVersion": "6.9.2", "version": 1}]
    assert flux.revision(release) == "6.9.2"


def test_an_inventory_names_its_objects() -> None:
    entries = [
        {"id": "flux-system_apps_kustomize.toolkit.fluxcd.io_Kustomization", "v": "v1"},
        {"id": "_dev-backend__Namespace", "v": "v1"},
        {"id": "_team__readers_rbac.authorization.k8s.io_ClusterRole", "v": "v1"},
    ]
    applied = {"kind": "Kustomization", "status": {"inventory": {"entries": entries}}}
    assert flux.inventory(applied) == [
        "ClusterRole team:readers",
        "Kustomization flux-system/apps",
        "Namespace dev-backend",
    ]


def test_a_kustomization_that_applied_nothing_has_an_empty_inventory() -> None:
    assert flux.inventory({"kind": "Kustomization", "status": {}}) == []


@pytest.mark.parametrize(
    "url",
    [
        MONOREPO_URL,
        f"{MONOREPO_URL}.git",
        "https://127.0.0.1:4443/platform/flux-config.git",
        "git@gitlab.example.com:platform/flux-config.git",
    ],
)
def test_a_source_of_the_monorepo_is_asked_for_the_commit(url: str) -> None:
    behind = item("GitRepository", name="second", spec={"url": url}, revision="main@sha1:older")
    assert lagging(behind) == ["GitRepository flux-system/second is at main@sha1:older"]


@pytest.mark.parametrize(
    "spec",
    [
        {"url": "https://127.0.0.1:4443/platform/other.git"},
        {"url": "https://127.0.0.1:4443/other/platform/flux-config-2"},
        {"ref": {"branch": "develop"}},
        {"ref": {"branch": "main", "tag": "v1"}},
        {"ref": None},
    ],
)
def test_another_source_stands_at_its_own_revision_and_so_does_what_follows_it(
    spec: dict[str, Any],
) -> None:
    source = item("GitRepository", name="second", spec=spec, revision="main@sha1:other")
    follows = item(name="its-apps", source={"name": "second"}, revision="main@sha1:other")
    assert lagging(source, follows) == []
    elsewhere = item(source={"namespace": "team"}, revision="main@sha1:other")
    assert lagging(elsewhere) == []


def test_nobody_is_at_the_commit_where_nobody_reads_the_monorepo() -> None:
    bucket = item("Bucket", revision="sha256:abc")
    assert flux.lagging([bucket], MONOREPO, HEAD) == [
        "no GitRepository reads main of platform/flux-config"
    ]


def test_a_kind_whose_condition_alone_tells_the_generation_is_current_by_it() -> None:
    artifact = item("ExternalArtifact", revision="latest@sha256:abc")
    del artifact["status"]["observedGeneration"]
    artifact["status"]["conditions"][0]["observedGeneration"] = 2
    assert not flux.is_current(artifact)
    artifact["status"]["conditions"][0]["observedGeneration"] = 3
    assert flux.is_current(artifact)


def test_a_helm_repository_of_type_oci_is_silent_and_not_unready() -> None:
    silent = item("HelmRepository", spec={"type": "oci"}, reported=False)
    assert flux.is_silent(silent)
    assert lagging(silent) == []
