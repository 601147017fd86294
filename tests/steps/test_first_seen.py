"""In which order a cluster saw objects for the first time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from held import holds

from sandbox.flux.chain import EvidenceChain
from steps.flux import first_seen_in_order


@pytest.mark.parametrize(
    ("versions", "right"),
    [((7, 8, 9), True), ((8, 7, 9), False), ((7, 9, 9), False), ((7, 8), False)],
)
def test_what_came_first_is_told_by_the_store_not_by_the_watch(
    versions: tuple[int, ...], right: bool
) -> None:
    chain = EvidenceChain(None)
    objects = ["Namespace shop", "HelmRelease shop/web", "Deployment shop/web"]
    keys = [("Namespace", "", "shop")]
    keys += [("HelmRelease", "shop", "web"), ("Deployment", "shop", "web")]
    there = list(zip(keys, versions, strict=False))
    for at, (key, version) in enumerate(reversed(there)):
        for later in (version, version + 100):
            item = {"metadata": {"resourceVersion": str(later)}, "status": {}}
            chain._observe(f"2026-01-01T00:00:0{at}Z", key, item)
    somebody: Any = SimpleNamespace(chain=chain)
    table = [["object"], *([each] for each in objects)]
    holds(right, lambda: first_seen_in_order(somebody, table))
