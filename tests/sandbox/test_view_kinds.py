"""Which kind of which group a sentence means, and whether an object of it is there."""

from __future__ import annotations

from typing import Any

import pytest
from a_view import BUCKETS, SOURCES, kustomization, view

from sandbox.cluster.kubernetes import ApiError
from sandbox.cluster.view import NoSuchKind
from sandbox.errors import NotReady
from sandbox.flux.view import FluxView


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
