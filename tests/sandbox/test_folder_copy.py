"""A folder is what it was: whatever was changed, added or taken away, and whoever may not write."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.folder_copy import FolderCopy

LONG_AGO = 1_000_000_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "desk"
    (made / "inner/deep").mkdir(parents=True)
    (made / "empty").mkdir(mode=0o700)
    for name in ("note", "inner/note", "inner/deep/note"):
        (made / name).write_text(f"{name}\n")
        os.utime(made / name, (LONG_AGO, LONG_AGO))
    (made / "secret").write_text("word\n")
    (made / "secret").chmod(0o600)
    (made / "shut").write_text("read only\n")
    (made / "shut").chmod(0o400)
    (made / "link").symlink_to("note")
    (made / "broken").symlink_to("nowhere")
    return made


def state(folder: Path) -> dict[str, tuple[object, ...]]:
    """Everything in it that somebody could read."""
    found: dict[str, tuple[object, ...]] = {}
    for path in (folder, *folder.rglob("*")):
        about = path.lstat()
        if path.is_symlink():
            held: object = path.readlink()
        else:
            held = None if path.is_dir() else (path.read_bytes(), about.st_mtime_ns)
        found[str(path.relative_to(folder))] = (about.st_mode, held)
    return found


def same_size_and_time(folder: Path) -> None:
    (folder / "note").write_text("NOTE\n")
    os.utime(folder / "note", (LONG_AGO, LONG_AGO))


def another_in_its_place(folder: Path) -> None:
    (folder / "other").write_text("NOTE\n")
    os.utime(folder / "other", (LONG_AGO, LONG_AGO))
    (folder / "other").replace(folder / "note")


def added(folder: Path) -> None:
    (folder / "clone/.git").mkdir(parents=True)
    (folder / "clone/.git/HEAD").write_text("ref: refs/heads/main\n")
    (folder / "inner/new").touch()
    os.mkfifo(folder / "pipe")
    (folder / "round").symlink_to(folder)


def read_only(folder: Path) -> None:
    (folder / "cache/module").mkdir(parents=True)
    (folder / "cache/module/file").touch()
    for path in ("cache/module", "cache", "inner"):
        (folder / path).chmod(0o500)


def unreadable(folder: Path) -> None:
    (folder / "new/inner").mkdir(parents=True)
    for path in ("new/inner", "new", "inner/deep"):
        (folder / path).chmod(0)


def gone(folder: Path) -> None:
    shutil.rmtree(folder / "inner")
    (folder / "empty").rmdir()
    (folder / "secret").unlink()
    (folder / "link").unlink()


def other_kinds(folder: Path) -> None:
    shutil.rmtree(folder / "inner")
    (folder / "inner").write_text("a file now")
    (folder / "note").unlink()
    (folder / "note").mkdir()
    (folder / "note/inner").touch()
    (folder / "link").unlink()
    (folder / "link").write_text("note\n")
    (folder / "empty").rmdir()
    (folder / "empty").symlink_to("inner")


def rights(folder: Path) -> None:
    (folder / "secret").chmod(0o644)
    (folder / "inner").chmod(0o777)
    folder.chmod(0o500)


def all_of_it(folder: Path) -> None:
    shutil.rmtree(folder)


def elsewhere(folder: Path) -> None:
    (folder / "link").unlink()
    (folder / "link").symlink_to("secret")


CHANGES = [
    same_size_and_time, another_in_its_place, added, read_only, unreadable, gone, other_kinds,
    rights, all_of_it, elsewhere,
]  # fmt: skip


def let_the_clock_tick(probe: Path) -> None:
    """The kernel stamps an inode in steps of some milliseconds."""
    probe.touch()
    begun = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == begun:
        probe.touch()


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_whatever_was_done_is_undone(
    folder: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    before = state(folder)
    kept = FolderCopy.of(folder, tmp_path / "kept")
    for _ in range(2):  # what was put back is as good as what was there
        let_the_clock_tick(tmp_path / "probe")
        change(folder)
        assert kept.put_back()
        assert state(folder) == before
        assert not kept.put_back()


def test_what_was_not_touched_is_let_alone(folder: Path, tmp_path: Path) -> None:
    kept = FolderCopy.of(folder, tmp_path / "kept")
    inodes = {path: path.lstat().st_ino for path in folder.rglob("*")}
    (folder / "note").write_text("other")
    assert kept.put_back()
    now = {path: path.lstat().st_ino for path in folder.rglob("*")}
    assert {path for path in now if now[path] != inodes[path]} <= {folder / "note"}


def test_what_is_kept_anew_is_what_comes_back(folder: Path, tmp_path: Path) -> None:
    kept = FolderCopy.of(folder, tmp_path / "kept")
    (folder / "inner/note").write_text("newer")
    kept.keep("inner/note")
    assert not kept.put_back()
    (folder / "inner/note").unlink()
    assert kept.put_back()
    assert (folder / "inner/note").read_text() == "newer"


def test_nobody_else_may_read_a_copy_and_an_older_one_goes(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kept/older").mkdir(parents=True)
    folder.chmod(0o755)
    FolderCopy.of(folder, tmp_path / "kept")
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o700
    assert not (tmp_path / "kept/older").exists()


def test_what_is_no_file_is_not_kept(folder: Path, tmp_path: Path) -> None:
    """A socket or a pipe belongs to a process that has ended by then."""
    os.mkfifo(folder / "pipe")
    kept = FolderCopy.of(folder, tmp_path / "kept")
    assert kept.put_back()
    assert not (folder / "pipe").exists()
