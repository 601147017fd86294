"""One request of the API: recognise who asks, check scope and parameters, run the handler."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sandbox.gitlab.access import NOBODY, Actor, InvalidToken
from sandbox.gitlab.api import (  # noqa: F401 (each module registers its routes)
    branches,
    commit_statuses,
    commits,
    deploy_keys,
    deploy_tokens,
    groups,
    members,
    openapi,
    personal_access_tokens,
    project_hooks,
    projects,
    protected_branches,
    repository,
    users,
)
from sandbox.gitlab.api.errors import (
    ApiError,
    bad_request,
    insufficient_scope,
    invalid_token,
    unauthorized,
)
from sandbox.gitlab.api.parameters import check
from sandbox.gitlab.api.routing import Answer, Call, find, split

if TYPE_CHECKING:
    from sandbox.gitlab.app import App

PREFIX = "/api/v4"
MAX_BODY = 1024 * 1024
"""Bytes of a request's body."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as it came in."""

    method: str
    raw_path: str
    """The path as on the request line, without the query, PREFIX cut off."""
    query: str = ""
    content_type: str = ""
    body: bytes = b""
    private_token: str | None = None
    authorization: str | None = None
    address: str = ""


async def dispatch(app: App, asked: Asked, owner: Actor | None = None) -> Answer:
    """Answer a request; every refusal is an Answer too. `owner` is trusted without a token."""
    call = Call(app=app, actor=NOBODY, path={}, params={}, address=asked.address)
    operation = f"{asked.method} {asked.raw_path}"
    try:
        if owner is not None:
            call.actor = owner
        else:
            call.actor = _recognise(app, asked)
        found, call.path = find(asked.method, split(asked.raw_path))
        operation = f"{found.method} {found.path}"
        if call.actor == NOBODY and not found.public:
            raise unauthorized()
        known = owner is None and call.actor != NOBODY
        if known and found.scopes and not call.actor.scopes & found.scopes:
            raise insufficient_scope(found.scopes)
        call.target = PREFIX + asked.raw_path
        call.params = check(found.parameters, _given(asked))
        if call.actor == NOBODY and ":id" in found.path:
            _refuse_private(call)
        answer = await found.handler(call)
    except ApiError as error:
        answer = Answer(error.body, error.status, error.headers)
    app.journal.write(
        actor=call.actor.name,
        via=call.actor.via,
        operation=f"API {operation}"[:300],
        project=call.project_name,
        ref=call.ref,
        result=str(answer.status),
        address=asked.address,
    )
    return answer


def _recognise(app: App, asked: Asked) -> Actor:
    secret = asked.private_token
    if secret is None and asked.authorization is not None:
        kind, _, secret = asked.authorization.partition(" ")
        if kind.lower() != "bearer":
            raise unauthorized()
    if secret is None:
        return NOBODY
    try:
        return app.access.by_token(secret.strip())
    except InvalidToken as bad:
        raise invalid_token(bad.description) from None


def _refuse_private(call: Call) -> None:
    # GitLab hides a private project from nobody with 404; here nobody is always told to say who
    # they are, unless the project is public.
    try:
        call.project()
    except ApiError:
        raise unauthorized() from None


def _given(asked: Asked) -> dict[str, Any]:
    given = _form(asked.query)
    if asked.body and asked.method not in ("GET", "HEAD"):
        kind = asked.content_type.partition(";")[0].strip().lower()
        if kind in ("", "application/json"):
            given |= _json(asked.body)
        elif kind == "application/x-www-form-urlencoded":
            given |= _form(asked.body.decode("utf-8", "replace"))
        else:
            raise ApiError(
                415, {"error": f"The provided content-type '{kind[:100]}' is not supported."}
            )
    return given


def _json(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("message body does not match declared format") from None
    if not isinstance(given, dict):
        raise bad_request("message body does not match declared format")
    return given


def _form(text: str) -> dict[str, Any]:
    given: dict[str, Any] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        raise bad_request("too many parameters") from None
    for name, value in pairs:
        if name.endswith("[]"):
            given.setdefault(name[:-2], [])
            if isinstance(given[name[:-2]], list):
                given[name[:-2]].append(value)
        else:
            given[name] = value
    return given
