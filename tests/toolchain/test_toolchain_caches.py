"""What the builds of one night share: there for the next build, gone when the night ends."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from toolchain_fakes import FakeGo, Told, build_apps

from sandbox.errors import SandboxError
from sandbox.toolchain import builder
from sandbox.toolchain.caches import Caches
from sandbox.toolchain.modules import APPS, STORES
from sandbox.toolchain.store import SHARED, Store

pytestmark = pytest.mark.integration

Usage = namedtuple("Usage", "total used free")
GIB = 1024**3
NIGHT = """
import sys
from pathlib import Path
from sandbox.toolchain.caches import Caches
from sandbox.toolchain.store import Store
with Caches(Store(Path(sys.argv[1]))).shared():
    print("begun", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def store(cache: Path, go: FakeGo) -> Store:
    return Store(cache)


def scratch(store: Store) -> list[str]:
    return sorted(path.name for path in store.work.iterdir())


def a_night(store: Store) -> subprocess.Popen[str]:
    """Another process that shares the caches until its input ends."""
    night = subprocess.Popen(
        [sys.executable, "-c", NIGHT, str(store.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert night.stdout
    assert night.stdout.readline() == "begun\n"
    return night


def test_a_build_of_a_night_leaves_what_the_next_one_can_use(store: Store, told: Told) -> None:
    (store.root / "stores-old").mkdir(parents=True)
    with Caches(store).shared():
        (store.work / "gomodcache").mkdir(parents=True)
        build_apps(store.root, told)
        assert scratch(store) == ["gocache", "gomodcache", SHARED]
        builder.build(store, (STORES,), told.clock)
        assert (store.work / "gocache/compiled").exists()
        assert store.is_complete(STORES)
        assert not list(store.root.glob("trash-*"))
        assert "work" not in builder.prune(store, told.clock), "it is in use"
    assert not store.work.exists()
    assert not list(store.root.glob("trash-*"))


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SandboxError("no room")])
def test_however_a_night_ends_nothing_is_left(
    end: BaseException, store: Store, told: Told, go: FakeGo
) -> None:
    def night() -> None:
        with Caches(store).shared():
            build_apps(store.root, told)
            go.fails("build", "it does not compile")
            with pytest.raises(SandboxError):
                builder.build(store, (STORES,), told.clock)
            assert (store.work / "src").exists(), "a further try goes on"
            raise end

    with pytest.raises(type(end)):
        night()
    assert not store.work.exists()
    assert not list(store.root.glob("trash-*"))


def test_without_a_night_nothing_is_kept(store: Store, told: Told) -> None:
    with Caches(store).shared():
        pass
    build_apps(store.root, told)
    assert not store.work.exists()


def test_what_a_build_that_was_cut_off_has_left_is_not_a_nights(store: Store, told: Told) -> None:
    (store.work / "gocache").mkdir(parents=True)
    with Caches(store).shared():
        pass
    assert scratch(store) == ["gocache"]


def test_what_a_night_has_begun_goes_with_the_last_that_shares_it(store: Store) -> None:
    with Caches(store).shared():
        (store.work / "gocache").mkdir(parents=True)
        other = a_night(store)
    assert scratch(store) == ["gocache"]
    other.communicate(timeout=60)
    assert not store.work.exists()


def test_a_night_that_lasts_keeps_what_another_one_would_remove(store: Store, told: Told) -> None:
    other = a_night(store)
    with Caches(store).shared():
        build_apps(store.root, told)
    assert (store.work / "gocache/compiled").exists()
    other.communicate(timeout=60)
    assert not store.work.exists()


@pytest.mark.parametrize("how", ["build", "tidy", "prune"])
def test_what_a_night_has_left_that_was_killed_goes_with_the_next_look(
    how: str, store: Store, told: Told
) -> None:
    night = a_night(store)
    build_apps(store.root, told)
    assert (store.work / "gocache/compiled").exists()
    night.send_signal(signal.SIGKILL)
    night.communicate(timeout=60)
    if how == "build":
        builder.build(store, (STORES,), told.clock)
    elif how == "tidy":
        builder.tidy(store, told.clock)
    else:
        assert builder.prune(store, told.clock) == ["work"]
    assert not store.work.exists()
    assert not list(store.root.glob("trash-*"))


def test_who_builds_as_a_night_ends_removes_them_at_its_own_end(store: Store, told: Told) -> None:
    with store.lock("building", told.clock.tell):
        with Caches(store).shared():
            (store.work / "gocache").mkdir(parents=True)
        assert scratch(store) == ["gocache"]
    build_apps(store.root, told)
    assert not store.work.exists()


def test_what_earlier_builds_left_is_not_taken_for_a_part_of_this_one(
    store: Store, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Caches(store).shared():
        build_apps(store.root, told)
        (store.work / "gocache/big").write_bytes(b"x" * 400_000)
        Caches(store).settle()
        monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 50 * GIB))
        assert store.check_disk((APPS,)).startswith(f"needs {APPS.disk_gib:.1f} GiB")


@pytest.mark.parametrize("free", [0.4, 50])
def test_where_the_disk_has_no_room_for_both_the_caches_go(
    free: float, store: Store, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disk(_: Path) -> Usage:
        return Usage(0, 0, int((free if (store.work / "gocache/big").exists() else 50) * GIB))

    with Caches(store).shared():
        build_apps(store.root, told)
        (store.work / "gocache/big").touch()
        monkeypatch.setattr(shutil, "disk_usage", disk)
        builder.build(store, (STORES,), told.clock)
        assert (store.work / "gocache/big").exists() == (free == 50)
        assert ("the disk has no room for both" in told.text) == (free != 50)


def test_a_cache_that_cannot_be_written_stops_no_night(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = []
    with Caches(Store(tmp_path / "file" / "toolchain")).shared():
        ran.append(True)
    assert ran
