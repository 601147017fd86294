"""The first bad version: found with few runs, and never one that was not tried."""

from __future__ import annotations

from math import ceil, log2

import pytest

from steps.bisection import bisect

VERSIONS = [f"1.{n}" for n in range(1, 33)]


@pytest.mark.parametrize("place", range(len(VERSIONS)))
@pytest.mark.parametrize("count", [1, 2, 3, 7, 32])
def test_the_first_bad_version_is_found_with_the_fewest_runs(place: int, count: int) -> None:
    newer = VERSIONS[:count]
    first = min(place, count - 1)
    tried: list[str] = []

    def holds(version: str) -> bool:
        tried.append(version)
        return newer.index(version) < first

    found = bisect("1.0", newer, holds)
    assert found.suspects == (newer[first],)
    assert found.good == ["1.0", *newer][first]
    assert len(tried) <= ceil(log2(count)) if count > 1 else not tried
    assert len(set(tried)) == len(tried)
    assert str(found) == f"first bad version: {newer[first]} ({found.good} holds)"


def test_versions_that_cannot_be_run_stay_suspects_only_where_they_have_to() -> None:
    def holds(version: str) -> bool | None:
        return None if version in ("1.4", "1.8") else float(version) < 1.5

    found = bisect("1.0", VERSIONS[:9], holds)
    assert found.suspects == ("1.4", "1.5")
    said = "first bad version: 1.5 or one that cannot be run: 1.4 (1.3 holds)"
    assert str(found) == said


def test_where_nothing_between_can_be_run_every_version_is_a_suspect() -> None:
    found = bisect("1.0", VERSIONS[:4], lambda _: None)
    assert found.suspects == ("1.1", "1.2", "1.3", "1.4")
    assert found.good == "1.0"
