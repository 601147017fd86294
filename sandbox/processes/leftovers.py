"""Processes that a killed run left: found by the mark in their environment, nobody else's."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psutil

from sandbox.errors import SandboxError
from sandbox.processes.supervisor import TAG

_END_LIMIT_S = 20


def marked(folder: Path) -> list[psutil.Process]:
    """The processes of this user that carry the mark of the sandbox in `folder`."""
    found = []
    for process in psutil.process_iter():
        # Other users' processes do not show their environment; a process may end meanwhile.
        with contextlib.suppress(psutil.AccessDenied, psutil.NoSuchProcess, psutil.ZombieProcess):
            if process.environ().get(TAG) == str(folder):
                found.append(process)
    return found


def end_all(folder: Path) -> None:
    """Kill what carries the mark and wait until it is gone."""
    found = marked(folder)
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended between the look and the kill
            process.kill()
    _, alive = psutil.wait_procs(found, timeout=_END_LIMIT_S)
    if alive:
        raise SandboxError(
            f"processes {[each.pid for each in alive]} do not end",
            cure="look at them with `ps`; the sandbox's folder stays until they are gone",
        )
