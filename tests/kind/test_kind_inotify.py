"""Nodes of all sandboxes share the inotify instances of one user."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from test_kind_provider import FakeEngine, host, provider

from sandbox.errors import SandboxError
from sandbox.providers.kind import inotify
from sandbox.providers.kind.engine import CLUSTER_LABEL


@pytest.mark.parametrize(("instances", "count"), [(1024, 31), (144, 4), (128, 3), (10, 1)])
def test_a_limit_lets_so_many_nodes_run(instances: int, count: int) -> None:
    assert inotify.nodes(instances) == count


def test_one_node_too_many_is_refused_with_the_cure(tmp_path: Path) -> None:
    engine = FakeEngine()
    kind = provider(tmp_path, engine)
    kind.__dict__["host"] = replace(host(), inotify_instances=128)
    for name in ("a", "b", "c"):
        engine.add(name, {CLUSTER_LABEL: name})
    engine.add("ended", {CLUSTER_LABEL: "d"}, status="exited")
    with pytest.raises(SandboxError, match=r"128 inotify .* beside the 3 that") as told:
        kind.create("dev")
    assert told.value.exit_code == 3
    assert told.value.cure == f"{inotify.CURE}, or fewer WORKERS"
