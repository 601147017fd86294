"""A cluster that is there already is told before anything is made of it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from steps import clusters


def test_a_cluster_that_is_there_is_no_empty_one(tmp_path: Path) -> None:
    made = ["dev"]
    sandbox = SimpleNamespace(
        provider=SimpleNamespace(clusters=lambda: made),
        add_cluster=made.append,
        view=lambda _: SimpleNamespace(informer=None),
        desk=SimpleNamespace(folder=tmp_path),
    )
    chain = SimpleNamespace(follow=lambda _: None)
    somebody: Any = SimpleNamespace(sandbox=sandbox, chain=chain, values={})
    clusters.an_empty_cluster(somebody, "stg")
    for name in ("dev", "stg"):
        with pytest.raises(AssertionError, match=f'cluster "{name}" is there already'):
            clusters.an_empty_cluster(somebody, name)
    assert made == ["dev", "stg"]
