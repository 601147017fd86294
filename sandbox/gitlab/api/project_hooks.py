"""Push hooks of projects."""

from __future__ import annotations

import re

from sandbox.gitlab.access import MAINTAINER
from sandbox.gitlab.api import present
from sandbox.gitlab.api.errors import ApiError, not_found
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.push_hooks import good_url
from sandbox.gitlab.store import Row, now

FIELDS = (
    Parameter(name="token", limit=1000, pattern=r"[\x21-\x7e]*"),
    Parameter(name="push_events", kind="boolean"),
    Parameter(name="push_events_branch_filter"),
    Parameter(name="enable_ssl_verification", kind="boolean"),
)


@route("GET", "/projects/:id/hooks", paged=True)
async def index(call: Call) -> Answer:
    """List the hooks of a project."""
    project = call.project(MAINTAINER)
    found = call.store.all("SELECT * FROM hooks WHERE project_id = ? ORDER BY id", project["id"])
    rows, headers = call.page(found)
    return Answer([present.hook(row) for row in rows], headers=headers)


@route("GET", "/projects/:id/hooks/:hook_id")
async def show(call: Call) -> Answer:
    """Get a hook of a project."""
    return Answer(present.hook(_find(call)))


@route("POST", "/projects/:id/hooks", Parameter(name="url", required=True, limit=2048), *FIELDS)
async def create(call: Call) -> Answer:
    """Add a hook; its token goes out with each delivery and is never shown again."""
    project = call.project(MAINTAINER)
    given = {name: value for name, value in call.params.items() if value is not None}
    _check(given["url"])
    number = call.store.insert(
        "hooks",
        **{
            "push_events": True,
            "enable_ssl_verification": True,
            **given,
            "project_id": project["id"],
            "created_at": now(),
        },
    )
    row = call.store.one("SELECT * FROM hooks WHERE id = ?", number)
    assert row is not None
    return Answer(present.hook(row), 201)


@route(
    "PUT", "/projects/:id/hooks/:hook_id", Parameter(name="url", required=True, limit=2048), *FIELDS
)
async def update(call: Call) -> Answer:
    """Change a hook."""
    row = _find(call)
    given = {name: value for name, value in call.params.items() if value is not None}
    _check(given["url"])
    call.store.update("hooks", row["id"], **given)
    return Answer(present.hook({**row, **given}))


@route("DELETE", "/projects/:id/hooks/:hook_id")
async def delete(call: Call) -> Answer:
    """Remove a hook."""
    call.store.run("DELETE FROM hooks WHERE id = ?", _find(call)["id"])
    return Answer(status=204)


@route("POST", "/projects/:id/hooks/:hook_id/test/:trigger")
async def test(call: Call) -> Answer:
    """Send the hook the last push again."""
    row = _find(call)
    if call.path["trigger"] != "push_events":
        raise ApiError(400, {"error": "trigger does not have a valid value"})
    project = call.project(MAINTAINER)
    if not await call.app.push_hooks.test(row, project, call.user):
        raise ApiError(422, {"message": "Ensure the project has at least one commit."})
    return Answer({"message": "201 Created"}, 201)


def _check(url: str) -> None:
    if not good_url(url) or not re.fullmatch(r"[\x21-\x7e]+", url):
        raise ApiError(422, {"error": "Invalid url given"})


def _find(call: Call) -> Row:
    row = call.store.one(
        "SELECT * FROM hooks WHERE id = ? AND project_id = ?",
        call.number("hook_id"),
        call.project(MAINTAINER)["id"],
    )
    if row is None:
        raise not_found("Hook")
    return row
