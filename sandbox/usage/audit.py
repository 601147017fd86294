"""Who asks an API server for what: read from its own audit log, which it keeps only on request.

The log costs the API server CPU itself, so it is there only while a run is profiled.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

ASKED = "PROOFBOOK_PROFILE"
"""Environment variable: where it is set, API servers keep an audit log and answer pprof."""
_POLICY, _LOG = "audit-policy.json", "audit.log"
_WATCHED = "ResponseStarted"
"""The stage of a request that goes on; only its begin counts."""
_TIMES = ("requestReceivedTimestamp", "stageTimestamp")


def flags(folder: Path) -> list[str]:
    """The flags of an API server whose cluster lies in `folder`."""
    if not os.environ.get(ASKED):
        return ["--profiling=false"]
    rule = {"level": "Metadata", "omitStages": ["RequestReceived"]}
    policy = {"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "rules": [rule]}
    (folder / _POLICY).write_text(json.dumps(policy))
    return [
        "--profiling=true",
        f"--audit-policy-file={folder / _POLICY}",
        f"--audit-log-path={folder / _LOG}",
    ]


@dataclass(frozen=True, order=True)
class Request:
    """One kind of request: who asks, to do what, with what."""

    client: str
    verb: str
    resource: str


@dataclass(frozen=True)
class Served:
    """How often a request came, and the seconds from its arrival to the end of its answer.

    In these it also waits for the store and for its turn: they are no CPU seconds.
    """

    count: int = 0
    seconds: float = 0.0

    def __add__(self, other: Served) -> Served:
        return Served(self.count + other.count, self.seconds + other.seconds)


class AuditLog:
    """The audit log of one cluster, read on from where it was read to."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _LOG
        self._read = 0

    def new(self) -> dict[Request, Served]:
        """What has come since the last look."""
        if not self._file.exists():
            return {}
        with self._file.open("rb") as log:
            log.seek(self._read)
            whole = log.read().rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        return count(whole.decode().splitlines())


def count(lines: Iterable[str]) -> dict[Request, Served]:
    """The requests in the lines of an audit log; a watch counts as it begins, and is not timed."""
    found: dict[Request, Served] = defaultdict(Served)
    for line in lines:
        event = json.loads(line)
        watch = event["verb"] == "watch"
        if (event["stage"] == _WATCHED) != watch:
            continue
        seconds = 0.0
        if not watch:
            began, ended = (datetime.fromisoformat(event[each]) for each in _TIMES)
            seconds = (ended - began).total_seconds()
        found[Request(client_of(event), event["verb"], _resource(event))] += Served(1, seconds)
    return dict(found)


def client_of(event: dict[str, object]) -> str:
    """The program that asked, as whom it did where that says more."""
    agent = str(event.get("userAgent", "")) or "nameless"
    user = event.get("user")
    name = str(user.get("username", "")) if isinstance(user, dict) else ""
    program = agent.split(" ", 1)[0].split("/", 1)[0]
    account = name.rpartition(":")[2]
    return program if account in ("", program) else f"{program} as {account}"


def _resource(event: dict[str, object]) -> str:
    about = event.get("objectRef")
    if not isinstance(about, dict):
        return str(event.get("requestURI", "")).partition("?")[0]
    parts = (about.get("resource", ""), about.get("subresource", ""))
    return "/".join(filter(None, parts))
