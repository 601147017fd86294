"""The cache folder of built programs: complete sets by key, the lock, the scratch folder.

toolchain/
  embedded-<key>/ …    one folder per Go module: bin/, share/, complete.json; renamed into place
  view-<key>/          one bin/ and share/ of several modules (hard links)
  work/                caches and half-made things of a build; removed when it is complete, in a
                       night when that ends
  build.lock, building.json
  caches.lock          whoever shares the caches holds it
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import filelock

from sandbox.errors import SandboxError
from sandbox.toolchain.modules import GoModule
from sandbox.toolchain.venv import cache_home

COMPLETE = "complete.json"
PROOF = "proof.json"
SHARED = "shared.json"
"""In the scratch folder: how much of it complete builds have left for those that follow."""
GIB = 1024**3


@dataclass(frozen=True)
class Store:
    """The folder `root` holds what was built."""

    root: Path

    @classmethod
    def of_user(cls) -> Store:
        """The store in the user's cache folder; absolute, because Go takes nothing else."""
        return cls(cache_home().absolute() / "toolchain")

    @property
    def work(self) -> Path:
        """Caches of a build that is not complete."""
        return self.root / "work"

    @property
    def build_lock(self) -> Path:
        """Who builds holds it."""
        return self.root / "build.lock"

    def folder(self, module: GoModule) -> Path:
        """Where the complete module is, or will be."""
        return self.root / f"{module.name}-{module.key}"

    def is_complete(self, module: GoModule) -> bool:
        """Whether every program of the module is there."""
        programs = self.folder(module) / "bin"
        return bool(self.record(module)) and all(
            os.access(programs / name, os.X_OK) for name in module.binaries
        )

    def finish(self, module: GoModule, staged: Path, record: Mapping[str, Any]) -> None:
        """Put a module that is built in its place, at once."""
        (staged / COMPLETE).write_text(json.dumps(record, indent=2))
        final = self.folder(module)
        self.discard(final)  # there is one only if it is damaged, or nothing would be built
        staged.rename(final)

    def discard(self, path: Path) -> None:
        """Take what is not needed any more out of the way at once; `empty_trash` removes it."""
        if path.exists():
            path.rename(Path(tempfile.mkdtemp(prefix="trash-", dir=self.root)) / path.name)

    def empty_trash(self, on_begin: Callable[[], None]) -> None:
        """Remove what was discarded, also by a process that was interrupted in doing so.

        If somebody else is at it, it is left to them.
        """
        if not any(self.root.glob("trash-*")):
            return
        with suppress(filelock.Timeout), filelock.FileLock(self.root / "trash.lock", timeout=0):
            for trash in self.root.glob("trash-*"):
                on_begin()
                shutil.rmtree(trash)

    def record(self, module: GoModule) -> dict[str, Any]:
        """What was written down when the module was complete; empty if it is not."""
        return read_record(self.folder(module))

    def view(self, modules: Sequence[GoModule]) -> Path:
        """One folder with the programs and files of all these modules.

        Of programs with one name that of the last module is taken: a pinned version's.
        """
        view = self.view_folder(modules)
        if self._view_is_whole(view, modules):
            return view
        # A lock of its own: a view is made in no time, even while somebody builds for minutes.
        with filelock.FileLock(self.root / "view.lock"):
            if not self._view_is_whole(view, modules):
                self._make_view(view, [self.folder(module).name for module in modules])
        return view

    def view_folder(self, modules: Sequence[GoModule]) -> Path:
        """Where the view of these modules is, or will be."""
        names = " ".join(self._names(modules))
        return self.root / f"view-{hashlib.sha256(names.encode()).hexdigest()[:16]}"

    def _names(self, modules: Sequence[GoModule]) -> list[str]:
        return sorted(self.folder(module).name for module in modules)

    def _make_view(self, view: Path, names: Sequence[str]) -> None:
        part = self.root / "view.part"
        shutil.rmtree(part, ignore_errors=True)
        for name in names:
            for kind in ("bin", "share"):
                source = self.root / name / kind
                if source.is_dir():
                    # Links, not copies: the programs are large and never changed in place.
                    shutil.copytree(source, part / kind, copy_function=_link, dirs_exist_ok=True)
        shutil.rmtree(view, ignore_errors=True)
        part.rename(view)

    def _view_is_whole(self, view: Path, modules: Sequence[GoModule]) -> bool:
        """Whether the view shows the very files of the modules, and not those of a former build."""
        programs = {name: self.folder(m) / "bin" / name for m in modules for name in m.binaries}
        return (view / "share").is_dir() and all(
            (view / "bin" / name).exists() and (view / "bin" / name).samefile(program)
            for name, program in programs.items()
        )

    @contextmanager
    def lock(self, purpose: str, on_wait: Callable[[str], None]) -> Iterator[None]:
        """Be the only builder; whoever comes second is told whom it waits for."""
        self.root.mkdir(parents=True, exist_ok=True)
        lock, note = filelock.FileLock(self.build_lock), self.root / "building.json"
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            on_wait(_holder(note))
            lock.acquire(poll_interval=0.5)
        try:
            note.write_text(json.dumps({"pid": os.getpid(), "purpose": purpose}))
            yield
        finally:
            note.unlink(missing_ok=True)
            lock.release()

    def check_disk(self, modules: Sequence[GoModule]) -> str:
        """How much disk the build needs and what is free, in words.

        Raises SandboxError if too little is free; what an earlier, cut off build left counts.
        """
        need, free = self._disk(modules)
        kept = sum(module.kept_gib for module in modules)
        said = f"needs {need:.1f} GiB of disk and keeps {kept:.1f} GiB, {free:.1f} GiB is free"
        if free < need:
            raise SandboxError(
                f"building {', '.join(m.name for m in modules)} in {self.root} {said}",
                phase="toolchain",
                cure="free space there, or name a folder on another disk with PROOFBOOK_CACHE",
            )
        return said

    def has_room(self, modules: Sequence[GoModule]) -> bool:
        """Whether the disk is large enough for the build."""
        need, free = self._disk(modules)
        return free >= need

    def _disk(self, modules: Sequence[GoModule]) -> tuple[float, float]:
        """GiB that the build needs, and that are free."""
        # What complete builds have left is of other versions: none of it is sure to be used.
        have = (size_of(self.work) - _read(self.work / SHARED).get("bytes", 0)) / GIB
        need = max(sum(module.disk_gib for module in modules) - have, 0.5)
        return need, shutil.disk_usage(existing(self.root)).free / GIB

    def listing(self) -> list[tuple[Path, float]]:
        """Every folder of the cache with its size in GiB.

        Views are left out: hard links take no room of their own.
        """
        if not self.root.is_dir():
            return []
        folders = [path for path in self.root.iterdir() if path.is_dir()]
        return [
            (path, size_of(path) / GIB)
            for path in sorted(folders)
            if not path.name.startswith("view-")
        ]

    def prune(self, kept: Sequence[Path]) -> list[str]:
        """Remove every folder but those of `kept`; the names of what went.

        To be called while the lock is held.
        """
        gone = [path for path in self.root.iterdir() if path.is_dir() and path not in kept]
        for path in gone:
            shutil.rmtree(path)
        return sorted(path.name for path in gone)


def _link(source: str, target: str) -> None:
    Path(target).unlink(missing_ok=True)
    os.link(source, target)


def size_of(folder: Path) -> int:
    """Bytes on disk below a folder; 0 if it is not there."""
    total = 0
    for base, _, files in os.walk(folder):
        for name in files:
            total += os.lstat(os.path.join(base, name)).st_blocks * 512  # noqa: PTH118 -- fast
    return total


def read_record(folder: Path) -> dict[str, Any]:
    """What a finished build wrote down: `go`, `finished`, `seconds`, `bytes`; empty without one."""
    return _read(folder / COMPLETE)


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    while not path.exists():
        path = path.parent
    return path


def _holder(note: Path) -> str:
    said = _read(note)  # empty if it has only begun, or is about to end
    return f"process {said['pid']}, which is {said['purpose']}" if said else "another process"


def _read(file: Path) -> dict[str, Any]:
    """A JSON object, or nothing if the file is not there or was cut off."""
    try:
        found = json.loads(file.read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
