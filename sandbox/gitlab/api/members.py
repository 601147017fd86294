"""Members of groups and projects."""

from __future__ import annotations

from sandbox.gitlab.access import MAINTAINER, OWNER
from sandbox.gitlab.api import present
from sandbox.gitlab.api.errors import ApiError, forbidden, not_found
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.store import Row, now

LEVEL = Parameter(name="access_level", kind="integer", required=True, values=(10, 20, 30, 40, 50))
EXPIRES = Parameter(name="expires_at", kind="date")


@route("GET", "/groups/:id/members", paged=True)
async def of_group(call: Call) -> Answer:
    """List the direct members of a group."""
    return _list(call, "namespace_id", call.group()["id"])


@route("GET", "/projects/:id/members", paged=True)
async def of_project(call: Call) -> Answer:
    """List the direct members of a project."""
    return _list(call, "project_id", call.project()["id"])


@route("GET", "/projects/:id/members/all", paged=True)
async def all_of_project(call: Call) -> Answer:
    """List the members of a project and of the groups around it, each with the highest role."""
    project = call.project()
    return _paged(call, _inherited(call, project["namespace_id"], project["id"]))


@route("GET", "/groups/:id/members/all", paged=True)
async def all_of_group(call: Call) -> Answer:
    """List the members of a group and of the groups around it, each with the highest role."""
    return _paged(call, _inherited(call, call.group()["id"], 0))


@route("GET", "/groups/:id/members/:user_id")
async def show_of_group(call: Call) -> Answer:
    """Get a direct member of a group."""
    return Answer(present.member(call.app, _find(call, "namespace_id", call.group()["id"])))


@route("GET", "/projects/:id/members/:user_id")
async def show_of_project(call: Call) -> Answer:
    """Get a direct member of a project."""
    return Answer(present.member(call.app, _find(call, "project_id", call.project()["id"])))


@route(
    "POST",
    "/groups/:id/members",
    Parameter(name="user_id", kind="integer", required=True),
    LEVEL,
    EXPIRES,
)
async def add_to_group(call: Call) -> Answer:
    """Add a member to a group."""
    return _add(call, "namespace_id", call.group(OWNER)["id"])


@route(
    "POST",
    "/projects/:id/members",
    Parameter(name="user_id", kind="integer", required=True),
    LEVEL,
    EXPIRES,
)
async def add_to_project(call: Call) -> Answer:
    """Add a member to a project."""
    project = call.project(MAINTAINER)
    if call.params["access_level"] > call.access.level(call.user, project):
        raise forbidden()
    return _add(call, "project_id", project["id"])


@route("PUT", "/groups/:id/members/:user_id", LEVEL, EXPIRES)
async def change_in_group(call: Call) -> Answer:
    """Change a member's role in a group."""
    return _change(call, _find(call, "namespace_id", call.group(OWNER)["id"]))


@route("PUT", "/projects/:id/members/:user_id", LEVEL, EXPIRES)
async def change_in_project(call: Call) -> Answer:
    """Change a member's role in a project."""
    project = call.project(MAINTAINER)
    if call.params["access_level"] > call.access.level(call.user, project):
        raise forbidden()
    return _change(call, _find(call, "project_id", project["id"]))


@route("DELETE", "/groups/:id/members/:user_id")
async def remove_from_group(call: Call) -> Answer:
    """Remove a member from a group."""
    return _remove(call, _find(call, "namespace_id", call.group(OWNER)["id"]))


@route("DELETE", "/projects/:id/members/:user_id")
async def remove_from_project(call: Call) -> Answer:
    """Remove a member from a project."""
    return _remove(call, _find(call, "project_id", call.project(MAINTAINER)["id"]))


def _list(call: Call, column: str, number: int) -> Answer:
    return _paged(
        call, call.store.all(f"SELECT * FROM members WHERE {column} = ? ORDER BY id", number)
    )


def _paged(call: Call, found: list[Row]) -> Answer:
    rows, headers = call.page(found)
    return Answer([present.member(call.app, row) for row in rows], headers=headers)


def _inherited(call: Call, namespace_id: int, project_id: int) -> list[Row]:
    found = call.store.all(
        "WITH RECURSIVE up (id, parent_id) AS ("
        " SELECT id, parent_id FROM namespaces WHERE id = ? UNION ALL"
        " SELECT n.id, n.parent_id FROM namespaces n JOIN up ON n.id = up.parent_id)"
        " SELECT * FROM members WHERE project_id = ? OR namespace_id IN (SELECT id FROM up)"
        " ORDER BY access_level, id",
        namespace_id,
        project_id,
    )
    highest = {row["user_id"]: row for row in found}
    return sorted(highest.values(), key=lambda row: int(row["user_id"]))


def _find(call: Call, column: str, number: int) -> Row:
    row = call.store.one(
        f"SELECT * FROM members WHERE {column} = ? AND user_id = ?", number, call.number("user_id")
    )
    if row is None:
        raise not_found("Member")
    return row


def _add(call: Call, column: str, number: int) -> Answer:
    given = call.params
    if call.store.one("SELECT 1 FROM users WHERE id = ?", given["user_id"]) is None:
        raise not_found("User")
    known = f"SELECT 1 FROM members WHERE {column} = ? AND user_id = ?"
    if call.store.one(known, number, given["user_id"]):
        raise ApiError(409, {"message": "Member already exists"})
    added = call.store.insert(
        "members",
        **{column: number},
        user_id=given["user_id"],
        access_level=given["access_level"],
        expires_at=given.get("expires_at"),
        created_at=now(),
    )
    row = call.store.one("SELECT * FROM members WHERE id = ?", added)
    assert row is not None
    return Answer(present.member(call.app, row), 201)


def _change(call: Call, row: Row) -> Answer:
    call.store.update("members", row["id"], **call.params)
    return Answer(present.member(call.app, {**row, **call.params}))


def _remove(call: Call, row: Row) -> Answer:
    call.store.run("DELETE FROM members WHERE id = ?", row["id"])
    return Answer(status=204)
