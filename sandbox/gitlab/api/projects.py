"""Projects: each has one bare repository."""

from __future__ import annotations

import re
from typing import Any

from sandbox.gitlab.access import (
    DEVELOPER,
    MAINTAINER,
    NO_ACCESS,
    OWNER,
    PROJECTS,
)
from sandbox.gitlab.api import present
from sandbox.gitlab.api.errors import ApiError, forbidden, invalid, not_found
from sandbox.gitlab.api.groups import DESCRIPTION, VISIBILITY
from sandbox.gitlab.api.parameters import Parameter, good_path
from sandbox.gitlab.api.revisions import good_branch
from sandbox.gitlab.api.routing import Answer, Call, find_group, route
from sandbox.gitlab.store import Row, now

PROTECTIONS = {1: (30, False), 2: (40, False), 3: (40, False), 4: (40, False)}
"""default_branch_protection of a group → role that may push, force; 0 protects nothing."""


@route(
    "GET",
    "/projects",
    Parameter(name="search"),
    Parameter(name="membership", kind="boolean"),
    Parameter(name="owned", kind="boolean"),
    Parameter(name="visibility", values=("private", "internal", "public")),
    public=True,
    paged=True,
)
async def index(call: Call) -> Answer:
    """List the projects that the user sees."""
    given = call.params
    floor = OWNER if given.get("owned") else 1 if given.get("membership") else NO_ACCESS
    search = (given.get("search") or "").lower()
    rows = [
        row
        for row in call.store.all(f"{PROJECTS} ORDER BY p.id DESC")
        if call.access.sees(call.actor, row)
        and search in row["path"].lower()
        and given.get("visibility") in (None, row["visibility"])
        and call.access.level(call.actor.user, row) >= floor
    ]
    rows, headers = call.page(rows)
    return Answer([present.project(call.app, row) for row in rows], headers=headers)


@route("GET", "/projects/:id", public=True)
async def show(call: Call) -> Answer:
    """Get a project by number or path."""
    return await _shown(call, call.project())


async def _shown(call: Call, row: Row, status: int = 200) -> Answer:
    level = call.access.level(call.actor.user, row)
    permission = {"access_level": min(level, OWNER), "notification_level": 3} if level else None
    heads = await call.app.repositories.run(row, "for-each-ref", "--count=1", "refs/heads/")
    shown = present.project(call.app, row)
    shown |= {
        "empty_repo": not heads,
        "permissions": {"project_access": permission, "group_access": None},
    }
    return Answer(shown, status)


@route(
    "POST",
    "/projects",
    Parameter(name="name"),
    Parameter(name="path"),
    Parameter(name="namespace_id", kind="integer"),
    Parameter(name="default_branch"),
    Parameter(name="initialize_with_readme", kind="boolean"),
    DESCRIPTION,
    VISIBILITY,
)
async def create(call: Call) -> Answer:
    """Create a project, in the user's own namespace unless a group is named."""
    given = call.params
    namespace = _namespace(call, given.get("namespace_id"))
    name, path = _names(given)
    branch = given.get("default_branch") or "main"
    if not good_branch(branch):
        raise invalid(default_branch="is invalid")
    full_path = f"{namespace['full_path']}/{path}"
    if call.access.project(full_path) or find_group(call.store, full_path):
        raise ApiError(
            400, {"message": {"name": [TAKEN], "path": [TAKEN], "project_namespace.name": [TAKEN]}}
        )
    with call.store.transaction():
        number = call.store.insert(
            "projects",
            namespace_id=namespace["id"],
            name=name,
            path=path,
            description=given.get("description") or "",
            visibility=given.get("visibility") or "private",
            default_branch=branch,
            creator_id=call.user["id"],
            created_at=now(),
            last_activity_at=now(),
        )
        _first_access(call, namespace, number, branch)
        call.app.repositories.create(number, branch)
    row = call.store.one(f"{PROJECTS} WHERE p.id = ?", number)
    assert row is not None
    call.project_name = row["path_with_namespace"]
    if given.get("initialize_with_readme"):
        await _add_readme(call, row)
    return await _shown(call, row, 201)


TAKEN = "has already been taken"


def _namespace(call: Call, number: int | None) -> Row:
    if number is None:
        row = call.store.one("SELECT * FROM namespaces WHERE owner_id = ?", call.user["id"])
        assert row is not None
        return row
    row = call.store.one("SELECT * FROM namespaces WHERE id = ?", number)
    level = call.access.group_level(call.user, number) if row else NO_ACCESS
    if row is None or level == NO_ACCESS:
        raise not_found("Namespace")
    if level < DEVELOPER:
        raise forbidden()
    return row


def _names(given: dict[str, Any]) -> tuple[str, str]:
    name, path = given.get("name") or given.get("path"), given.get("path")
    if not name:
        raise ApiError(
            400, {"error": "name, path are missing, at least one parameter must be provided"}
        )
    if not re.match(r"[\w\U0001F300-\U0001FAFF]", name):
        raise invalid(name="must start with a letter, digit, emoji, or underscore")
    path = path or re.sub(r"[^A-Za-z0-9_.-]+", "-", name).strip("-")
    if not good_path(path):
        raise invalid(
            path="can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', "
            "end in '.git' or end in '.atom'"
        )
    return name, path


def _first_access(call: Call, namespace: Row, project_id: int, branch: str) -> None:
    level = call.access.group_level(call.user, namespace["id"])
    if namespace["kind"] == "group" and level < MAINTAINER:
        call.store.insert(
            "members",
            user_id=call.user["id"],
            project_id=project_id,
            access_level=MAINTAINER,
            created_at=now(),
        )
    rule = PROTECTIONS.get(namespace["default_branch_protection"])
    if rule is not None:
        call.store.insert(
            "protected_branches",
            project_id=project_id,
            name=branch,
            push_access_level=rule[0],
            merge_access_level=rule[0],
            allow_force_push=rule[1],
        )


async def _add_readme(call: Call, row: Row) -> None:
    from sandbox.gitlab.api.commits import commit_files

    await commit_files(
        call,
        row,
        row["default_branch"],
        "Initial commit",
        {"README.md": b"# %s\n" % row["name"].encode()},
    )


@route(
    "PUT",
    "/projects/:id",
    Parameter(name="name"),
    Parameter(name="default_branch"),
    DESCRIPTION,
    VISIBILITY,
)
async def update(call: Call) -> Answer:
    """Change a project."""
    row = call.project(MAINTAINER)
    changes = {name: value for name, value in call.params.items() if value is not None}
    if "name" in changes:
        _names({"name": changes["name"], "path": row["path"]})
    branch = changes.get("default_branch")
    if branch is not None and branch != row["default_branch"]:
        refs = await call.app.repositories.refs(row)
        if (refs and f"refs/heads/{branch}" not in refs) or not good_branch(branch):
            raise invalid(base="Could not change HEAD: branch does not exist")
        call.app.repositories.point_head(row["id"], branch)
    if changes:
        call.store.update("projects", row["id"], **changes)
    changed = call.store.one(f"{PROJECTS} WHERE p.id = ?", row["id"])
    if changed is None:
        raise not_found("Project")
    return await _shown(call, changed)


@route("DELETE", "/projects/:id")
async def delete(call: Call) -> Answer:
    """Delete a project and its repository."""
    row = call.project(OWNER)
    call.store.run("DELETE FROM projects WHERE id = ?", row["id"])
    call.app.repositories.remove(row["id"])
    return Answer({"message": "202 Accepted"}, 202)


@route(
    "POST",
    "/projects/:id/share",
    Parameter(name="group_id", kind="integer", required=True),
    Parameter(name="group_access", kind="integer", required=True, values=(10, 20, 30, 40, 50)),
    Parameter(name="expires_at", kind="date"),
)
async def share(call: Call) -> Answer:
    """Share a project with a group."""
    row = call.project(MAINTAINER)
    given = call.params
    group = find_group(call.store, str(given["group_id"]))
    if group is None or call.access.group_level(call.user, group["id"]) == NO_ACCESS:
        raise not_found("Group")
    if given["group_access"] > call.access.level(call.user, row):
        raise forbidden()
    known = call.store.one(
        "SELECT 1 FROM shares WHERE project_id = ? AND group_id = ?", row["id"], group["id"]
    )
    if known:
        raise ApiError(409, {"message": "Group already shared with this group"})
    number = call.store.insert(
        "shares",
        project_id=row["id"],
        group_id=group["id"],
        group_access=given["group_access"],
        expires_at=given.get("expires_at"),
    )
    return Answer(call.store.one("SELECT * FROM shares WHERE id = ?", number), 201)


@route("DELETE", "/projects/:id/share/:group_id")
async def unshare(call: Call) -> Answer:
    """Stop sharing a project with a group."""
    row = call.project(MAINTAINER)
    gone = call.store.run(
        "DELETE FROM shares WHERE project_id = ? AND group_id = ?",
        row["id"],
        call.number("group_id"),
    )
    if not gone:
        raise not_found("Group")
    return Answer(status=204)
