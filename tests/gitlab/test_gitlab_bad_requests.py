"""Requests that are bad: a clean refusal, the server alive, the repositories unchanged."""

from __future__ import annotations

import json

import pytest
from gitlab_live import World
from gitlab_raw import basic, raw, status_of

pytestmark = pytest.mark.usefixtures("unharmed")


@pytest.fixture
def world(standing: World) -> World:
    """One for all of them: what is refused leaves it as it was, which `unharmed` looks at."""
    return standing


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/{group}/..%2f..%2fgitlab.sqlite",
        "/{group}/../../gitlab.sqlite",
        "/{group}/%2e%2e/%2e%2e/1.git/info/refs?service=git-upload-pack",
        "/{group}%2fflux-config.git/info/refs?service=git-upload-pack",
        "/{group}/flux-config.git/../../../etc/passwd",
        "/{group}/flux-config.git/objects/info/packs",
        "/{group}/flux-config.git/HEAD",
        "/{group}/flux-config.git/config",
        "/{group}//flux-config.git/info/refs?service=git-upload-pack",
        "/1.git/info/refs?service=git-upload-pack",
        "/repositories/1.git/info/refs?service=git-upload-pack",
        "/{group}/flux-config%00.git/info/refs?service=git-upload-pack",
        "/{group}/%ff%fe.git/info/refs?service=git-upload-pack",
        "/{group}/flux-config.git/info/refs?service=git-upload-archive",
        "/{group}/flux-config.git/info/refs?service=--help",
        "/{group}/flux-config.git/info/refs",
        "/api/v4/projects/..%2f..%2f1",
        "/api/v4/projects/{group}%2f..%2f{group}%2fflux-config",
        "/api/v4/projects/%2e%2e",
        "/api/v4/projects/1%00",
        "/api/v4/projects/%ff",
        "/api/v4/projects//deploy_keys",
        "/api/v4/projects/99999999999999999999999",
        "/api/v4/projects/-1",
        "/api/v4/projects/{group}%252fflux-config",
        "/api/v4/projects/{group}%2fflux-config/repository/files/..%2f..%2fconfig/raw?ref=main",
        "/api/v4/projects/{group}%2fflux-config/repository/files/x/raw?ref=--output=/tmp/x",
        "/api/v4/projects/{group}%2fflux-config/repository/commits?ref_name=--all",
        "/api/v4/projects/{group}%2fflux-config/repository/tree?path=../..",
        "/api/v4/projects/{group}%2fflux-config/repository/branches/--help",
        "/api/v4/projects/{group}%2fflux-config/repository/commits/main%5e%7btree%7d",
        "/api/v4/../../etc/passwd",
        "/api/v4",
        "/",
    ],
)
def test_a_path_leads_nowhere_else(world: World, path: str) -> None:
    path = path.replace("{group}", world.group)
    head = f"GET {path} HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: {world.token}\r\n"
    head += f"Authorization: {basic(world.token)['Authorization']}\r\nConnection: close\r\n\r\n"
    answer = raw(world, head.encode())
    assert status_of(answer) in (400, 401, 403, 404)
    assert b"root:" not in answer
    assert b"SQLite" not in answer


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/b",
        "..",
        ".",
        "-rf",
        "x.git",
        "a b;id",
        "$(id)",
        "a\nb",
        "a\0b",
        "é",
        "x" * 300,
        "",
    ],
)
def test_a_name_that_is_no_path_makes_no_project(world: World, name: str) -> None:
    group = world.gitlab.group(world.group)["id"]
    for kind, body in (
        ("projects", {"name": "fine", "path": name, "namespace_id": group}),
        ("groups", {"name": "fine", "path": name, "parent_id": group}),
    ):
        if kind == "projects" and name == "":
            continue  # an empty path is made from the name
        status, answer, _ = world.live.request(
            "POST",
            f"/api/v4/{kind}",
            token=world.token,
            body=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        assert status == 400, answer


def test_headers_and_request_lines_that_are_too_long(world: World) -> None:
    for head in (
        b"GET /api/v4/user HTTP/1.1\r\nHost: x\r\nX-Big: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v4/user HTTP/1.1\r\nHost: x\r\n" + b"X-A: b\r\n" * 20_000 + b"\r\n",
    ):
        answer = raw(world, head)
        assert answer == b"" or 400 <= status_of(answer) < 500


def test_a_body_that_is_too_long(world: World) -> None:
    body = json.dumps({"name": "x" * 2_000_000, "path": "y"}).encode()
    status, _, _ = world.live.request(
        "POST",
        "/api/v4/groups",
        token=world.token,
        body=body,
        headers={"Content-Type": "application/json"},
    )
    assert status == 413


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": {"a": 1}, "path": 1}', "application/json", 400),
        (b'{"name": "\\ud800", "path": "x"}', "application/json", 400),
        (b'{"name": "a\\u0000", "path": "x"}', "application/json", 400),
        (b"<group/>", "application/xml", 415),
        (b"a=1&" * 5000, "application/x-www-form-urlencoded", 400),
    ],
)
def test_a_malformed_body(world: World, body: bytes, kind: str, expected: int) -> None:
    status, _, _ = world.live.request(
        "POST", "/api/v4/groups", token=world.token, body=body, headers={"Content-Type": kind}
    )
    assert status == expected


def test_requests_that_are_no_http(world: World) -> None:
    for data in (b"\x00\x01\x02\r\n\r\n", b"SSH-2.0-x\r\n\r\n", b"GET\r\n\r\n", b"A" * 70_000):
        answer = raw(world, data)
        assert answer == b"" or 400 <= status_of(answer) < 500


@pytest.mark.parametrize(
    "key",
    [
        "",
        "not a key",
        "ssh-ed25519",
        "ssh-ed25519 AAAA",
        "ssh-ed25519 !!!!",
        "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIItzLjGELYyRRMx85+xX0mN3g59zdtrtA3SuSsnTMVL0",
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIItz\nssh-ed25519 AAAA",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----",
        "ssh-rsa " + "A" * 90_000,
        'command="id" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIItzLjGELYyRRMx85+xX0mN3g59zdtrtA3SuSsnT',
    ],
)
def test_a_malformed_or_huge_public_key(world: World, key: str) -> None:
    status, answer, _ = world.live.request(
        "POST",
        f"/api/v4/projects/{world.group}%2Fflux-config/deploy_keys",
        token=world.token,
        body=json.dumps({"title": "x", "key": key}).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert status == 400, answer
    assert world.gitlab.deploy_keys(world.project) == []
