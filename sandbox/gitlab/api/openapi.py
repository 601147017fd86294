"""The OpenAPI document, made from the routes, so that it can't say anything else."""

from __future__ import annotations

import re
from typing import Any

from sandbox.gitlab.api.routing import ANY, ROUTES, Answer, Call, Route, route

VERSION = "18.5.0"
"""The release of GitLab whose API is followed."""


@route("GET", "/openapi.json", scopes=ANY, public=True)
async def document(call: Call) -> Answer:
    """Describe the API in OpenAPI 3.1."""
    return Answer(describe(call.app.endpoints.url))


@route("GET", "/version", scopes=frozenset({"api", "read_api", "read_user"}))
async def version(call: Call) -> Answer:
    """Tell the version."""
    return Answer({"version": VERSION, "revision": "proofbook"})


@route("GET", "/metadata", scopes=frozenset({"api", "read_api", "read_user"}))
async def metadata(call: Call) -> Answer:
    """Tell the version and edition."""
    return Answer({"version": VERSION, "revision": "proofbook", "enterprise": False})


def describe(url: str) -> dict[str, Any]:
    """The whole document for the server at `url`."""
    paths: dict[str, dict[str, Any]] = {}
    for each in ROUTES:
        path = re.sub(r":(\w+)", r"{\1}", each.path)
        paths.setdefault(path, {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "GitLab-compatible API of a proofbook sandbox",
            "version": VERSION,
            "description": "The part of GitLab's REST API that bootstrap tools and scripts use.",
        },
        "servers": [{"url": f"{url}/api/v4"}],
        "security": [{"token": []}, {"bearer": []}],
        "components": {
            "securitySchemes": {
                "token": {"type": "apiKey", "in": "header", "name": "PRIVATE-TOKEN"},
                "bearer": {"type": "http", "scheme": "bearer"},
            }
        },
        "paths": paths,
    }


def _operation(each: Route) -> dict[str, Any]:
    variables = re.findall(r":(\w+)", each.path)
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in variables
    ]
    operation: dict[str, Any] = {
        "summary": each.summary,
        "operationId": re.sub(r"\W+", "_", f"{each.method.lower()}{each.path}").strip("_"),
        "tags": [each.path.split("/")[1]],
        "responses": {
            "2XX": {"description": "Done"},
            "4XX": {"description": "Refused; the body says why, in GitLab's words"},
        },
    }
    if each.scopes:
        operation["description"] = f"Scopes: {', '.join(sorted(each.scopes))}."
    if each.public:
        operation["security"] = [{}, {"token": []}, {"bearer": []}]
    if each.method == "GET":
        parameters += [
            {"name": one.name, "in": "query", "required": one.required, "schema": one.schema()}
            for one in each.parameters
        ]
    elif each.parameters:
        schema = {
            "type": "object",
            "properties": {one.name: one.schema() for one in each.parameters},
            "required": [one.name for one in each.parameters if one.required],
        }
        operation["requestBody"] = {
            "content": {
                "application/json": {"schema": schema},
                "application/x-www-form-urlencoded": {"schema": schema},
            }
        }
    if parameters:
        operation["parameters"] = parameters
    return operation
