"""Several workers: as many runs at once, each with a sandbox and a share of the scenarios."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import IO

from sandbox.interrupts import ending


def run(command: Sequence[str], count: int, sandbox: str, build: Path) -> int:
    """Run `command` `count` times at once and put the results together; the worst exit code.

    A signal is passed on: each worker cleans up after itself, nobody leaves before they have.
    """
    folders = [build / "workers" / str(number) for number in range(1, count + 1)]
    workers: list[subprocess.Popen[str]] = []
    received: list[int] = []

    def pass_on(number: int, _frame: FrameType | None) -> None:
        received.append(number)
        for worker in workers:
            worker.send_signal(number)

    before = {number: signal.signal(number, pass_on) for number in ending()}
    try:
        for number, folder in enumerate(folders, 1):
            share = [f"--share={number}/{count}", f"--sandbox-name={sandbox}-{number}"]
            worker = subprocess.Popen(
                [*command, *share, f"--build={folder}"],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                process_group=0,  # Ctrl-C is ours to pass on: each has it once, wherever it is from
            )
            workers.append(worker)
            for early in received:
                worker.send_signal(early)
        codes = _wait(workers)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    complete = [folder for folder in folders if (folder / "results.json").exists()]
    if len(complete) < count:  # wrong input is found before results are begun
        return max(codes)
    merging = [sys.executable, "-m", "report", "merge", "--out", str(build), *map(str, complete)]
    return subprocess.run(merging).returncode


def _wait(workers: Sequence[subprocess.Popen[str]]) -> list[int]:
    tellers = [
        threading.Thread(target=_tell, args=(number, worker.stdout))
        for number, worker in enumerate(workers, 1)
    ]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join()
    return [worker.wait() for worker in workers]


def _tell(number: int, lines: IO[str] | None) -> None:
    assert lines is not None
    with lines:
        for line in lines:
            print(f"[{number}] {line}", end="", flush=True)
