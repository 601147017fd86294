"""Parameters of a request: what each may be, checked before a handler runs."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.gitlab.api.errors import bad_request

MAX_TEXT = 1_000_000
MAX_INTEGER = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a query or body."""

    name: str
    kind: str = "string"
    """string, integer, boolean, date, strings (a list) or objects (a list)."""
    required: bool = False
    values: tuple[Any, ...] = ()
    """The only values allowed, if there are any."""
    limit: int = 255
    """Longest text."""
    minimum: int | None = None
    """Least number."""
    pattern: str = ""
    """What the whole text must match, if anything."""

    def checked(self, value: Any) -> Any:
        """The value in its type. Raises ApiError as Grape words it."""
        if value is None:
            return None
        result = _CHECKS[self.kind](value)
        if result is None:
            raise bad_request(f"{self.name} is invalid")
        for each in result if isinstance(result, list) else [result]:
            if self.values and each not in self.values:
                raise bad_request(f"{self.name} does not have a valid value")
            if self.minimum is not None and isinstance(each, int) and each < self.minimum:
                raise bad_request(f"{self.name} does not have a valid value")
            if isinstance(each, str):
                if len(each) > self.limit:
                    raise bad_request(f"{self.name} is too long (maximum is {self.limit})")
                if "\0" in each or _SURROGATE.search(each):
                    raise bad_request(f"{self.name} is invalid")
                if self.pattern and not re.fullmatch(self.pattern, each):
                    raise bad_request(f"{self.name} is invalid")
        return result

    def schema(self) -> dict[str, Any]:
        """The parameter for the OpenAPI document."""
        schema: dict[str, Any] = copy.deepcopy(_SCHEMAS[self.kind])
        inner = schema.get("items", schema)
        if self.values:
            inner["enum"] = list(self.values)
        if self.minimum is not None:
            inner["minimum"] = self.minimum
        if inner["type"] == "string" and self.kind != "date":
            inner["maxLength"] = self.limit
        return schema


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _integer(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,10}", value):
        return None
    number = int(value)
    return number if abs(number) <= MAX_INTEGER else None


def _boolean(value: Any) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())


def _date(value: Any) -> str | None:
    if not isinstance(value, str) or not re.match(r"\d{4}-\d{2}-\d{2}(T.{0,30})?$", value):
        return None
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return None


def _strings(value: Any) -> list[str] | None:
    if isinstance(value, str):
        value = value.split(",")
    ok = isinstance(value, list) and len(value) <= 1000
    return value if ok and all(isinstance(each, str) for each in value) else None


def _objects(value: Any) -> list[dict[str, Any]] | None:
    ok = isinstance(value, list) and len(value) <= 1000
    return value if ok and all(isinstance(each, dict) for each in value) else None


_CHECKS = {
    "string": _text,
    "integer": _integer,
    "boolean": _boolean,
    "date": _date,
    "strings": _strings,
    "objects": _objects,
}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "strings": {"type": "array", "items": {"type": "string"}},
    "objects": {"type": "array", "items": {"type": "object"}},
}
_SURROGATE = re.compile("[\ud800-\udfff]")


def check(parameters: Sequence[Parameter], given: dict[str, Any]) -> dict[str, Any]:
    """The known parameters of a request in their types; unknown ones are ignored, as GitLab does.

    A parameter that was not given is absent from the result. Raises ApiError.
    """
    missing = [each.name for each in parameters if each.required and given.get(each.name) is None]
    if missing:
        raise bad_request(", ".join(f"{name} is missing" for name in missing))
    empty = [each.name for each in parameters if each.required and given[each.name] == ""]
    if empty:
        raise bad_request(", ".join(f"{name} is empty" for name in empty))
    return {each.name: each.checked(given[each.name]) for each in parameters if each.name in given}


PATH_PATTERN = r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,254}"
"""What a group's, user's or project's path may look like."""


def good_path(path: str) -> bool:
    """Whether GitLab takes this as the path of a group, user or project."""
    return (
        re.fullmatch(PATH_PATTERN, path) is not None
        and not path.endswith((".git", ".atom", ".", "-"))
        and ".." not in path
        and path != "-"
    )
