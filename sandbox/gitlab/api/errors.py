"""Refusals of the API, with GitLab's status codes and bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ApiError(Exception):
    """A request that is answered with a status of 400 or more."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = dict(headers or {})


def bad_request(error: str) -> ApiError:
    """A parameter is missing or wrong."""
    return ApiError(400, {"error": error})


def invalid(**fields: str) -> ApiError:
    """The values can't be saved: `{"message": {"name": ["has already been taken"]}}`."""
    return ApiError(400, {"message": {name: [text] for name, text in fields.items()}})


def message(status: int, text: str) -> ApiError:
    """`{"message": "<status> <text>"}`."""
    return ApiError(status, {"message": f"{status} {text}"})


def not_found(what: str) -> ApiError:
    """The thing is not there, or not for this actor."""
    return message(404, f"{what} Not Found")


def forbidden() -> ApiError:
    """The role is too low."""
    return message(403, "Forbidden")


def unauthorized() -> ApiError:
    """No token, or one that nobody knows."""
    return message(401, "Unauthorized")


def invalid_token(description: str) -> ApiError:
    """A token that was good once (RFC 6750)."""
    if not description:
        return unauthorized()
    return ApiError(
        401,
        {"error": "invalid_token", "error_description": description},
        {
            "WWW-Authenticate": f'Bearer realm="Protected by OAuth 2.0", error="invalid_token", '
            f'error_description="{description}"'
        },
    )


def insufficient_scope(scopes: frozenset[str]) -> ApiError:
    """A good token whose scopes don't allow this."""
    return ApiError(
        403,
        {
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the "
            "access token.",
            "scope": " ".join(sorted(scopes)),
        },
    )
