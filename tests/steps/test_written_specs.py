"""Sentences about what an object asks for, whom it binds and which pods it has can fail."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from held import holds

from steps import objects

HEADER = ["field", "is"]


def seeing(**answers: Any) -> Any:
    """Somebody who sees a cluster that answers with these values."""
    view = SimpleNamespace(
        wait_settled=lambda *_: None,
        wait_pods_made=lambda *_: None,
        **{name: (lambda *_, _is=value: _is) for name, value in answers.items()},
    )
    desk = SimpleNamespace(git=lambda *_: "")
    layout = SimpleNamespace(branch="main", interval_s=2)
    sandbox = SimpleNamespace(
        view=lambda *_: view, desk=desk, layout=layout, head=lambda: "a", refs=lambda: {}
    )
    chain = SimpleNamespace(note=lambda *_: None)
    baseline = SimpleNamespace(head="a")
    return SimpleNamespace(sandbox=sandbox, baseline=baseline, noted={}, chain=chain)


@pytest.mark.parametrize(
    ("spec", "right"),
    [
        ({"interval": "10m", "prune": True, "ref": {"branch": "main"}}, True),
        ({"interval": "2m", "prune": True, "ref": {"branch": "main"}}, False),
        ({"interval": "10m", "prune": False, "ref": {"branch": "main"}}, False),
        ({"interval": "10m", "prune": "true", "ref": {"branch": "main"}}, False),
        ({"interval": "10m", "prune": True}, False),
        (None, False),
    ],
)
def test_another_field_or_none_is_told(spec: Any, right: bool) -> None:
    somebody = seeing(find={"spec": spec} if spec else None)
    rows = [["interval", "10m"], ["prune", "true"], ["ref.branch", "main"]]
    holds(right, lambda: objects.asks_for(somebody, "Kustomization", "a", "b", [HEADER, *rows]))


@pytest.mark.parametrize(
    ("metadata", "namespace", "right"),
    [
        ({"namespace": "b"}, "b", True),
        ({}, None, True),
        (None, "b", False),
        ({}, "b", False),
        ({"namespace": "b"}, None, False),
        ({"namespace": "b", "deletionTimestamp": "2026-11-30T12:00:00Z"}, "b", False),
    ],
)
def test_an_object_is_there_where_it_is_and_stays(
    metadata: Any, namespace: str | None, right: bool
) -> None:
    somebody = seeing(find=metadata if metadata is None else {"metadata": metadata})
    holds(right, lambda: objects.there_is(somebody, "Service", "a", namespace))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["suspendd", "null"], "suspendd is to be nothing: so is any field that nobody knows"),
        (["suspend", ""], "suspend is to be nothing"),
        (["prune", "1"], "prune is True, expected 1"),
        (["count", "true"], "count is 1, expected true"),
        (["path.deeper", "x"], "path.deeper is None, expected x"),
        (["list.name", "x"], "list.name is None, expected x"),
    ],
)
def test_nothing_and_what_python_takes_for_the_same_is_told(row: list[str], said: str) -> None:
    somebody = seeing(find={"spec": {"prune": True, "count": 1, "path": "./a", "list": [1]}})
    with pytest.raises(AssertionError, match=said):
        objects.asks_for(somebody, "Kustomization", "a", "b", [HEADER, row])


def test_what_is_being_deleted_asks_for_nothing() -> None:
    going = {"metadata": {"deletionTimestamp": "2026-11-30T15:00:00Z"}, "spec": {"a": "b"}}
    with pytest.raises(AssertionError, match="b/a is being deleted since 2026-11-30T15:00:00Z"):
        objects.asks_for(seeing(find=going), "Kustomization", "a", "b", [HEADER, ["a", "b"]])


TENANT = {"kind": "ServiceAccount", "namespace": "tenant", "name": "tenant"}


@pytest.mark.parametrize(
    ("kind", "subjects", "right"),
    [
        ("Role", [TENANT], True),
        ("ClusterRole", [TENANT], False),
        ("Role", [TENANT, {"kind": "Group", "name": "all"}], False),
        ("Role", [{**TENANT, "namespace": "other"}], False),
        ("Role", None, False),
    ],
)
def test_a_binding_gives_its_role_to_these_and_no_others(
    kind: str, subjects: Any, right: bool
) -> None:
    somebody = seeing(find={"roleRef": {"kind": kind, "name": "r"}, "subjects": subjects})
    table = [["subject"], ["ServiceAccount tenant/tenant"]]
    holds(right, lambda: objects.gives_role_to(somebody, "a", "b", "r", table))


@pytest.mark.parametrize(
    ("now", "right"), [({"1": "a"}, True), ({"2": "a"}, False), ({"1": "a", "2": "b"}, False)]
)
def test_pods_that_were_made_anew_are_others(now: dict[str, str], right: bool) -> None:
    somebody = seeing(pods_of={"1": "a"})
    objects.note_pods(somebody, "web", "team")
    after = seeing(pods_of=now)
    after.noted.update(somebody.noted)
    holds(right, lambda: objects.has_noted_pods(after, "web", "team"))
    with pytest.raises(AssertionError, match="has no pods"):
        objects.note_pods(seeing(pods_of={}), "web", "team")


def test_pods_are_looked_at_once_those_of_the_newest_spec_are_made() -> None:
    somebody = seeing(pods_of={"1": "a"})
    objects.note_pods(somebody, "web", "team")
    asked: list[tuple[Any, ...]] = []

    def made(*about: Any) -> None:
        asked.append(about)
        somebody.sandbox.view().pods_of = lambda *_: {"1": "a", "2": "b"}

    somebody.sandbox.view().wait_pods_made = made
    with pytest.raises(AssertionError, match=r"it has \['a', 'b'\], then it had \['a'\]"):
        objects.has_noted_pods(somebody, "web", "team")
    assert asked[0][:2] == ("team", "web")
    with pytest.raises(AssertionError, match="the pods of team/other were not noted"):
        objects.has_noted_pods(somebody, "other", "team")
