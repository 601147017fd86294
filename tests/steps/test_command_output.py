"""Sentences about commands: each is told an output with which it has to fail, in its own words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from held import holds

from steps import commands, faults
from steps.table import printed_rows


def printing(text: str, *served: str) -> Any:
    """Somebody whose blocks print this text, in whose cluster these kinds are served."""
    done = SimpleNamespace(stdout=text, output=text, line="type it")
    view = SimpleNamespace(serves=lambda kind: kind in served)
    sandbox = SimpleNamespace(view=lambda: view)
    return SimpleNamespace(do=lambda block, **_: done, noted={}, sandbox=sandbox)


RELEASES = """\
NAMESPACE  NAME  REVISION  SUSPENDED  READY  MESSAGE
team-a     web   6.9.2     False      True   Helm install succeeded

NAME         READY
pod/team-b   1/1
"""


def test_the_name_of_a_row_stands_in_its_column() -> None:
    assert [name for name, _ in printed_rows(RELEASES)] == ["web", "pod/team-b"]
    commands.shows_ready_with_version(printing(RELEASES), "list", "web", "6.9.2")
    for name in ("team-a", "6.9.2", "we"):
        with pytest.raises(AssertionError, match=r"lists .* 0 times"):
            commands.shows_ready_with_version(printing(RELEASES), "list", name, "6.9.2")


@pytest.mark.parametrize(
    ("table", "name", "right"),
    [
        ("NAME  AGE\nsettings  1m\n", "settings", True),
        ("NAMESPACE  NAME  AGE\nteam-a  settings  1m\n", "settings", True),
        ("NAMESPACE  NAME  AGE\nteam-a  settings  1m\n", "team-a", False),
        ("NAME  AGE\nsettings  1m\nlate  1m\n", "settings", False),
        ("NAMESPACE  AGE\nteam-a  1m\n", "team-a", False),
        ("settings  1m\n", "settings", False),
        ("", "settings", False),
    ],
)
def test_one_name_is_listed_and_nothing_else(table: str, name: str, right: bool) -> None:
    holds(right, lambda: commands.lists_only(printing(table), "list", name))


MANIFESTS = "kind: Namespace\nmetadata: {name: team-a}\n---\n"


@pytest.mark.parametrize("kind", ["namespace", "Configmap", "Namespaces"])
def test_of_a_kind_that_nobody_spells_so_nothing_is_said(kind: str) -> None:
    with pytest.raises(AssertionError, match="serves no kind"):
        commands.prints_no_object(printing(MANIFESTS, "ConfigMap"), "build", kind, "team-b")


def test_an_object_is_not_among_the_manifests() -> None:
    somebody = printing(MANIFESTS, "ConfigMap")
    commands.prints_no_object(somebody, "build", "Namespace", "team-b")
    commands.prints_no_object(somebody, "build", "ConfigMap", "team-a")
    with pytest.raises(AssertionError, match="prints Namespace team-a"):
        commands.prints_no_object(somebody, "build", "Namespace", "team-a")


def test_a_list_prints_what_is_in_it() -> None:
    some = "kind: List\nitems:\n- kind: Namespace\n  metadata: {name: team-a}\n"
    commands.prints_object(printing(some), "get", "Namespace", "team-a")
    with pytest.raises(AssertionError, match="prints Namespace team-a"):
        commands.prints_no_object(printing(some), "get", "Namespace", "team-a")


@pytest.mark.parametrize(
    "text", ["No resources found", "- a\n", "a: b\n", "a: [", "kind: A\n", "kind: AList\n", "3"]
)
def test_what_is_no_manifest_is_told(text: str) -> None:
    with pytest.raises(AssertionError, match="no manifest"):
        commands.prints_object(printing(text), "build", "Namespace", "team-a")


def test_what_was_never_noted_is_told() -> None:
    with pytest.raises(AssertionError, match='nothing was noted of what block "say-hello"'):
        commands.prints_what_was_noted(printing("hello"), "say-hello")


@pytest.mark.parametrize("line", ["hello world", "2026-11-28T05:00:28 hello world"])
def test_a_log_without_times_is_told(line: str) -> None:
    with pytest.raises(AssertionError, match=r"this line.*hello world"):
        faults.logged_at(line)
