"""Statuses of commits, as CI servers and Flux's notification-controller set them."""

from __future__ import annotations

import re
from typing import Any

from sandbox.gitlab.access import DEVELOPER
from sandbox.gitlab.api import present
from sandbox.gitlab.api.commits import readable
from sandbox.gitlab.api.errors import ApiError, forbidden, invalid, not_found
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.revisions import resolve
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.store import Row, now

_HEADS = "refs/heads/"
_LONGEST = 255
_UNDERWAY = ("pending", "running")
_STATES = (*_UNDERWAY, "success", "failed", "canceled", "skipped")


@route(
    "GET",
    "/projects/:id/repository/commits/:sha/statuses",
    Parameter(name="ref"),
    Parameter(name="name"),
    Parameter(name="all", kind="boolean"),
    Parameter(name="pipeline_id", kind="integer"),
    Parameter(name="order_by", values=("id", "pipeline_id")),
    Parameter(name="sort", values=("asc", "desc")),
    public=True,
    paged=True,
)
async def index(call: Call) -> Answer:
    """List the statuses of a commit: the last of each name, or all that there were."""
    project = readable(call)
    given = call.params
    sha = await resolve(call, project, call.path["sha"])
    wanted = ["project_id = ?", "sha = ?"]
    values: list[Any] = [project["id"], sha]
    for name in ("ref", "name", "pipeline_id"):
        if given.get(name):
            wanted.append(f"{name} = ?")
            values.append(given[name])
    if not given.get("all"):
        wanted.append("NOT retried")
    sort = given.get("sort") or "asc"
    order = f"{given.get('order_by') or 'id'} {sort}, id {sort}"
    where = " AND ".join(wanted)
    sql = f"SELECT * FROM commit_statuses WHERE {where} ORDER BY {order}"
    rows, headers = call.page(call.store.all(sql, *values))
    return Answer([present.commit_status(call.app, row) for row in rows], headers=headers)


@route(
    "POST",
    "/projects/:id/statuses/:sha",
    Parameter(name="state", required=True, values=_STATES),
    Parameter(name="ref"),
    Parameter(name="name"),
    Parameter(name="context"),
    Parameter(name="target_url", limit=4096),
    Parameter(name="description", limit=4096),
)
async def create(call: Call) -> Answer:
    """Give a commit a status; one that is under way goes on, an ended one is followed by another.

    A status is known by its name. Without a ref it is that of a branch that holds the commit.
    """
    project = call.project(DEVELOPER)
    given = call.params
    _check(given)
    sha = await resolve(call, project, call.path["sha"])
    ref = call.ref = await _ref(call, project, sha, given.get("ref") or "")
    _let_in(call, project, ref)
    name = given.get("name") or given.get("context") or "default"
    state, at = given["state"], now()
    columns = {
        "state": state,
        **{key: given[key] for key in ("description", "target_url") if given.get(key)},
        **({} if state == "pending" else {"started_at": at}),
        **({} if state in _UNDERWAY else {"finished_at": at}),
    }
    with call.store.transaction():
        last = _last(call, project, sha, ref, name)
        if last is not None and last["state"] in _UNDERWAY:
            _refuse_way_back(last["state"], state)
            if last["started_at"]:
                columns.pop("started_at", None)
            number = last["id"]
            call.store.update("commit_statuses", number, **columns)
        else:
            if last is not None:
                call.store.update("commit_statuses", last["id"], retried=True)
            number = call.store.insert(
                "commit_statuses",
                project_id=project["id"],
                user_id=call.user["id"],
                sha=sha,
                ref=ref,
                name=name,
                pipeline_id=_pipeline(call, project, sha, ref),
                created_at=at,
                **columns,
            )
    row = call.store.one("SELECT * FROM commit_statuses WHERE id = ?", number)
    assert row is not None
    return Answer(present.commit_status(call.app, row), 201)


def _let_in(call: Call, project: Row, ref: str) -> None:
    """On a protected branch only who may push to it gives a status: GitLab's policy of pipelines.

    Raises ApiError.
    """
    rules = call.access.rules_of(call.actor, project, ref)
    if rules and not any(push for _, push, _ in rules):
        raise forbidden()


def _check(given: dict[str, Any]) -> None:
    for name in ("description", "target_url"):
        if len(given.get(name) or "") > _LONGEST:
            raise invalid(**{name: f"is too long (maximum is {_LONGEST} characters)"})
    url = given.get("target_url")
    if url and not re.fullmatch(r"https?://[\x21-\x7e]+", url):
        raise invalid(target_url="is blocked: Only allowed schemes are http, https")


async def _ref(call: Call, project: Row, sha: str, given: str) -> str:
    """The branch that the status is for. Raises ApiError where no branch holds the commit."""
    out = await call.app.repositories.run(
        project, "for-each-ref", "--format=%(refname)", f"--contains={sha}", _HEADS
    )
    holding = [line.removeprefix(_HEADS) for line in out.decode().splitlines()]
    if given:
        return given.removeprefix(_HEADS)
    if not holding:
        raise not_found("References for commit")
    default = project["default_branch"]
    return default if default in holding else holding[0]


def _last(call: Call, project: Row, sha: str, ref: str, name: str) -> Row | None:
    return call.store.one(
        "SELECT * FROM commit_statuses WHERE project_id = ? AND sha = ? AND ref = ? AND name = ?"
        " ORDER BY id DESC LIMIT 1",
        *(project["id"], sha, ref, name),
    )


def _refuse_way_back(last: str, state: str) -> None:
    """What runs does not wait again, and nothing begins twice. Raises ApiError."""
    if state not in _UNDERWAY or (last, state) == ("pending", "running"):
        return
    event = "enqueue" if state == "pending" else "run"
    why = f'Status cannot transition via "{event}"'
    text = f"Cannot transition status via :{event} from :{last} (Reason(s): {why})"
    raise ApiError(400, {"message": text})


def _pipeline(call: Call, project: Row, sha: str, ref: str) -> int:
    """GitLab gathers the statuses of a commit and a ref in one pipeline; here it is a number."""
    known = call.store.one(
        "SELECT pipeline_id FROM commit_statuses WHERE project_id = ? AND sha = ? AND ref = ?",
        *(project["id"], sha, ref),
    )
    if known is not None:
        return int(known["pipeline_id"])
    highest = call.store.one("SELECT coalesce(max(pipeline_id), 0) AS it FROM commit_statuses")
    assert highest is not None
    return int(highest["it"]) + 1
