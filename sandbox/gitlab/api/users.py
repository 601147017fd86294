"""Users and their public keys."""

from __future__ import annotations

import re
import sqlite3

from sandbox.gitlab.api import present
from sandbox.gitlab.api.errors import ApiError, bad_request, forbidden, invalid, not_found
from sandbox.gitlab.api.parameters import Parameter, good_path
from sandbox.gitlab.api.routing import Answer, Call, route
from sandbox.gitlab.public_key import BadKey, PublicKey
from sandbox.gitlab.store import Row, Store, now

READ_USER = frozenset({"api", "read_api", "read_user"})
TITLE = Parameter(name="title", required=True)
KEY = Parameter(name="key", required=True, limit=100_000)


@route("GET", "/user", scopes=READ_USER)
async def current(call: Call) -> Answer:
    """The user of the token."""
    return Answer(present.user(call.app, call.user, full=True))


@route(
    "GET",
    "/users",
    Parameter(name="username"),
    Parameter(name="search"),
    scopes=READ_USER,
    paged=True,
)
async def index(call: Call) -> Answer:
    """List users."""
    sql, values = "SELECT * FROM users WHERE 1", []
    if call.params.get("username"):
        sql += " AND username = ?"
        values.append(call.params["username"])
    if call.params.get("search"):
        sql += " AND (instr(lower(username), lower(?)) OR instr(lower(name), lower(?)))"
        values += [call.params["search"]] * 2
    rows, headers = call.page(call.store.all(f"{sql} ORDER BY id DESC", *values))
    full = bool(call.user["admin"])
    return Answer([present.user(call.app, row, full=full) for row in rows], headers=headers)


@route("GET", "/users/:id", scopes=READ_USER)
async def show(call: Call) -> Answer:
    """Get a user."""
    row = _find(call)
    return Answer(present.user(call.app, row, full=bool(call.user["admin"])))


@route(
    "POST",
    "/users",
    Parameter(name="email", required=True),
    Parameter(name="username", required=True),
    Parameter(name="name", required=True),
    Parameter(name="password", limit=128),
    Parameter(name="reset_password", kind="boolean"),
    Parameter(name="force_random_password", kind="boolean"),
    Parameter(name="admin", kind="boolean"),
    Parameter(name="skip_confirmation", kind="boolean"),
)
async def create(call: Call) -> Answer:
    """Create a user (administrators). Nobody can sign in with a password here: tokens only."""
    call.administrator()
    given = call.params
    if not any(given.get(name) for name in ("password", "reset_password", "force_random_password")):
        raise bad_request(
            "password, reset_password, force_random_password are missing, "
            "at least one parameter must be provided"
        )
    if not good_path(given["username"]):
        raise invalid(username="can contain only letters, digits, '_', '-' and '.'")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", given["email"]):
        raise invalid(email="is invalid")
    if call.store.one("SELECT 1 FROM users WHERE email = ?", given["email"]):
        raise ApiError(409, {"message": "Email has already been taken"})
    if call.store.one(
        "SELECT 1 FROM namespaces WHERE full_path = ?", given["username"]
    ) or call.store.one("SELECT 1 FROM users WHERE username = ?", given["username"]):
        raise ApiError(409, {"message": "Username has already been taken"})
    with call.store.transaction():
        number = add_user(
            call.store, given["username"], given["name"], given["email"], bool(given.get("admin"))
        )
    row = call.store.one("SELECT * FROM users WHERE id = ?", number)
    assert row is not None
    return Answer(present.user(call.app, row, full=True), 201)


def add_user(store: Store, username: str, name: str, email: str, admin: bool) -> int:
    """Add a user with a namespace of their own; inside a transaction."""
    number = store.insert(
        "users", username=username, name=name, email=email, admin=admin, created_at=now()
    )
    store.add_namespace(number, username, name)
    return number


@route("DELETE", "/users/:id", Parameter(name="hard_delete", kind="boolean"))
async def delete(call: Call) -> Answer:
    """Delete a user with everything in their namespace (administrators)."""
    call.administrator()
    row = _find(call)
    _spare_the_first(row)
    projects = call.store.all(
        "SELECT p.id FROM projects p JOIN namespaces n ON n.id = p.namespace_id"
        " WHERE n.owner_id = ?",
        row["id"],
    )
    call.store.run("DELETE FROM users WHERE id = ?", row["id"])
    for project in projects:
        call.app.repositories.remove(project["id"])
    return Answer(status=204)


@route("POST", "/users/:id/block")
async def block(call: Call) -> Answer:
    """Block a user: tokens and keys stop working (administrators)."""
    call.administrator()
    row = _find(call)
    _spare_the_first(row)
    call.store.update("users", row["id"], state="blocked")
    return Answer(True, 201)


@route("POST", "/users/:id/unblock")
async def unblock(call: Call) -> Answer:
    """Unblock a user (administrators)."""
    call.administrator()
    call.store.update("users", _find(call)["id"], state="active")
    return Answer(True, 201)


@route("GET", "/user/keys", scopes=READ_USER, paged=True)
async def own_keys(call: Call) -> Answer:
    """List the public keys of the user of the token."""
    return _keys(call, call.user)


@route("POST", "/user/keys", TITLE, KEY, Parameter(name="expires_at", kind="date"))
async def add_own_key(call: Call) -> Answer:
    """Add a public key to the user of the token."""
    return _add_key(call, call.user)


@route("GET", "/user/keys/:key_id", scopes=READ_USER)
async def own_key(call: Call) -> Answer:
    """Get a public key of the user of the token."""
    return Answer(present.key(_key(call, call.user)))


@route("DELETE", "/user/keys/:key_id")
async def delete_own_key(call: Call) -> Answer:
    """Delete a public key of the user of the token."""
    call.store.run("DELETE FROM keys WHERE id = ?", _key(call, call.user)["id"])
    return Answer(status=204)


@route("GET", "/users/:id/keys", scopes=READ_USER, paged=True)
async def keys(call: Call) -> Answer:
    """List a user's public keys."""
    return _keys(call, _find(call))


@route("POST", "/users/:id/keys", TITLE, KEY, Parameter(name="expires_at", kind="date"))
async def add_key(call: Call) -> Answer:
    """Add a public key to a user (administrators)."""
    call.administrator()
    return _add_key(call, _find(call))


@route("DELETE", "/users/:id/keys/:key_id")
async def delete_key(call: Call) -> Answer:
    """Delete a user's public key (administrators)."""
    call.administrator()
    call.store.run("DELETE FROM keys WHERE id = ?", _key(call, _find(call))["id"])
    return Answer(status=204)


def parsed_key(text: str) -> PublicKey:
    """The public key in a parameter. Raises ApiError."""
    try:
        return PublicKey.parse(text)
    except BadKey as bad:
        raise invalid(key=str(bad)) from None


def _find(call: Call) -> Row:
    row = call.store.one("SELECT * FROM users WHERE id = ?", call.number("id"))
    if row is None:
        raise not_found("User")
    return row


def _spare_the_first(user: Row) -> None:
    # The administrator by whose rights the sandbox itself works.
    if user["id"] == 1:
        raise forbidden()


def _keys(call: Call, user: Row) -> Answer:
    rows, headers = call.page(
        call.store.all("SELECT * FROM keys WHERE user_id = ? ORDER BY id", user["id"])
    )
    return Answer([present.key(row) for row in rows], headers=headers)


def _key(call: Call, user: Row) -> Row:
    row = call.store.one(
        "SELECT * FROM keys WHERE id = ? AND user_id = ?", call.number("key_id"), user["id"]
    )
    if row is None:
        raise not_found("Key")
    return row


def _add_key(call: Call, user: Row) -> Answer:
    key = parsed_key(call.params["key"])
    try:
        number = call.store.insert(
            "keys",
            user_id=user["id"],
            title=call.params["title"],
            key=key.line,
            fingerprint=key.fingerprint,
            expires_at=call.params.get("expires_at"),
            created_at=now(),
        )
    except sqlite3.IntegrityError:
        raise invalid(fingerprint_sha256="has already been taken") from None
    row = call.store.one("SELECT * FROM keys WHERE id = ?", number)
    assert row is not None
    return Answer(present.key(row), 201)
