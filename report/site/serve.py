"""`make serve`: the site on loopback, written again when what it is made of changes."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from guide import GuideError
from report import interrupts
from report.errors import ReportError
from report.site.site import Site, environment

SETTLE_S = 0.3
"""Changes that follow each other this closely are one."""

CHECK_S = 1.0
"""How often the builder is asked whether it still runs."""

AGES_S = 3600.0
"""The pages are written again this often, also where nothing changes: evidence grows old."""

_CHANGES = frozenset({"created", "modified", "moved", "deleted"})


class _Changed(FileSystemEventHandler):
    def __init__(self, found: queue.Queue[str]) -> None:
        self._found = found

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _CHANGES and not event.is_directory:
            self._found.put(os.fsdecode(event.src_path))


class Age:
    """How long ago the pages were written, by the clock that tells how old evidence is."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.begin()

    def begin(self) -> None:
        """They were written now."""
        self._written = self._clock()

    @property
    def is_due(self) -> bool:
        """Whether they have to be written again; so they have when the clock was set."""
        return abs(self._clock() - self._written) >= AGES_S


def serve(site: Site, port: int) -> int:
    """Serve on 127.0.0.1 until interrupted; returns 130 then, else the builder's exit code."""
    book, age = site.write(), Age()
    command = [sys.executable, "-m", "mkdocs", "serve", "-f", str(site.config)]
    command += ["-a", f"127.0.0.1:{port}", "--no-strict"]
    found: queue.Queue[str] = queue.Queue()
    observer = Observer()
    for folder in sorted(
        {_folder(path) for each in (site.inputs, *site.others) for path in each.watched()}
    ):
        observer.schedule(_Changed(found), str(folder), recursive=True)
    server = subprocess.Popen(command, env=environment(book))
    observer.start()
    restore = interrupts.heed()  # the builder is a child and would go on alone
    try:
        while server.poll() is None:
            if drained(found, site) or age.is_due:
                again(site)
                age.begin()
    except KeyboardInterrupt:
        return 130
    finally:
        restore()
        observer.stop()
        observer.join()
        if server.poll() is None:
            server.terminate()
            server.wait(10)
    return server.returncode


def _folder(path: Path) -> Path:
    return path.resolve() if path.is_dir() else path.resolve().parent


def drained(found: queue.Queue[str], site: Site) -> bool:
    """Whether something of the input changed; waits at most CHECK_S for a first change."""
    made = (str(site.source.resolve()), str(site.out.resolve()), str(site.config.resolve()))
    relevant = False
    wait = CHECK_S
    while True:
        try:
            path = found.get(timeout=wait)
        except queue.Empty:
            return relevant
        if not path.startswith(made):
            relevant = True
        wait = SETTLE_S


def again(site: Site) -> None:
    """Write the pages again; half-written input is told and waits for the next change."""
    try:
        site.write()
    except (GuideError, ReportError) as error:
        print(f"not rebuilt: {error}", file=sys.stderr)
    else:
        print("pages written again", file=sys.stderr)
