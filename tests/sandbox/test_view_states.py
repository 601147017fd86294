"""What an object has been since a moment, and what is on its way out."""

from __future__ import annotations

from typing import Any

import pytest
from a_view import view

from sandbox.cluster.kubernetes import ApiError
from sandbox.errors import NotReady


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
