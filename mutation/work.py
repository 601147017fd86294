"""Work that several benches do, each taking the next piece off one queue."""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

from guide import Edition
from mutation.outcome import Outcome

Job = TypeVar("Job")


class Place(Protocol):
    """Where scenarios are run: a bench, or what stands for one in a test."""

    name: str
    folder: Path

    def run(self, edition: Edition, scenario: str, patience: float) -> Outcome:
        """Run one scenario with an edition, nothing awaited longer than `patience` seconds."""

    def run_all(self, edition: Edition, scenarios: Sequence[str], patience: float) -> list[Outcome]:
        """Run several scenarios in one run."""

    def stop(self) -> None:
        """End the run at hand and begin no other."""

    def close(self) -> None:
        """Leave nothing."""


def edition_of(bench: Place) -> Path:
    """The folder for the pages that a bench is running; it goes with the work."""
    return bench.folder.with_name(f"{bench.folder.name}-edition")


def work_off(
    jobs: Iterable[Job], benches: Sequence[Place], do: Callable[[Job, Place], None]
) -> None:
    """Let the benches do every job, as many at once as there are benches, and close them.

    Raises what `do` raised. On KeyboardInterrupt the benches are left empty, too.
    """
    ahead: queue.SimpleQueue[Job] = queue.SimpleQueue()
    for job in jobs:
        ahead.put(job)
    errors: list[BaseException] = []
    left = threading.Event()

    def leave() -> None:
        left.set()
        for bench in benches:
            bench.stop()

    def work(bench: Place) -> None:
        try:
            while not left.is_set():
                try:
                    job = ahead.get_nowait()
                except queue.Empty:
                    return
                do(job, bench)
        except Exception as error:
            # It is raised again below, in the thread of whoever asked for the work.
            errors.append(error)
            leave()
        finally:
            shutil.rmtree(edition_of(bench), ignore_errors=True)

    threads = [threading.Thread(target=work, args=(each,)) for each in benches]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        leave()
        for thread in threads:
            if thread.is_alive():  # the interruption may have come before its start
                thread.join()
        for bench in benches:
            bench.close()
    if errors:
        raise errors[0]
