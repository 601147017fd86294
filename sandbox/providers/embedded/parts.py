"""What the parts of an embedded cluster do, and what they have said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil

from sandbox.cluster.kubernetes import Object, field
from sandbox.errors import UsageError
from sandbox.providers import PartStatus


def status(children: list[dict[str, Any]]) -> list[PartStatus]:
    """Each process that the supervisor has started, and each controller of Flux."""
    return [*_processes(children), *_controllers(children)]


def _processes(children: list[dict[str, Any]]) -> list[PartStatus]:
    return [
        PartStatus(
            name=child["name"],
            state="running" if child["running"] else "exited",
            detail=f"pid {child['pid']}"
            if child["running"]
            else f"exit code {child['exit_code']}, log {child['log']}",
        )
        for child in children
    ]


def _controllers(children: list[dict[str, Any]]) -> list[PartStatus]:
    return [
        PartStatus(
            name=f"{child['name'].split('/', 1)[0]}/{process.name()}",
            state="running",
            detail=f"pid {process.pid}",
        )
        for child in children
        if child["running"] and child["name"].endswith("/kubelet")
        for process in psutil.Process(child["pid"]).children()
    ]


def logs(home: Path, part: str) -> str:
    """The log of one process of the cluster in a folder; an empty part lists what there is."""
    folder = home / "logs"
    files = {path.stem: [path] for path in folder.glob("*.log")}
    for own in folder.glob("*/"):  # a controller: a log for each run of each of its pods
        files[own.name] = sorted(own.glob("*.log"), key=lambda path: path.stat().st_mtime)
    known = sorted(files)
    if not part:
        return "\n".join(known) + "\n"
    if part not in known:
        raise UsageError(
            f"{home.name} has no part {part!r}", cure=f"one of: {', '.join(known) or 'none yet'}"
        )
    return "".join(path.read_text(errors="replace") for path in files[part])


def restarts(pods: list[Object]) -> list[str]:
    """Which containers of these pods were restarted, and how often, in words."""
    return [
        f"{pod['metadata']['name']} was restarted {each['restartCount']} times"
        for pod in pods
        for each in field(pod, "status", "containerStatuses", default=())
        if each["restartCount"]
    ]
