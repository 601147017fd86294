"""How many workers a run has where nobody says."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from sandbox.errors import UsageError
from steps import crew
from steps.arguments import arguments_of

GIB = 1024**3


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight cores, 15 GiB, and inotify instances for all of them."""
    monkeypatch.setattr(crew.os, "sched_getaffinity", lambda _: set(range(8)))
    free = SimpleNamespace(available=15 * GIB)
    monkeypatch.setattr(crew.psutil, "virtual_memory", lambda: free)
    monkeypatch.setattr(crew.inotify, "limit", lambda: 1024)


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({}, 7),
        ({"cpu.max": "200000 100000"}, 2),
        ({"cpu.max": "50000 100000"}, 1),
        ({"cpu.max": "max 100000"}, 7),
        ({"cpu/cpu.cfs_quota_us": "300000", "cpu/cpu.cfs_period_us": "100000"}, 3),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, 7),
        ({"memory.max": str(7 * GIB), "memory.current": str(GIB)}, 3),
        ({"memory.max": str(GIB), "memory.current": str(2 * GIB)}, 1),
        ({"memory.max": "max", "memory.current": "1"}, 7),
        ({"memory/memory.limit_in_bytes": str(4 * GIB), "memory/memory.usage_in_bytes": "0"}, 2),
    ],
)
def test_there_are_as_many_as_cores_and_memory_allow(
    tmp_path: Path, files: dict[str, str], count: int
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(f"{text}\n")
    assert crew.fed("", "kind", tmp_path)[0] == count


@pytest.mark.parametrize(
    ("quota", "provider", "count"),
    [("200000", "embedded", 3), ("200000", "kind", 2), ("100000", "embedded", 1)],
)
def test_workers_that_wait_leave_room_for_another(
    tmp_path: Path, quota: str, provider: str, count: int
) -> None:
    (tmp_path / "cpu.max").write_text(f"{quota} 100000\n")
    assert crew.fed("", provider, tmp_path)[0] == count


@pytest.mark.parametrize(
    ("instances", "provider", "count"),
    [(1024, "kind", 7), (272, "kind", 4), (128, "kind", 1), (16, "kind", 1), (128, "embedded", 7)],
)
def test_on_kind_all_nodes_share_the_inotify_instances_of_their_user(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    instances: int,
    provider: str,
    count: int,
) -> None:
    monkeypatch.setattr(crew.inotify, "limit", lambda: instances)
    found, why = crew.fed("", provider, tmp_path)
    assert found == count
    assert ("sysctl -w fs.inotify.max_user_instances" in why) == (count < 7)


@pytest.mark.parametrize(
    ("only", "count"),
    [("shop/a", 1), ("shop/a, shop/b", 2), ("shop", 7), ("shop/a,stock", 7), ("", 7)],
)
def test_nobody_is_there_for_nothing(tmp_path: Path, only: str, count: int) -> None:
    assert crew.fed(only, "embedded", tmp_path)[0] == count


@pytest.mark.parametrize("words", ["auto", "3"])
def test_both_can_be_asked_for(words: str) -> None:
    asked = arguments_of(["--workers", words], None).workers
    assert asked == (None if words == "auto" else 3)


@pytest.mark.parametrize("words", ["0", "17", "many", ""])
def test_anything_else_is_wrong_use(words: str) -> None:
    with pytest.raises(UsageError, match=f"^WORKERS={words} is no number from 1 to 16, nor auto"):
        arguments_of(["--workers", words], None)
