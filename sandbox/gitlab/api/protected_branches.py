"""Protected branches: who may push, and whether anyone may force."""

from __future__ import annotations

from sandbox.gitlab.access import DEVELOPER, MAINTAINER
from sandbox.gitlab.api import present
from sandbox.gitlab.api.errors import ApiError, bad_request, not_found
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.revisions import good_pattern
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.store import Row

LEVELS = (0, 30, 40, 60)


@route("GET", "/projects/:id/protected_branches", Parameter(name="search"), paged=True)
async def index(call: Call) -> Answer:
    """List the protected branches of a project."""
    project = call.project(DEVELOPER)
    found = call.store.all(
        "SELECT * FROM protected_branches WHERE project_id = ? AND instr(name, ?) ORDER BY id",
        project["id"],
        call.params.get("search") or "",
    )
    rows, headers = call.page(found)
    return Answer([present.protected_branch(row) for row in rows], headers=headers)


@route("GET", "/projects/:id/protected_branches/:name")
async def show(call: Call) -> Answer:
    """Get a protected branch."""
    return Answer(present.protected_branch(_find(call, call.project(DEVELOPER))))


@route(
    "POST",
    "/projects/:id/protected_branches",
    Parameter(name="name", required=True),
    Parameter(name="push_access_level", kind="integer", values=LEVELS),
    Parameter(name="merge_access_level", kind="integer", values=LEVELS),
    Parameter(name="allow_force_push", kind="boolean"),
)
async def create(call: Call) -> Answer:
    """Protect a branch, or all that fit a name with stars; maintainers may push by default."""
    project = call.project(MAINTAINER)
    given = call.params
    if not good_pattern(given["name"]):
        raise bad_request("name is invalid")
    known = "SELECT 1 FROM protected_branches WHERE project_id = ? AND name = ?"
    if call.store.one(known, project["id"], given["name"]):
        raise ApiError(409, {"message": f"Protected branch '{given['name']}' already exists"})
    number = call.store.insert(
        "protected_branches",
        project_id=project["id"],
        name=given["name"],
        push_access_level=_level(given.get("push_access_level")),
        merge_access_level=_level(given.get("merge_access_level")),
        allow_force_push=bool(given.get("allow_force_push")),
    )
    row = call.store.one("SELECT * FROM protected_branches WHERE id = ?", number)
    assert row is not None
    return Answer(present.protected_branch(row), 201)


@route(
    "PATCH",
    "/projects/:id/protected_branches/:name",
    Parameter(name="allow_force_push", kind="boolean"),
)
async def update(call: Call) -> Answer:
    """Change whether a protected branch may be forced."""
    row = _find(call, call.project(MAINTAINER))
    allowed = call.params.get("allow_force_push")
    if allowed is not None:
        call.store.update("protected_branches", row["id"], allow_force_push=allowed)
        row["allow_force_push"] = allowed
    return Answer(present.protected_branch(row))


@route("DELETE", "/projects/:id/protected_branches/:name")
async def delete(call: Call) -> Answer:
    """Stop protecting a branch."""
    row = _find(call, call.project(MAINTAINER))
    call.store.run("DELETE FROM protected_branches WHERE id = ?", row["id"])
    return Answer(status=204)


def _level(given: int | None) -> int:
    return MAINTAINER if given is None else given


def _find(call: Call, project: Row) -> Row:
    row = call.store.one(
        "SELECT * FROM protected_branches WHERE project_id = ? AND name = ?",
        project["id"],
        call.path["name"],
    )
    if row is None:
        raise not_found("Protected Branch")
    return row
