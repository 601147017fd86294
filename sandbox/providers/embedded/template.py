"""A template of a new cluster: what its store held before anything but the API server ran on it.

templates/<key>/   in the user's cache folder; the key is of everything that made it, also the code
  etcd/            etcd's files, taken while it stood still
  template.json    when it was made, and the digest of the files
templates/<key>.lock, while somebody makes it

No secret of a sandbox is in one: certificates, tokens and ports are made for each cluster, and at
this moment no controller has put anything of them into the store. What a book's manifests hold is.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import filelock

from sandbox import events
from sandbox.digest import of_files
from sandbox.errors import NotReady
from sandbox.toolchain.venv import cache_home
from sandbox.waiting import wait_until

KEPT = 8
"""So many templates are kept, those that were used last."""
_FILES, _NOTE, _PART = "etcd", "template.json", "part-"
CODE = of_files(Path(__file__).parents[2], "*.py")
"""The digest of all of a sandbox's code: what puts something into a cluster calls much of it.

As this process has loaded it: whoever changes a file meanwhile, while programs are built for
example, does not change what runs, and that must not be kept as of the new code.
"""
_BLOCK = 64 * 1024
_ZERO = bytes(_BLOCK)
_LEFT_S = 3600.0
"""After so long nobody works any more at a half-made one."""
_LOCK = ".lock"
_TURN_S = 120
"""So long somebody else may take to make one, before it is made twice."""


@dataclass(frozen=True)
class Template:
    """The template in a folder, which may not be there."""

    folder: Path

    @classmethod
    def of(cls, *made_from: str) -> Template:
        """That of a cluster which all this decides: other words or code, another template."""
        key = hashlib.sha256(json.dumps([CODE, *made_from]).encode()).hexdigest()[:16]
        return cls(cache_home().absolute() / "templates" / key)

    @property
    def is_there(self) -> bool:
        """Whether somebody has made it; what it is worth shows when it is restored."""
        return self.folder.exists()

    def restore(self, store: Path) -> str:
        """Make the store of a new cluster from it; when it was made, as RFC 3339 has it.

        '' where there is none. One whose files are not what they were is thrown away and told.
        """
        part = store.with_name(f"{store.name}.part")
        try:
            noted = json.loads((self.folder / _NOTE).read_text())
            made, digest = str(noted["made"]), str(noted["digest"])
            whole = _copy(self.folder / _FILES, part) == digest
        except FileNotFoundError:  # none, or another process has made room
            shutil.rmtree(part, ignore_errors=True)
            return ""
        except (OSError, ValueError, KeyError, TypeError) as error:
            shutil.rmtree(part, ignore_errors=True)
            self.discard(f"it cannot be read: {error}")
            return ""
        if not whole:
            shutil.rmtree(part)
            self.discard("its files are not what they were")
            return ""
        part.rename(store)
        with suppress(OSError):  # another process may have made room; then it is used for nothing
            os.utime(self.folder)
        return made

    def keep(self, store: Path) -> None:
        """Make it from the store of a cluster, which stands still meanwhile.

        Where it cannot be written that is told, and the cluster goes on without.
        """
        shelf = self.folder.parent
        try:
            shelf.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(
                prefix=_PART, dir=shelf, ignore_cleanup_errors=True
            ) as name:
                part = Path(name) / self.folder.name
                note = {"made": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
                note["digest"] = _copy(store, part / _FILES)
                (part / _NOTE).write_text(json.dumps(note))
                part.rename(self.folder)
            _make_room(shelf)
        except OSError as error:
            if not self.folder.exists():  # else another process was first
                events.emit(events.Told(text=f"no template of the cluster is kept: {error}"))

    @contextmanager
    def turn(self, alive: Callable[[], None]) -> Iterator[None]:
        """Make it while nobody else does: sandboxes that begin together wait for the first one.

        `alive` may raise. Where there is no lock to be had it is made without: then it is only
        made twice. A process that is killed gives its turn back.
        """
        lock = filelock.FileLock(self.folder.with_suffix(_LOCK), timeout=0)

        def ask() -> tuple[bool | None, str]:
            try:
                lock.acquire()
            except filelock.Timeout:
                return None, "another sandbox makes it"
            return True, "it is ours to make"

        with suppress(NotReady, OSError):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            wait_until("the template of the cluster", ask, _TURN_S, every=0.1, alive=alive)
        try:
            yield
        finally:
            if lock.is_locked:
                Path(lock.lock_file).unlink(missing_ok=True)
                lock.release()

    def note(self, cluster: Path, made: str = "") -> None:
        """Write down in a cluster's folder that it came from this one, which was made then.

        Without a time it is the cluster that it was made of.
        """
        (cluster / _NOTE).write_text(json.dumps({"folder": str(self.folder), "made": made}))

    def discard(self, why: str) -> None:
        """Throw it away, and say so."""
        events.emit(
            events.Told(text=f"the template of the cluster is thrown away: {why}; a new one comes")
        )
        _remove(self.folder)


def origin_of(cluster: Path) -> tuple[Template | None, str]:
    """The template that the cluster in a folder came from, and when that was made.

    '' for one that came from nothing; then it is the template that was made of it, if one was.
    """
    note = cluster / _NOTE
    if not note.exists():
        return None, ""
    noted = json.loads(note.read_text())
    return Template(Path(noted["folder"])), noted["made"]


def _copy(source: Path, target: Path) -> str:
    """Copy the files of a store, with holes where they are zero; the digest of what they hold.

    Most of etcd's journal is room that it has set aside.
    """
    digest = hashlib.sha256()
    target.parent.mkdir(exist_ok=True)
    target.mkdir(mode=0o700)
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source)
        own = target / name
        if path.is_dir():
            own.mkdir(mode=0o700)
            continue
        own.touch(mode=0o600)
        with path.open("rb") as read, own.open("r+b") as written:
            while block := read.read(_BLOCK):
                end = read.tell()
                if block != _ZERO[: len(block)]:
                    written.seek(end - len(block))
                    written.write(block)
                    digest.update(f"{name}\0{end}\0".encode() + block)
            written.truncate(end := read.tell())
            digest.update(f"{name}\0{end}\0".encode())
    return digest.hexdigest()


def _make_room(shelf: Path) -> None:
    """Remove what nobody has used for longest, and what a process that was killed has left."""
    found = sorted(shelf.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    whole = [path for path in found if not path.name.startswith(_PART) and path.suffix != _LOCK]
    left = [
        path
        for path in found
        if path.name.startswith(_PART) and time.time() - path.stat().st_mtime > _LEFT_S
    ]
    for path in (*whole[KEPT:], *left):
        _remove(path)


def _remove(path: Path) -> None:
    """Remove a template or what stands in its place; whoever was first has done it."""
    with suppress(OSError):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
