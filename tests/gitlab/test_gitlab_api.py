"""What all answers of the API have in common: pages, errors, the document of all operations."""

from __future__ import annotations

import json

import gitlab
from gitlab_client import name
from gitlab_live import Live


def test_pagination_as_gitlab_gives_it(root: gitlab.Gitlab, live: Live) -> None:
    group = root.groups.create({"name": "pages", "path": name()})
    for number in range(5):
        root.groups.create({"name": f"s{number}", "path": f"s{number}", "parent_id": group.id})
    path = f"/api/v4/groups/{group.id}/subgroups"
    status, body, headers = live.request(
        "GET", f"{path}?per_page=2&page=2", token=live.gitlab.token
    )
    assert status == 200
    assert [each["path"] for each in json.loads(body)] == ["s2", "s3"]
    assert {name: value for name, value in headers.items() if name.startswith("X-")} | {
        "X-Request-Id": ""
    } == {
        "X-Page": "2",
        "X-Per-Page": "2",
        "X-Total": "5",
        "X-Total-Pages": "3",
        "X-Next-Page": "3",
        "X-Prev-Page": "1",
        "X-Request-Id": "",
        "X-Content-Type-Options": "nosniff",
    }
    for relation in ("first", "last", "next", "prev"):
        assert f'rel="{relation}"' in headers["Link"]
    assert len(group.subgroups.list(per_page=2, iterator=True)) == 5
    assert live.request("GET", f"{path}?page=0", token=live.gitlab.token)[0] == 400


def test_errors_as_gitlab_words_them(live: Live) -> None:
    token = live.gitlab.token
    assert live.request("GET", "/api/v4/nowhere", token=token)[:2] == (
        404,
        b'{"error": "404 Not Found"}',
    )
    assert live.request("PATCH", "/api/v4/user", token=token)[0] == 405
    assert live.request("POST", "/api/v4/groups", token=token)[:2] == (
        400,
        b'{"error": "name is missing, path is missing"}',
    )
    assert live.request("GET", "/api/v4/user")[:2] == (401, b'{"message": "401 Unauthorized"}')
    status, _, _ = live.request(
        "GET", "/api/v4/user", headers={"Authorization": f"Bearer {live.gitlab.token}"}
    )
    assert status == 200


def test_the_openapi_document_names_every_operation(live: Live) -> None:
    status, body, _ = live.request("GET", "/api/v4/openapi.json")
    document = json.loads(body)
    assert (status, document["openapi"]) == (200, "3.1.0")
    operations = {(verb, path) for path, verbs in document["paths"].items() for verb in verbs}
    assert len(operations) > 70
    assert ("post", "/projects/{id}/deploy_keys") in operations
    ids = [each["operationId"] for verbs in document["paths"].values() for each in verbs.values()]
    assert len(ids) == len(set(ids))
    schema = document["paths"]["/projects/{id}/members"]["post"]["requestBody"]["content"]
    assert schema["application/json"]["schema"]["properties"]["access_level"]["enum"] == [
        10,
        20,
        30,
        40,
        50,
    ]
