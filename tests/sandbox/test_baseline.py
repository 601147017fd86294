"""What a scenario has left where no cluster and no Git shows it goes with the scenario."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from sandbox.baseline import Baseline
from sandbox.errors import SandboxError

REFS = {"refs/heads/main": "a" * 40}


def baseline() -> Baseline:
    empty: dict[str, Any] = {}
    return Baseline(
        head="a" * 40,
        refs=REFS,
        access=1,
        objects=frozenset(),
        clusters=(),
        login=empty,
        source=empty,
    )


def sandbox(refs: dict[str, str]) -> Mock:
    """One without a cluster, with two stores; it notes what is asked of it, in order."""
    made = Mock()
    made.layout.start, made.layout.branch = "empty", "main"
    made.desk.env = {"GITLAB_TOKEN": "word"}
    made.provider.clusters.return_value = {}
    made.refs.return_value = refs
    made.stores = [made.registry, made.buckets]
    return made


def asked(made: Mock) -> list[str]:
    return [name for name, _, _ in made.method_calls]


def test_messages_and_what_lies_in_stores_go_once_all_else_is_as_before() -> None:
    made = sandbox(REFS)
    baseline().restore(made)
    made.registry.empty.assert_called_once_with(made.supervisor)
    made.buckets.empty.assert_called_once_with(made.supervisor)
    order = [name for name in asked(made) if name == "refs" or name.endswith("empty")]
    assert order[-3:] == ["inbox.empty", "registry.empty", "buckets.empty"]
    assert order.index("inbox.empty") > max(n for n, name in enumerate(order) if name == "refs")
    assert asked(made)[-2:] == ["check", "provider.audit"]


def test_what_is_not_as_before_is_told() -> None:
    with pytest.raises(SandboxError, match=r"Git refs are .*other"):
        baseline().restore(sandbox({**REFS, "refs/heads/other": "b" * 40}))
