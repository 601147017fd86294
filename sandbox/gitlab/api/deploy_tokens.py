"""Deploy tokens: a user name and a secret for one project's repository."""

from __future__ import annotations

from sandbox.gitlab.access import MAINTAINER
from sandbox.gitlab.api import present
from sandbox.gitlab.api.errors import bad_request, invalid, not_found
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.store import Row
from sandbox.gitlab.tokens import DEPLOY_SCOPES


@route("GET", "/projects/:id/deploy_tokens", Parameter(name="active", kind="boolean"), paged=True)
async def index(call: Call) -> Answer:
    """List the deploy tokens of a project."""
    project = call.project(MAINTAINER)
    found = call.store.all(
        "SELECT * FROM deploy_tokens WHERE project_id = ? ORDER BY id", project["id"]
    )
    shown = [present.deploy_token(row) for row in found]
    if call.params.get("active") is not None:
        shown = [
            each
            for each in shown
            if call.params["active"] == (not each["revoked"] and not each["expired"])
        ]
    rows, headers = call.page(shown)
    return Answer(rows, headers=headers)


@route("GET", "/projects/:id/deploy_tokens/:token_id")
async def show(call: Call) -> Answer:
    """Get a deploy token without its secret."""
    return Answer(present.deploy_token(_find(call)))


@route(
    "POST",
    "/projects/:id/deploy_tokens",
    Parameter(name="name", required=True),
    Parameter(name="username", pattern=r"[A-Za-z0-9_.+-]+"),
    Parameter(name="expires_at", kind="date"),
    Parameter(name="scopes", kind="strings", required=True, values=DEPLOY_SCOPES),
)
async def create(call: Call) -> Answer:
    """Create a deploy token; the answer holds its secret."""
    project = call.project(MAINTAINER)
    given = call.params
    if not given["scopes"]:
        raise bad_request("scopes is empty")
    if (given.get("username") or "").startswith("gitlab+deploy-token"):
        raise invalid(username="can contain only letters, digits, '_', '-', '+', and '.'")
    number, secret = call.app.tokens.create_deploy(
        project["id"],
        given["name"],
        sorted(set(given["scopes"])),
        given.get("expires_at"),
        given.get("username"),
    )
    row = call.store.one("SELECT * FROM deploy_tokens WHERE id = ?", number)
    assert row is not None
    return Answer({**present.deploy_token(row), "token": secret}, 201)


@route("DELETE", "/projects/:id/deploy_tokens/:token_id")
async def delete(call: Call) -> Answer:
    """Revoke a deploy token."""
    call.store.run("DELETE FROM deploy_tokens WHERE id = ?", _find(call)["id"])
    return Answer(status=204)


def _find(call: Call) -> Row:
    row = call.store.one(
        "SELECT * FROM deploy_tokens WHERE id = ? AND project_id = ?",
        call.number("token_id"),
        call.project(MAINTAINER)["id"],
    )
    if row is None:
        raise not_found("Deploy Token")
    return row
