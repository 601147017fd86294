"""The cache folder: complete or not there, one builder at a time, enough disk."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from sandbox.errors import SandboxError
from sandbox.toolchain.modules import APPS, CONTAINERD, SETS, GoModule
from sandbox.toolchain.store import COMPLETE, Store

Usage = namedtuple("Usage", "total used free")


def put(store: Store, module: GoModule, text: str = "first") -> None:
    """Put a module in place as a build does."""
    staged = store.work / "stage" / store.folder(module).name
    for name in module.binaries:
        program = staged / "bin" / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(text)
        program.chmod(0o755)
    (staged / "share").mkdir()
    (staged / "share" / module.name).write_text(text)
    store.finish(module, staged, {"go": "1.26.8"})


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "toolchain")


def test_a_module_is_complete_only_with_its_record_and_every_program(store: Store) -> None:
    assert not store.is_complete(APPS)
    put(store, APPS)
    assert store.is_complete(APPS)
    assert store.record(APPS)["go"] == "1.26.8"
    (store.folder(APPS) / "bin" / "podcli").unlink()
    assert not store.is_complete(APPS)


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_module_whose_record_was_cut_off_is_not_complete(text: str, store: Store) -> None:
    put(store, APPS)
    (store.folder(APPS) / COMPLETE).write_text(text)
    assert not store.is_complete(APPS)
    (store.folder(APPS) / COMPLETE).unlink()
    assert not store.is_complete(APPS)


def test_the_store_of_the_user_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PROOFBOOK_CACHE", "here")
    assert Store.of_user().root == tmp_path / "here" / "toolchain"


def test_a_process_that_was_killed_while_it_removed_caches_is_helped(store: Store) -> None:
    (store.root / "trash-1" / "gocache").mkdir(parents=True)
    begun: list[int] = []
    store.empty_trash(lambda: begun.append(1))
    store.empty_trash(lambda: begun.append(2))
    assert begun == [1]
    assert not (store.root / "trash-1").exists()


def test_a_damaged_module_is_replaced_and_the_view_follows(store: Store) -> None:
    put(store, APPS)
    first = store.view((APPS,))
    (store.folder(APPS) / "bin" / "podcli").unlink()
    put(store, APPS, "second")
    assert store.is_complete(APPS)
    assert store.view((APPS,)) == first
    assert (first / "bin" / "podcli").read_text() == "second"


def test_a_view_has_the_programs_of_all_modules_and_takes_no_room(store: Store) -> None:
    put(store, APPS)
    put(store, CONTAINERD)
    view = store.view((APPS, CONTAINERD))
    names = sorted(path.name for path in (view / "bin").iterdir())
    assert names == sorted([*APPS.binaries, *CONTAINERD.binaries])
    assert sorted(path.name for path in (view / "share").iterdir()) == ["apps", "containerd"]
    assert (view / "bin" / "ctr").samefile(store.folder(CONTAINERD) / "bin" / "ctr")
    assert store.view((CONTAINERD, APPS)) == view
    assert store.view((APPS,)) != view


def test_a_view_that_was_cut_off_is_made_again(store: Store) -> None:
    put(store, APPS)
    view = store.view((APPS,))
    (view / "bin" / "podinfo").unlink()
    (store.root / "view.part" / "bin").mkdir(parents=True)
    assert (store.view((APPS,)) / "bin" / "podinfo").exists()


def test_too_little_disk_is_said_before_anything_is_built(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, int(0.4 * 1024**3)))
    with pytest.raises(SandboxError) as raised:
        store.check_disk((APPS,))
    assert str(raised.value) == (
        f"toolchain: building apps in {store.root} needs {APPS.disk_gib:.1f} GiB of disk and keeps "
        f"{APPS.kept_gib:.1f} GiB, 0.4 GiB is free. Cure: free space there, or name a folder on "
        "another disk with PROOFBOOK_CACHE"
    )
    assert raised.value.exit_code == 3


def test_enough_disk_is_said_too(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 50 * 1024**3))
    said = store.check_disk((APPS, CONTAINERD))
    total, kept = APPS.disk_gib + CONTAINERD.disk_gib, APPS.kept_gib + CONTAINERD.kept_gib
    assert said == f"needs {total:.1f} GiB of disk and keeps {kept:.1f} GiB, 50.0 GiB is free"


def test_a_kept_provider_fits_in_one_and_a_half_gib() -> None:
    assert sum(module.kept_gib for module in SETS["embedded"]) <= 1.5


def test_what_a_cut_off_build_left_counts_as_disk(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.toolchain.store.size_of", lambda _: int(0.4 * 1024**3))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(0, 0, 50 * 1024**3))
    assert store.check_disk((APPS,)).startswith(f"needs {APPS.disk_gib - 0.4:.1f} GiB")


def test_old_programs_are_listed_and_pruned(store: Store) -> None:
    put(store, APPS)
    (store.root / "apps-old" / "bin").mkdir(parents=True)
    view = store.view((APPS,))
    listed = {folder.name for folder, _ in store.listing()}
    assert listed == {store.folder(APPS).name, "apps-old", "work"}
    assert store.prune([store.folder(APPS), view]) == ["apps-old", "work"]
    assert store.is_complete(APPS)
    assert (view / "bin" / "podinfo").exists()


def test_an_empty_cache_has_nothing_to_list(store: Store) -> None:
    assert store.listing() == []


def test_the_lock_says_who_holds_it_and_is_free_after_an_error(store: Store) -> None:
    waited: list[str] = []
    with pytest.raises(RuntimeError), store.lock("building apps", waited.append):
        raise RuntimeError
    with store.lock("building apps", waited.append):
        pass
    assert waited == []
    assert not (store.root / "building.json").exists()
