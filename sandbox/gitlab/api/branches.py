"""Branches of a project."""

from __future__ import annotations

from typing import Any

from sandbox.gitlab.access import DENIED_PUSH, DEVELOPER
from sandbox.gitlab.api.commits import one_commit, readable
from sandbox.gitlab.api.errors import ApiError, not_found
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.revisions import good_branch, resolve
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.repositories import ZERO, GitFailed
from sandbox.gitlab.store import Row

HEADS = "refs/heads/"


@route(
    "GET", "/projects/:id/repository/branches", Parameter(name="search"), public=True, paged=True
)
async def index(call: Call) -> Answer:
    """List the branches of a project."""
    project = readable(call)
    refs = await call.app.repositories.refs(project)
    search = call.params.get("search") or ""
    names = sorted(
        ref.removeprefix(HEADS) for ref in refs if ref.startswith(HEADS) and search in ref
    )
    shown, headers = call.page(names)
    return Answer(
        [await _branch(call, project, name, refs[HEADS + name]) for name in shown], headers=headers
    )


@route("GET", "/projects/:id/repository/branches/:branch", public=True)
async def show(call: Call) -> Answer:
    """Get a branch."""
    project = readable(call)
    name = call.path["branch"]
    refs = await call.app.repositories.refs(project)
    if HEADS + name not in refs:
        raise not_found("Branch")
    return Answer(await _branch(call, project, name, refs[HEADS + name]))


@route(
    "POST",
    "/projects/:id/repository/branches",
    Parameter(name="branch", required=True),
    Parameter(name="ref", required=True),
)
async def create(call: Call) -> Answer:
    """Create a branch from a branch, tag or commit."""
    project = _pushable(call, call.params["branch"])
    name = call.ref = call.params["branch"]
    if not good_branch(name):
        raise ApiError(400, {"message": "Branch name is invalid"})
    try:
        sha = await resolve(call, project, call.params["ref"])
    except ApiError:
        raise ApiError(400, {"message": f"Invalid reference name: {call.params['ref']}"}) from None
    try:
        await call.app.repositories.run(project, "update-ref", HEADS + name, sha, ZERO)
    except GitFailed:
        raise ApiError(400, {"message": "Branch already exists"}) from None
    return Answer(await _branch(call, project, name, sha), 201)


@route("DELETE", "/projects/:id/repository/branches/:branch")
async def delete(call: Call) -> Answer:
    """Delete a branch; protected ones and the default branch stay."""
    project = call.project(DEVELOPER)
    name = call.ref = call.path["branch"]
    refs = await call.app.repositories.refs(project)
    if HEADS + name not in refs:
        raise not_found("Branch")
    if name == project["default_branch"]:
        raise ApiError(403, {"message": "The default branch of a project cannot be deleted."})
    if call.access.rules_of(call.actor, project, name):
        raise ApiError(403, {"message": "Protected branch can't be removed"})
    await call.app.repositories.run(project, "update-ref", "-d", HEADS + name, refs[HEADS + name])
    return Answer(status=204)


def _pushable(call: Call, branch: str) -> Row:
    project = call.project(DEVELOPER)
    rules = call.access.rules_of(call.actor, project, branch)
    if rules and not any(push for _, push, _ in rules):
        raise ApiError(403, {"message": DENIED_PUSH})
    return project


async def _branch(call: Call, project: Row, name: str, sha: str) -> dict[str, Any]:
    rules = call.access.rules_of(call.actor, project, name)
    level = call.access.level(call.actor.user, project)
    can_push = any(push for _, push, _ in rules) if rules else level >= DEVELOPER
    return {
        "name": name,
        "commit": await one_commit(call, project, sha),
        "merged": False,
        "protected": bool(rules),
        "developers_can_push": not rules,
        "developers_can_merge": not rules,
        "can_push": can_push,
        "default": name == project["default_branch"],
        "web_url": f"{call.app.endpoints.url}/{project['path_with_namespace']}/-/tree/{name}",
    }
