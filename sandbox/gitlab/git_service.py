"""What both ways to Git share: may this actor, which push rules, what happened."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sandbox.gitlab.access import Actor
from sandbox.gitlab.app import App
from sandbox.gitlab.repositories import RefChange
from sandbox.gitlab.store import Row, now

_PROTOCOL = re.compile(r"version=[0-2](:[a-z0-9=-]{1,40}){0,4}")


@dataclass(frozen=True)
class Peer:
    """Who is at the other end: its address, and the program that it says it is."""

    address: str
    client: str

    @classmethod
    def of(cls, address: str, client: str | None) -> Peer:
        """What a client says of itself is cut at 80 characters."""
        return cls(address, (client or "")[:80])


@dataclass
class Session:
    """One fetch or push; `environment` is for the git program that serves it."""

    environment: dict[str, str]
    result: str = "ok"
    changes: list[RefChange] = field(default_factory=list)


@asynccontextmanager
async def session(
    app: App,
    actor: Actor,
    project: Row,
    *,
    push: bool,
    transport: str,
    peer: Peer,
    protocol: str | None,
) -> AsyncIterator[Session]:
    """Prepare a fetch or push; afterwards note it in the log and deliver hooks."""
    more: Mapping[str, str] = {}
    if protocol and _PROTOCOL.fullmatch(protocol):
        more = {"GIT_PROTOCOL": protocol}
    if not push:
        current = Session(app.repositories.environment(more))
        try:
            yield current
        finally:
            _note(app, actor, project, current, f"{transport} fetch", peer)
        return
    environment, report = app.repositories.push_environment(
        project, app.access.push_rules(actor, project)
    )
    current = Session({**environment, **more})
    try:
        yield current
    finally:
        current.changes = report.read()
        report.discard()
        _finish_push(app, actor, project, current)
        _note(app, actor, project, current, f"{transport} push", peer)


def _finish_push(app: App, actor: Actor, project: Row, current: Session) -> None:
    moved = [change for change in current.changes if change.moved]
    if not moved or app.store.one("SELECT 1 FROM projects WHERE id = ?", project["id"]) is None:
        return
    app.store.update("projects", project["id"], last_activity_at=now())
    first = next((each.ref for each in moved if each.ref.startswith("refs/heads/")), None)
    if first and not app.repositories.has_branch(project["id"], project["default_branch"]):
        # The first branch of an empty project becomes its default one.
        branch = first.removeprefix("refs/heads/")
        app.repositories.point_head(project["id"], branch)
        app.store.update("projects", project["id"], default_branch=branch)
    app.push_hooks.pushed(project, actor.user, moved)


def _note(
    app: App, actor: Actor, project: Row, current: Session, operation: str, peer: Peer
) -> None:
    refs: list[RefChange | None] = [*current.changes] or [None]
    for change in refs:
        result = current.result
        if change is not None and not change.moved and result == "ok":
            result = "refused by the repository's rules"
        more = {"old": change.old, "new": change.new} if change else {}
        app.journal.write(
            actor=actor.name,
            via=actor.via,
            operation=operation,
            project=project["path_with_namespace"],
            ref=change.ref if change else "",
            result=result,
            address=peer.address,
            client=peer.client,
            **more,
        )


def refused(
    app: App, actor: Actor, full_path: str, operation: str, result: str, peer: Peer
) -> None:
    """Note a fetch or push that did not come to git."""
    app.journal.write(
        actor=actor.name,
        via=actor.via,
        operation=operation,
        project=full_path[:300],
        result=result,
        address=peer.address,
        client=peer.client,
    )
