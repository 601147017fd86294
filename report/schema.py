"""The JSON Schema of `build/results.json`, and the check against it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from report.errors import ReportError

VERSION = 1
PATH = Path(__file__).with_name("results.schema.json")

_PLACES = {
    "Command": ("commands", True),
    "Commit": ("commits", True),
    "Wait": ("waits", True),
    "ChainLink": ("chain", True),
    "Condition": ("conditions", True),
    "ScenarioResult": ("scenario", False),
    "StepResult": ("step", False),
}
_OF_RUN = {"Phase": "phases", "ApiVersion": "api_versions"}


@cache
def document() -> dict[str, Any]:
    """The schema itself."""
    found: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return found


@cache
def required(kind: str) -> frozenset[str]:
    """The fields that a value of `report.results` must have in the file."""
    definitions = document()["$defs"]
    if kind == "FailedAttempt":
        node = definitions["scenario"]["properties"]["failed_attempts"]["items"]
    elif kind in _OF_RUN:
        node = definitions["run"]["properties"][_OF_RUN[kind]]["items"]
    else:
        name, listed = _PLACES.get(kind, (kind.lower(), False))
        node = definitions[name]["items"] if listed else definitions[name]
    return frozenset(node["required"])


@cache
def _validator(definition: str) -> Draft202012Validator:
    whole = document()
    if not definition:
        return Draft202012Validator(whole)
    part = {"$schema": whole["$schema"], "$ref": f"#/$defs/{definition}", "$defs": whole["$defs"]}
    return Draft202012Validator(part)


def validate(data: Any, *, file: object, definition: str = "") -> None:
    """Check a document, or one `definition` of the schema; ReportError names the first fault."""
    fault = best_match(_validator(definition).iter_errors(data))
    if fault is None:
        return
    place = "/".join(str(part) for part in fault.absolute_path) or "the top"
    version = data.get("schema") if isinstance(data, dict) and not definition else VERSION
    cure = "`make e2e` writes it anew"
    if version != VERSION:
        cure = f"this version of proofbook reads schema {VERSION}; {cure}"
    shown = fault.message if len(fault.message) <= 300 else fault.message[:300] + " ..."
    raise ReportError(f"breaks the results schema at {place}: {shown}", file=file, cure=cure)
