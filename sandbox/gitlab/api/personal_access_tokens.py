"""Personal access tokens: the secret is in the answer that creates one, and nowhere else."""

from __future__ import annotations

from datetime import date, timedelta

from sandbox.gitlab.api import present
from sandbox.gitlab.api.errors import ApiError, bad_request, not_found
from sandbox.gitlab.api.parameters import Parameter
from sandbox.gitlab.api.routing import ANY, Answer, Call, route
from sandbox.gitlab.store import Row, today
from sandbox.gitlab.tokens import SCOPES, expired

LONGEST_DAYS = 400
"""GitLab's limit for the life of a token."""


@route(
    "GET",
    "/personal_access_tokens",
    Parameter(name="user_id", kind="integer"),
    Parameter(name="revoked", kind="boolean"),
    Parameter(name="state", values=("active", "inactive")),
    Parameter(name="search"),
    paged=True,
)
async def index(call: Call) -> Answer:
    """List one's own tokens; an administrator's list holds everyone's."""
    given = call.params
    user_id = given.get("user_id")
    if not call.user["admin"]:
        if user_id not in (None, call.user["id"]):
            raise ApiError(401, {"message": "401 Unauthorized"})
        user_id = call.user["id"]
    rows = [
        row
        for row in call.store.all("SELECT * FROM tokens ORDER BY id")
        if user_id in (None, row["user_id"])
        and given.get("revoked") in (None, bool(row["revoked"]))
        and (given.get("search") or "").lower() in row["name"].lower()
        and (
            given.get("state") is None
            or (given["state"] == "active") == (not row["revoked"] and not expired(row))
        )
    ]
    rows, headers = call.page(rows)
    return Answer([present.token(row) for row in rows], headers=headers)


@route("GET", "/personal_access_tokens/self", scopes=ANY)
async def show_self(call: Call) -> Answer:
    """Get the token of the request; any scope will do."""
    return Answer(present.token(_own(call)))


@route("DELETE", "/personal_access_tokens/self", scopes=ANY)
async def revoke_self(call: Call) -> Answer:
    """Revoke the token of the request; any scope will do."""
    call.store.update("tokens", _own(call)["id"], revoked=1)
    return Answer(status=204)


@route("GET", "/personal_access_tokens/:id")
async def show(call: Call) -> Answer:
    """Get a token: one's own, or as administrator anyone's."""
    return Answer(present.token(_find(call)))


@route("DELETE", "/personal_access_tokens/:id")
async def revoke(call: Call) -> Answer:
    """Revoke a token: one's own, or as administrator anyone's."""
    call.store.update("tokens", _find(call)["id"], revoked=1)
    return Answer(status=204)


@route(
    "POST",
    "/users/:id/personal_access_tokens",
    Parameter(name="name", required=True),
    Parameter(name="description"),
    Parameter(name="expires_at", kind="date"),
    Parameter(name="scopes", kind="strings", required=True, values=SCOPES),
)
async def create(call: Call) -> Answer:
    """Create a token for a user (administrators)."""
    call.administrator()
    user = call.store.one("SELECT * FROM users WHERE id = ?", call.number("id"))
    if user is None:
        raise not_found("User")
    given = call.params
    if not given["scopes"]:
        raise bad_request("scopes is empty")
    latest = (date.fromisoformat(today()) + timedelta(days=LONGEST_DAYS)).isoformat()
    # GitLab gives a token without a date a year.
    expires_at = (
        given.get("expires_at") or (date.fromisoformat(today()) + timedelta(days=365)).isoformat()
    )
    if expires_at > latest:
        raise ApiError(422, {"message": f"Expiration date must be before {latest}"})
    number, secret = call.app.tokens.create(
        user["id"],
        given["name"],
        sorted(set(given["scopes"])),
        expires_at,
        description=given.get("description"),
    )
    row = call.store.one("SELECT * FROM tokens WHERE id = ?", number)
    assert row is not None
    return Answer({**present.token(row), "token": secret}, 201)


def _own(call: Call) -> Row:
    number = call.actor.via.removeprefix("token ")
    row = call.store.one("SELECT * FROM tokens WHERE id = ?", number)
    if row is None:
        raise not_found("Personal Access Token")
    return row


def _find(call: Call) -> Row:
    row = call.store.one("SELECT * FROM tokens WHERE id = ?", call.number("id"))
    if row is None or (not call.user["admin"] and row["user_id"] != call.user["id"]):
        raise not_found("Personal Access Token")
    return row
