"""What a release was given and what a map holds: these, and no others."""

from __future__ import annotations

from typing import Any

import pytest
from held import holds
from told_engineer import engineer

from steps import cluster, helm, objects

HEADER = ["what", "is"]
VALUES = {"replicaCount": 2, "ui": {"message": "hello"}, "empty": {}}


@pytest.mark.parametrize(
    ("rows", "right"),
    [
        ([["replicaCount", "2"], ["ui.message", "hello"], ["empty", "{}"]], True),
        ([["replicaCount", "2"], ["ui.message", "hello"], ["empty", "{}"], ["x", "None"]], True),
        ([["replicaCount", "2"], ["ui.message", "hello"]], False),
        ([["replicaCount", "3"], ["ui.message", "hello"], ["empty", "{}"]], False),
        ([["replicaCount", "2"], ["ui.message", "None"], ["empty", "{}"]], False),
    ],
)
def test_values_are_these_and_no_others(rows: list[list[str]], right: bool) -> None:
    somebody = engineer(release_values=VALUES)
    holds(right, lambda: helm.release_values(somebody, "app", "x", [HEADER, *rows]))


def test_a_release_that_helm_does_not_know_has_no_values() -> None:
    with pytest.raises(AssertionError, match="stored no release"):
        helm.release_values(engineer(release_values=None), "app", "x", [HEADER])


@pytest.mark.parametrize(
    ("given", "wanted", "right"),
    [
        (2, "2", True),
        ("2", "2", False),
        ("2", '"2"', True),
        (True, "true", True),
        ("true", "true", False),
        ("true", '"true"', True),
        ("1.2.3", "1.2.3", True),
        ("a: b", "a: b", True),
        ("*.x", "*.x", True),
        ('"2"', '"2"', False),
        ("None", "None", False),
        ([1, "a"], '[1, "a"]', True),
    ],
)
def test_a_number_is_not_the_text_that_looks_like_it(given: Any, wanted: str, right: bool) -> None:
    somebody = engineer(release_values={"a": {"b": given}})
    holds(right, lambda: helm.release_values(somebody, "app", "x", [HEADER, ["a.b", wanted]]))


def release(name: str, *takes: str, namespace: str = "x") -> dict[str, Any]:
    given = [{"kind": "ConfigMap", "name": each} for each in takes]
    meta = {"name": name, "namespace": namespace}
    return {"metadata": meta, "spec": {"valuesFrom": given} if given else {}}


@pytest.mark.parametrize(
    ("final", "releases", "right"),
    [
        ({"a": {"b": 1}}, [release("app", "base")], True),
        ({"a": {"b": 2}}, [release("app", "base")], False),
        ({"a": {"b": "2"}}, [release("app", "base")], True),
        (None, [release("app", "base")], False),
        ({"a": {"b": 1}}, [release("app", "other"), release("bare")], False),
        ({"a": {"b": 1}}, [release("app", "base", namespace="y")], False),
        ({"a": {"b": 1}}, [], False),
    ],
)
def test_what_stands_in_the_release_in_the_end_was_not_overruled(
    final: Any, releases: list[dict[str, Any]], right: bool
) -> None:
    source = {"data": {"values.yaml": "a: {b: 2}"}}
    somebody = engineer(find=source, listed=releases, release_values=final)
    table = [["ConfigMap", "value", "is"], ["base", "a.b", "2"]]
    holds(right, lambda: helm.were_overruled(somebody, "x", table))


@pytest.mark.parametrize(
    ("data", "right"),
    [({"a": "1"}, True), ({"a": "2"}, False), ({"a": "1", "b": "2"}, False), ({}, False)],
)
def test_a_map_holds_this_entry_and_none_beside_it(data: dict[str, str], right: bool) -> None:
    somebody = engineer(find={"data": data})
    holds(right, lambda: cluster.config_map_holds(somebody, "m", "x", "a", "1"))


def test_a_map_holds_these_entries_and_no_others() -> None:
    somebody = engineer(find={"data": {"a": "1", "b": "2"}})
    objects.holds_these(somebody, "m", "x", [HEADER, ["a", "1"], ["b", "2"]])
    with pytest.raises(AssertionError):
        objects.holds_these(somebody, "m", "x", [HEADER, ["a", "1"]])


def test_a_map_of_another_cluster_is_not_that_of_the_first() -> None:
    somebody, other = engineer(find={"data": {"a": "1"}}), engineer(find={"data": {"a": "2"}})
    views = {"": somebody.sandbox.view(), "stg": other.sandbox.view()}
    somebody.sandbox.view = views.__getitem__
    objects.holds_these(somebody, "m", "x", [HEADER, ["a", "1"]])
    objects.holds_these(somebody, "m", "x", [HEADER, ["a", "2"]], "stg")
    with pytest.raises(AssertionError):
        objects.holds_these(somebody, "m", "x", [HEADER, ["a", "1"]], "stg")


@pytest.mark.parametrize(
    ("data", "right"),
    [({"a": "1", "b": "2"}, True), ({"a": "1"}, False), ({"a": "1", "b": "2", "c": ""}, False)],
)
def test_a_secret_has_these_entries_and_no_others(data: dict[str, str], right: bool) -> None:
    table = [["entry"], ["b"], ["a"]]
    somebody = engineer(find={"data": data})
    holds(right, lambda: objects.has_entries(somebody, "Secret", "login", "x", table))
    with pytest.raises(AssertionError, match="there is no Secret x/login"):
        objects.has_entries(engineer(find=None), "Secret", "login", "x", table)


@pytest.mark.parametrize(
    ("values", "right"), [({}, True), ({"further": "x"}, False), ({"values.yaml": "a: 2"}, False)]
)
def test_overruled_values_are_all_that_their_mapholds(values: dict[str, str], right: bool) -> None:
    table = [["ConfigMap", "value", "is"], ["one", "a", "1"]]
    source = {"data": {"values.yaml": "a: 1", **values}}
    taker = [release("app", "one")]
    somebody = engineer(find=source, listed=taker, release_values={"a": 2})
    holds(right, lambda: helm.were_overruled(somebody, "x", table))


@pytest.mark.parametrize("kind", ["data", "binaryData"])
def test_an_entry_of_bytes_is_one_more(kind: str) -> None:
    found = {"data": {"a": "1"}}
    found = {**found, kind: {**found.get(kind, {}), "b": "Mg=="}}
    somebody = engineer(find=found)
    with pytest.raises(AssertionError, match="'b'"):
        objects.holds_these(somebody, "m", "x", [HEADER, ["a", "1"]])
    with pytest.raises(AssertionError, match="'b'"):
        objects.has_entries(somebody, "ConfigMap", "m", "x", [["entry"], ["a"]])
    with pytest.raises(AssertionError, match="'b'"):
        cluster.config_map_holds(somebody, "m", "x", "a", "1")
