"""Several workers: as many runs at once, each with a sandbox, that share the scenarios."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from guide.ending import NO_SANDBOX, worst
from sandbox.errors import SandboxError
from sandbox.interrupts import handled
from steps import leftover
from steps.worker import Worker

SILENCE_S = 1800.0
"""A worker that says nothing for so long hangs: whatever a run waits for has a line more often."""
GRACE_S = 180.0
"""So long it may then clean up."""


def run(
    command: Sequence[str],
    count: int,
    sandbox: str,
    build: Path,
    *,
    plan: Sequence[str] = (),
    silence_s: float = SILENCE_S,
    grace_s: float = GRACE_S,
) -> int:
    """Run `command` `count` times at once and put the results together; the worst exit code.

    `plan` are the options with which `python -m report merge` knows what was to run: a worker that
    ended without results says nothing about what it took. A signal is passed on: each worker cleans
    up after itself, nobody leaves before they have.
    """
    leftover.remove(build / "workers")
    workers: list[Worker] = []
    received: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        for worker in workers:
            worker.pass_on(number)

    with handled(pass_on):
        for number in range(1, count + 1):
            share = [f"--share={number}/{count}", f"--sandbox-name={sandbox}-{number}"]
            try:
                worker = Worker([*command, *share], number, build / "workers" / str(number))
            except OSError as error:
                for other in workers:
                    other.end(grace_s)
                what = f"worker {number} of {count} could not be started: {error.strerror}"
                raise SandboxError(what, cure="try fewer WORKERS") from error
            workers.append(worker)
            for early in received:
                worker.pass_on(early)
        for worker in workers:
            worker.wait(silence_s=silence_s, grace_s=grace_s)
        begun = any((worker.folder / "results.json").exists() for worker in workers)
        if not begun and all(worker.exit_code == 2 for worker in workers):
            return 2  # wrong input is found before anything begins
        merging = [sys.executable, "-m", "report", "merge", f"--out={build}", *plan]
        merging += [f"--ended={worker.exit_code}:{worker.why}" for worker in workers]
        merging += [str(worker.folder) for worker in workers]
        # Nor does a signal come between the workers and their results: what they did was done.
        merged = subprocess.run(merging, start_new_session=True).returncode
    if (build / "results.json").exists():
        return merged
    return worst([NO_SANDBOX, *(worker.exit_code for worker in workers)])
