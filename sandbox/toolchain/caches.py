"""Go's caches between the builds of one night: kept while it lasts, gone when it ends.

Go knows by its inputs what it has compiled: of a further version only what differs is compiled.
"""

from __future__ import annotations

import fcntl
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import filelock

from sandbox.interrupts import handled
from sandbox.toolchain.modules import GoModule
from sandbox.toolchain.progress import Clock, Printer
from sandbox.toolchain.store import SHARED, Store, size_of

_KEPT = ("go", "gocache", "gomodcache")
"""What the next build can use of the scratch folder: compiler, packages, modules."""


@dataclass(frozen=True)
class Caches:
    """Those in the scratch folder of a store."""

    store: Store

    @contextmanager
    def shared(self) -> Iterator[None]:
        """While this lasts a build leaves its caches to the next one, whoever builds.

        However it ends they go then, unless another night still shares them. What a build that was
        cut off had left before stays, as it does without a night.
        """
        found = self.store.work.exists() and not self.are_shared()
        with ExitStack() as claim:
            try:
                self.store.root.mkdir(parents=True, exist_ok=True)
                file = claim.enter_context(self._lock.open("ab"))
                # The system lets go of it where we are killed.
                fcntl.flock(file, fcntl.LOCK_SH)
            except OSError:
                found = True  # nothing can be built here either: what is built already may run
            try:
                yield
            finally:
                claim.close()
                # As everywhere a signal does not disturb who cleans up.
                with handled(lambda *_: None):
                    self._leave(found)

    def are_shared(self) -> bool:
        """Whether a night lasts that shares them."""
        try:
            with self._lock.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:  # nobody has ever shared any, or can
            return False
        return False

    def settle(self) -> None:
        """A build is complete: keep what the next one of a night can use, else nothing.

        To be called while the store's lock is held.
        """
        work = self.store.work
        if not self.are_shared():
            self.store.discard(work)
        elif work.is_dir():
            for each in sorted(work.iterdir()):
                if each.name not in _KEPT:
                    self.store.discard(each)
            (work / SHARED).write_text(json.dumps({"bytes": size_of(work)}))

    def make_room(self, modules: Sequence[GoModule], clock: Clock) -> None:
        """Give up what earlier builds have left where the disk does not hold it beside this one."""
        if (self.store.work / SHARED).exists() and not self.store.has_room(modules):
            clock.tell("removing the caches of the builds before: the disk has no room for both")
            self.store.discard(self.store.work)
            self.store.empty_trash(lambda: None)

    def drop_abandoned(self) -> None:
        """Give up what a night has left that was killed. Who builds now does so at the end."""
        if (self.store.work / SHARED).exists():
            self._drop(found=True)

    @property
    def _lock(self) -> Path:
        return self.store.root / "caches.lock"

    def _leave(self, found: bool) -> None:
        printer = Printer()
        clock = Clock(printer)
        try:
            self._drop(found)
            self.store.empty_trash(lambda: clock.tell("removing the caches of the builds"))
        except OSError as error:
            print(f"the caches of the builds cannot be removed: {error}", file=sys.stderr)
        finally:
            printer.end()

    def _drop(self, found: bool) -> None:
        """Unless they are shared, or somebody builds, who does it at the end.

        `found`: the scratch folder was there before; then only what a complete build has left goes.
        """
        if not self.store.work.exists():
            return
        with suppress(filelock.Timeout), filelock.FileLock(self.store.build_lock, timeout=0):
            if not self.are_shared() and not (found and not (self.store.work / SHARED).exists()):
                self.store.discard(self.store.work)
