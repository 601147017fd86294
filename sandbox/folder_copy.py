"""A copy of a folder as it was, and the way back to it: only what differs is touched."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

Mark = tuple[int, ...]
"""What of a file tells whether it was touched: everything that costs no look into it.

The time at which its inode changed is among it, which nobody can set.
"""


@dataclass(frozen=True)
class FolderCopy:
    """Keeps files, folders and links. Sockets, pipes and devices are not kept, and go."""

    folder: Path
    copy: Path
    mark: Mark
    inside: dict[str, dict[str, Mark]]
    """Folder, relative → what was in it, by name."""

    @classmethod
    def of(cls, folder: Path, copy: Path) -> FolderCopy:
        """Copy a folder as it is now; an older copy goes."""
        if copy.exists():
            _remove(copy)
        copy.mkdir(mode=0o700, parents=True)
        made = cls(folder, copy, _mark(folder.lstat()), {})
        made._take("")
        return made

    def _take(self, at: str) -> None:
        held = self.inside[at] = {}
        for name, mark in _marks(self.folder / at).items():
            path = _within(at, name)
            if _is_folder(mark):
                (self.copy / path).mkdir(mode=0o700)
                self._take(path)
            elif _is_kept(mark):
                _copy(self.folder / path, self.copy / path)
            else:
                continue
            held[name] = mark

    def keep(self, path: str) -> None:
        """Take one file of it anew, as it is now."""
        at, _, name = path.rpartition("/")
        _copy(self.folder / path, self.copy / path)
        self.inside[at][name] = _mark((self.folder / path).lstat())

    def put_back(self) -> bool:
        """Make the folder what it was; whether anything differed. Raises OSError."""
        now = _mark(self.folder.lstat()) if os.path.lexists(self.folder) else None
        return self._one_back("", self.mark, now)

    def _one_back(self, path: str, mark: Mark, now: Mark | None) -> bool:
        here = self.folder / path
        if now == mark and not _is_folder(mark):
            return False
        if now is not None and not (_is_folder(now) and _is_folder(mark)):
            _remove(here)
            now = None
        if not _is_folder(mark):
            _copy(self.copy / path, here)
            at, _, name = path.rpartition("/")
            self.inside[at][name] = _mark(here.lstat())
            return True
        if now is None:
            here.mkdir(mode=0o700)
        differed = self._inside_back(path)
        if _mark(here.lstat()) != mark:
            here.chmod(stat.S_IMODE(mark[0]))
        return differed or now != mark

    def _inside_back(self, at: str) -> bool:
        before, now = self.inside[at], _marks(self.folder / at)
        new = now.keys() - before.keys()
        for name in new:
            _remove(self.folder / at / name)
        # All of them: one that differs must not hide the next.
        differed = [
            self._one_back(_within(at, name), mark, now.get(name)) for name, mark in before.items()
        ]
        return bool(new) or any(differed)


def _within(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name


def _marks(folder: Path) -> dict[str, Mark]:
    """What is in a folder, which its owner may read and change from now on."""
    mode = stat.S_IMODE(folder.lstat().st_mode)
    if mode & 0o700 != 0o700:
        folder.chmod(mode | 0o700)
    with os.scandir(folder) as entries:
        return {each.name: _mark(each.stat(follow_symlinks=False)) for each in entries}


def _mark(about: os.stat_result) -> Mark:
    if stat.S_ISDIR(about.st_mode):
        return (about.st_mode,)  # its times tell of what is in it, which is looked at
    return (about.st_mode, about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino)


def _is_folder(mark: Mark) -> bool:
    return stat.S_ISDIR(mark[0])


def _is_kept(mark: Mark) -> bool:
    return stat.S_ISREG(mark[0]) or stat.S_ISLNK(mark[0])


def _copy(source: Path, target: Path) -> None:
    """One file with its rights and times, or one link, in the place of what is there."""
    target.unlink(missing_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


def _remove(path: Path) -> None:
    """A file, a link or a folder with all that is in it, also where nobody may write there."""
    if not _is_folder(_mark(path.lstat())):
        path.unlink()
        return
    for name in _marks(path):
        _remove(path / name)
    path.rmdir()
