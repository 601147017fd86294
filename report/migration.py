"""Lines of the history that older versions wrote, as this version writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SCHEMA = 2
"""The version of a line. One without it is of version 1."""


class NewerSchema(Exception):
    """A line is of a version that is newer than this one."""

    def __init__(self, version: int) -> None:
        super().__init__(f"schema {version}")
        self.version = version


def current(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content of a line as of SCHEMA; NewerSchema where it is from a later version."""
    version = data.get("schema", 1)
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ValueError(f"{version!r} is no version")
    if version > SCHEMA:
        raise NewerSchema(version)
    for older in range(version, SCHEMA):
        data = _STEPS[older](data)
    return data


def _from_1(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Scenarios were objects with whole hashes and a reason each; the code was not hashed."""
    reasons: list[str] = []
    scenarios = {}
    for name, one in data["scenarios"].items():
        values = [one["status"], one["duration_s"], one["attempts"], one["convergence_s"]]
        values += [one["content_hash"][:12], "", ""]
        if said := one.get("reason", ""):
            if said not in reasons:
                reasons.append(said)
            values.append(reasons.index(said))
        scenarios[name] = values
    return {**data, "schema": 2, "reasons": reasons, "scenarios": scenarios}


_STEPS: Mapping[int, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {1: _from_1}
