"""From the raw request line to a handler; encoded slashes stay inside their segment."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from sandbox.gitlab.access import (
    ADMIN,
    MAINTAINER,
    NO_ACCESS,
    PROJECTS,
    Actor,
)
from sandbox.gitlab.api.errors import ApiError, bad_request, forbidden, message, not_found
from sandbox.gitlab.api.parameters import Parameter

if TYPE_CHECKING:
    from sandbox.gitlab.access import Access
    from sandbox.gitlab.app import App
    from sandbox.gitlab.store import Row, Store

API = frozenset({"api"})
READ = frozenset({"api", "read_api"})
ANY = frozenset[str]()
"""Any token at all may do this."""


@dataclass
class Answer:
    """What a handler gives back."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    """A body that is not JSON."""


@dataclass
class Call:
    """One request: who asks, for which path, with which parameters."""

    app: App
    actor: Actor
    path: dict[str, str]
    params: dict[str, Any]
    target: str = ""
    """The path as asked, for links to other pages."""
    address: str = ""
    project_name: str = ""
    """Set once the project is known, for the log."""
    ref: str = ""

    @property
    def store(self) -> Store:
        """The store."""
        return self.app.store

    @property
    def access(self) -> Access:
        """Roles."""
        return self.app.access

    @property
    def user(self) -> Row:
        """The user who asks."""
        assert self.actor.user is not None
        return self.actor.user

    def number(self, name: str) -> int:
        """A number in the path. Raises ApiError."""
        text = self.path[name]
        if not re.fullmatch(r"[0-9]{1,18}", text):
            raise bad_request(f"{name} is invalid")
        return int(text)

    def project(self, role: int = NO_ACCESS) -> Row:
        """The project in the path, seen by an actor of at least this role. Raises ApiError."""
        given = self.path["id"]
        if re.fullmatch(r"[0-9]{1,18}", given):
            row = self.store.one(f"{PROJECTS} WHERE p.id = ?", int(given))
        else:
            row = self.access.project(given)
        if row is None or not self.access.sees(self.actor, row):
            raise not_found("Project")
        self.project_name = row["path_with_namespace"]
        if role and self.access.level(self.actor.user, row) < role:
            raise forbidden()
        return row

    def group(self, role: int = NO_ACCESS, name: str = "id") -> Row:
        """The group in the path, seen by an actor of at least this role. Raises ApiError."""
        row = find_group(self.store, self.path[name])
        if row is None:
            raise not_found("Group")
        level = self.access.group_level(self.user, row["id"])
        if level == NO_ACCESS and not self._inside(row):
            raise not_found("Group")
        if level < role:
            raise forbidden()
        return row

    def _inside(self, group: Row) -> bool:
        # A group is seen by everyone if it is public, and by members of its projects.
        if group["visibility"] != "private":
            return True
        return bool(
            self.store.one(
                "SELECT 1 FROM members m JOIN projects p ON p.id = m.project_id"
                " WHERE p.namespace_id = ? AND m.user_id = ?",
                group["id"],
                self.user["id"],
            )
        )

    def administrator(self) -> None:
        """Go on for an administrator only. Raises ApiError."""
        if not self.user["admin"]:
            raise forbidden()

    def page(self, rows: Sequence[Any]) -> tuple[list[Any], dict[str, str]]:
        """The rows of the page asked for, and GitLab's headers of pagination."""
        size = min(self.params.get("per_page") or 20, 100)
        page = self.params.get("page") or 1
        total, pages = len(rows), max(1, -(-len(rows) // size))
        before = page - 1 if 1 < page <= pages + 1 else None
        after = page + 1 if page < pages else None
        headers = {
            "X-Page": str(page),
            "X-Per-Page": str(size),
            "X-Total": str(total),
            "X-Total-Pages": str(pages),
            "X-Next-Page": str(after or ""),
            "X-Prev-Page": str(before or ""),
        }
        base = f"{self.app.endpoints.url}{self.target}"
        links = [("prev", before), ("next", after), ("first", 1), ("last", pages)]
        headers["Link"] = ", ".join(
            f'<{base}?page={number}&per_page={size}>; rel="{name}"'
            for name, number in links
            if number
        )
        return list(rows[(page - 1) * size : page * size]), headers


Handler = Callable[[Call], Awaitable[Answer]]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One operation of the API."""

    method: str
    path: str
    handler: Handler
    scopes: frozenset[str]
    parameters: tuple[Parameter, ...]
    summary: str
    public: bool
    """Answers without a token too."""

    @property
    def segments(self) -> list[str]:
        """The parts of the path; those with a colon are variables."""
        return self.path.split("/")[1:]

    def match(self, segments: Sequence[str]) -> dict[str, str] | None:
        """The variables of the path if it fits."""
        own = self.segments
        if len(own) != len(segments):
            return None
        found = {}
        for name, given in zip(own, segments, strict=True):
            if name.startswith(":"):
                if not given:
                    return None
                found[name[1:]] = given
            elif name != given:
                return None
        return found


ROUTES: list[Route] = []
PAGES = (
    Parameter(name="page", kind="integer", minimum=1),
    Parameter(name="per_page", kind="integer", minimum=1),
)


def route(
    method: str,
    path: str,
    *parameters: Parameter,
    scopes: frozenset[str] | None = None,
    public: bool = False,
    paged: bool = False,
) -> Callable[[Handler], Handler]:
    """Make a handler an operation of the API; its docstring is the summary."""

    def register(handler: Handler) -> Handler:
        ROUTES.append(
            Route(
                method=method,
                path=path,
                handler=handler,
                scopes=scopes if scopes is not None else (READ if method == "GET" else API),
                parameters=(*parameters, *(PAGES if paged else ())),
                summary=(handler.__doc__ or "").strip().splitlines()[0],
                public=public,
            )
        )
        return handler

    return register


def find(method: str, segments: Sequence[str]) -> tuple[Route, dict[str, str]]:
    """The route of a request and the variables of its path. Raises ApiError (404 or 405)."""
    allowed = set()
    wanted = "GET" if method == "HEAD" else method
    # A route without variables wins over one with: `/tokens/self` over `/tokens/:id`.
    for each in sorted(ROUTES, key=lambda route: route.path.count(":")):
        found = each.match(segments)
        if found is not None:
            if each.method == wanted:
                return each, found
            allowed.add(each.method)
    if allowed:
        raise ApiError(405, {"error": "405 Not Allowed"}, {"Allow": ", ".join(sorted(allowed))})
    raise ApiError(404, {"error": "404 Not Found"})


def split(raw_path: str) -> list[str]:
    """The decoded segments of a raw path; a slash that was encoded stays inside its segment.

    Raises ApiError for text that is not UTF-8 or holds a null byte.
    """
    segments = []
    for part in raw_path.split("/")[1:]:
        try:
            text = unquote_to_bytes(part).decode()
        except UnicodeDecodeError:
            raise message(400, "Bad Request") from None
        if "\0" in text:
            raise message(400, "Bad Request")
        segments.append(text)
    return segments


def find_group(store: Store, given: str) -> Row | None:
    """A group by its number or full path."""
    column = "id" if re.fullmatch(r"[0-9]{1,18}", given) else "full_path"
    return store.one(f"SELECT * FROM namespaces WHERE kind = 'group' AND {column} = ?", given)


__all__ = ["ADMIN", "MAINTAINER", "Answer", "Call", "Route", "find", "route", "split"]
