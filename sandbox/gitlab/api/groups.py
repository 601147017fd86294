"""Groups and sub-groups."""

from __future__ import annotations

from sandbox.gitlab.access import GUEST, MAINTAINER, NO_ACCESS, OWNER, PROJECTS
from sandbox.gitlab.api import present
from sandbox.gitlab.api.errors import ApiError, forbidden, invalid, not_found
from sandbox.gitlab.api.parameters import Parameter, good_path
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.store import now

VISIBILITY = Parameter(name="visibility", values=("private", "internal", "public"))
PROTECTION = Parameter(name="default_branch_protection", kind="integer", values=(0, 1, 2, 3, 4))
DESCRIPTION = Parameter(name="description", limit=500)


@route("GET", "/groups", Parameter(name="search"), paged=True)
async def index(call: Call) -> Answer:
    """List the groups that the user sees."""
    search = (call.params.get("search") or "").lower()
    rows = [
        row
        for row in call.store.all("SELECT * FROM namespaces WHERE kind = 'group' ORDER BY name, id")
        if search in row["full_path"].lower()
        and (
            row["visibility"] != "private"
            or call.access.group_level(call.user, row["id"]) > NO_ACCESS
        )
    ]
    rows, headers = call.page(rows)
    return Answer([present.group(call.app, row) for row in rows], headers=headers)


@route("GET", "/groups/:id", Parameter(name="with_projects", kind="boolean"))
async def show(call: Call) -> Answer:
    """Get a group by number or path."""
    row = call.group()
    return Answer({**present.group(call.app, row), "projects": [], "shared_with_groups": []})


@route(
    "POST",
    "/groups",
    Parameter(name="name", required=True),
    Parameter(name="path", required=True),
    Parameter(name="parent_id", kind="integer"),
    DESCRIPTION,
    VISIBILITY,
    PROTECTION,
)
async def create(call: Call) -> Answer:
    """Create a group; who creates it owns it."""
    given = call.params
    prefix = ""
    if given.get("parent_id") is not None:
        parent = call.store.one(
            "SELECT * FROM namespaces WHERE kind = 'group' AND id = ?", given["parent_id"]
        )
        level = call.access.group_level(call.user, parent["id"]) if parent else NO_ACCESS
        if parent is None or level < GUEST:
            raise not_found("Parent Group")
        if level < MAINTAINER:
            raise forbidden()
        prefix = f"{parent['full_path']}/"
    if not good_path(given["path"]):
        raise invalid(path="can contain only letters, digits, '_', '-' and '.'")
    full_path = prefix + given["path"]
    if call.store.one("SELECT 1 FROM namespaces WHERE full_path = ?", full_path) or (
        call.access.project(full_path)
    ):
        raise ApiError(400, {"message": 'Failed to save group {:path=>["has already been taken"]}'})
    with call.store.transaction():
        number = call.store.insert(
            "namespaces",
            kind="group",
            name=given["name"],
            path=given["path"],
            full_path=full_path,
            description=given.get("description") or "",
            visibility=given.get("visibility") or "private",
            default_branch_protection=_protection(given),
            parent_id=given.get("parent_id"),
            created_at=now(),
        )
        call.store.insert(
            "members",
            user_id=call.user["id"],
            namespace_id=number,
            access_level=OWNER,
            created_at=now(),
        )
    row = call.store.one("SELECT * FROM namespaces WHERE id = ?", number)
    assert row is not None
    return Answer(present.group(call.app, row), 201)


@route("PUT", "/groups/:id", Parameter(name="name"), DESCRIPTION, VISIBILITY, PROTECTION)
async def update(call: Call) -> Answer:
    """Change a group."""
    row = call.group(OWNER)
    changes = {name: value for name, value in call.params.items() if value is not None}
    if changes:
        call.store.update("namespaces", row["id"], **changes)
    changed = call.store.one("SELECT * FROM namespaces WHERE id = ?", row["id"])
    assert changed is not None
    return Answer(present.group(call.app, changed))


@route("DELETE", "/groups/:id")
async def delete(call: Call) -> Answer:
    """Delete a group with its sub-groups and projects."""
    row = call.group(OWNER)
    projects = call.store.all(
        f"{PROJECTS} WHERE n.id = ? OR substr(n.full_path, 1, ?) = ?",
        row["id"],
        len(row["full_path"]) + 1,
        f"{row['full_path']}/",
    )
    call.store.run("DELETE FROM namespaces WHERE id = ?", row["id"])
    for project in projects:
        call.app.repositories.remove(project["id"])
    return Answer({"message": "202 Accepted"}, 202)


@route("GET", "/groups/:id/subgroups", paged=True)
async def subgroups(call: Call) -> Answer:
    """List the groups in a group."""
    rows, headers = call.page(
        call.store.all(
            "SELECT * FROM namespaces WHERE kind = 'group' AND parent_id = ? ORDER BY name",
            call.group()["id"],
        )
    )
    return Answer([present.group(call.app, row) for row in rows], headers=headers)


@route("GET", "/groups/:id/projects", Parameter(name="search"), paged=True)
async def projects(call: Call) -> Answer:
    """List the projects of a group that the user sees."""
    search = (call.params.get("search") or "").lower()
    found = call.store.all(f"{PROJECTS} WHERE n.id = ? ORDER BY p.id DESC", call.group()["id"])
    seen = [
        row for row in found if search in row["path"].lower() and call.access.sees(call.actor, row)
    ]
    rows, headers = call.page(seen)
    return Answer([present.project(call.app, row) for row in rows], headers=headers)


def _protection(given: dict[str, object]) -> object:
    level = given.get("default_branch_protection")
    return 2 if level is None else level
