"""Deploy keys: one key may serve several projects, each with its own right to push."""

from __future__ import annotations

from sandbox.gitlab.access import MAINTAINER
from sandbox.gitlab.api import present
from sandbox.gitlab.api.errors import invalid, not_found
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.api.users import KEY, TITLE, parsed_key
from sandbox.gitlab.store import Row, now

CAN_PUSH = Parameter(name="can_push", kind="boolean")
KEYS = "SELECT k.*, d.can_push, d.project_id FROM keys k JOIN deploy_keys d ON d.key_id = k.id"


@route("GET", "/projects/:id/deploy_keys", paged=True)
async def index(call: Call) -> Answer:
    """List the deploy keys of a project."""
    project = call.project(MAINTAINER)
    found = call.store.all(f"{KEYS} WHERE d.project_id = ? ORDER BY k.id", project["id"])
    rows, headers = call.page(found)
    return Answer([present.deploy_key(row) for row in rows], headers=headers)


@route("GET", "/projects/:id/deploy_keys/:key_id")
async def show(call: Call) -> Answer:
    """Get a deploy key of a project."""
    return Answer(present.deploy_key(_find(call, call.project(MAINTAINER))))


@route(
    "POST",
    "/projects/:id/deploy_keys",
    TITLE,
    KEY,
    CAN_PUSH,
    Parameter(name="expires_at", kind="date"),
)
async def create(call: Call) -> Answer:
    """Add a deploy key.

    A key that the project has already comes back as it is, with its old title; one that another
    project of the user has is joined; one that belongs to someone is refused.
    """
    project = call.project(MAINTAINER)
    given = call.params
    key = parsed_key(given["key"])
    known = call.store.one("SELECT * FROM keys WHERE fingerprint = ?", key.fingerprint)
    with call.store.transaction():
        if known is None:
            number = call.store.insert(
                "keys",
                title=given["title"],
                key=key.line,
                fingerprint=key.fingerprint,
                expires_at=given.get("expires_at"),
                created_at=now(),
            )
            _link(call, number, project["id"], bool(given.get("can_push")))
        else:
            number = known["id"]
            if not _linked(call, number, project["id"]):
                if not _visible(call, known):
                    raise invalid(**{"deploy_key.fingerprint_sha256": "has already been taken"})
                _link(call, number, project["id"], bool(given.get("can_push")))
    row = call.store.one(f"{KEYS} WHERE k.id = ? AND d.project_id = ?", number, project["id"])
    assert row is not None
    return Answer(present.deploy_key(row), 201)


@route("PUT", "/projects/:id/deploy_keys/:key_id", Parameter(name="title"), CAN_PUSH)
async def update(call: Call) -> Answer:
    """Change a deploy key's title or its right to push."""
    project = call.project(MAINTAINER)
    row = _find(call, project)
    given = call.params
    with call.store.transaction():
        if given.get("title"):
            call.store.update("keys", row["id"], title=given["title"])
        if given.get("can_push") is not None:
            call.store.run(
                "UPDATE deploy_keys SET can_push = ? WHERE key_id = ? AND project_id = ?",
                given["can_push"],
                row["id"],
                project["id"],
            )
    return Answer(present.deploy_key(_find(call, project)))


@route("POST", "/projects/:id/deploy_keys/:key_id/enable")
async def enable(call: Call) -> Answer:
    """Let a deploy key of another project read this one too."""
    project = call.project(MAINTAINER)
    number = call.number("key_id")
    known = call.store.one("SELECT * FROM keys WHERE id = ? AND user_id IS NULL", number)
    if known is None or not _visible(call, known):
        raise not_found("Deploy Key")
    if not _linked(call, number, project["id"]):
        _link(call, number, project["id"], False)
    return Answer(present.deploy_key(_find(call, project)), 201)


@route("DELETE", "/projects/:id/deploy_keys/:key_id")
async def delete(call: Call) -> Answer:
    """Remove a deploy key from a project; the last project takes the key with it."""
    project = call.project(MAINTAINER)
    row = _find(call, project)
    call.store.run(
        "DELETE FROM deploy_keys WHERE key_id = ? AND project_id = ?", row["id"], project["id"]
    )
    return Answer(status=204)


def _find(call: Call, project: Row) -> Row:
    row = call.store.one(
        f"{KEYS} WHERE k.id = ? AND d.project_id = ?", call.number("key_id"), project["id"]
    )
    if row is None:
        raise not_found("Deploy Key")
    return row


def _linked(call: Call, key_id: int, project_id: int) -> bool:
    sql = "SELECT 1 FROM deploy_keys WHERE key_id = ? AND project_id = ?"
    return call.store.one(sql, key_id, project_id) is not None


def _link(call: Call, key_id: int, project_id: int, can_push: bool) -> None:
    call.store.insert("deploy_keys", key_id=key_id, project_id=project_id, can_push=can_push)


def _visible(call: Call, key: Row) -> bool:
    """Whether the user maintains a project that has the key."""
    if key["user_id"] is not None:
        return False
    links = call.store.all(
        "SELECT p.* FROM projects p JOIN deploy_keys d ON d.project_id = p.id WHERE d.key_id = ?",
        key["id"],
    )
    return any(call.access.level(call.user, project) >= MAINTAINER for project in links)
