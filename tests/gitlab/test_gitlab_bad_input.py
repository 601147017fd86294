"""Bad input: a clean refusal, the server alive, the repositories unchanged."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import ssl
from collections.abc import AsyncIterator, Iterator

import pytest
from gitlab_live import Key, World

from sandbox.waiting import wait_until

PKT_FLUSH = b"0000"


@pytest.fixture(autouse=True)
def unharmed(world: World) -> Iterator[None]:
    """Whatever a test does, the project stays as it was and still answers."""
    before = world.refs()
    yield
    assert world.live.alive
    assert world.refs() == before
    status, _, _ = world.live.request("GET", "/api/v4/version", token=world.token)
    assert status == 200
    world.live.fsck(str(world.gitlab_id))
    assert "Traceback" not in world.live.errors()


def basic(token: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"git:{token}".encode()).decode()}


@contextlib.asynccontextmanager
async def connection(
    world: World,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    host, _, port = world.gitlab.url.removeprefix("https://").partition(":")
    context = ssl.create_default_context(cafile=str(world.gitlab.ca_file))
    reader, writer = await asyncio.open_connection(host, int(port), ssl=context)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()


def raw(world: World, data: bytes, limit: float = 30) -> bytes:
    """Send bytes as they are; all that comes back until the server ends or says no more."""

    async def talk() -> bytes:
        async with asyncio.timeout(limit):
            async with connection(world) as (reader, writer):
                writer.write(data)
                with contextlib.suppress(ConnectionError):
                    await writer.drain()
                try:
                    return await reader.read(65536)
                except ConnectionError:
                    return b""

    return asyncio.run(talk())


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


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


@pytest.mark.parametrize(
    "line",
    [
        "git-upload-pack '/{project}'; touch /tmp/proofbook-owned",
        "git-upload-pack `id`",
        "git-upload-pack $(touch /tmp/proofbook-owned)",
        "git-upload-pack '/{project}' | sh",
        "git-upload-pack --help",
        "git-upload-pack --upload-pack=id '/{project}'",
        "git-upload-pack -- '/{project}'",
        "git-upload-pack '--strict'",
        "git-upload-pack '/../../../etc'",
        "git-upload-pack '/{project}/../../../etc'",
        "git-upload-pack '/etc/passwd'",
        "git-upload-pack '{project}%00'",
        "git-receive-pack '-{project}'",
        "git-upload-archive '/{project}'",
        "git upload-pack",
        "git -c core.sshCommand=id upload-pack '/{project}'",
        "/bin/sh",
        "sh -c 'git-upload-pack {project}'",
        "'git-upload-pack",
        "git-upload-pack '/{project}' extra",
        "scp -t /tmp",
        "rsync --server . /",
    ],
)
def test_an_ssh_command_is_never_a_shells(world: World, line: str) -> None:
    key, _ = world.deploy_key()
    done = world.with_key(key).ssh("git@127.0.0.1", line.replace("{project}", world.project))
    assert done.returncode == 1
    assert done.stdout == ""
    assert "remote: ERROR: " in done.stderr


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


def push_of(world: World, pack: bytes, ref: str = "refs/heads/new") -> bytes:
    line = f"{'0' * 40} {world.head} {ref}\0report-status".encode()
    return b"%04x" % (len(line) + 4) + line + PKT_FLUSH + pack


@pytest.mark.parametrize(
    "pack",
    [
        b"",
        b"PACK",
        b"PACK\0\0\0\2\0\0\0\1" + b"\xff" * 100,
        b"PACK\0\0\0\2\xff\xff\xff\xff" + b"x" * 1000,
        b"\0" * 10_000,
        b"PACK\0\0\0\2\0\0\0\0" + b"\0" * 20,
    ],
)
def test_a_malformed_pack(world: World, pack: bytes) -> None:
    status, _, _ = world.live.request(
        "POST",
        f"/{world.project}.git/git-receive-pack",
        body=push_of(world, pack),
        headers={"Content-Type": "application/x-git-receive-pack-request", **basic(world.token)},
    )
    assert status in (200, 400)


@pytest.mark.parametrize("body", [b"", b"garbage", b"ffff", b"0005", b"0032want " + b"0" * 100])
@pytest.mark.parametrize("service", ["git-upload-pack", "git-receive-pack"])
def test_a_request_that_is_not_gits(world: World, service: str, body: bytes) -> None:
    status, _, _ = world.live.request(
        "POST",
        f"/{world.project}.git/{service}",
        body=body,
        headers={"Content-Type": f"application/x-{service}-request", **basic(world.token)},
    )
    assert status in (200, 400)
    status, _, _ = world.live.request(
        "POST",
        f"/{world.project}.git/{service}",
        body=body,
        headers={"Content-Type": "text/plain", **basic(world.token)},
    )
    assert status in (400, 415)


def test_a_gzip_that_is_none(world: World) -> None:
    status, _, _ = world.live.request(
        "POST",
        f"/{world.project}.git/git-upload-pack",
        body=b"\x1f\x8b" + b"x" * 100,
        headers={
            "Content-Type": "application/x-git-upload-pack-request",
            "Content-Encoding": "gzip",
            **basic(world.token),
        },
    )
    assert status in (200, 400)


def test_a_push_that_breaks_off(world: World) -> None:
    head = (
        f"POST /{world.project}.git/git-receive-pack HTTP/1.1\r\nHost: x\r\n"
        f"Content-Type: application/x-git-receive-pack-request\r\nContent-Length: 100000\r\n"
        f"Authorization: {basic(world.token)['Authorization']}\r\n\r\n"
    )

    async def talk() -> None:
        async with connection(world) as (_, writer):
            writer.write(head.encode() + push_of(world, b"PACK\0\0\0\2"))
            await writer.drain()

    asyncio.run(talk())
    folder = world.live.data / "pushes"

    def probe() -> tuple[bool | None, str]:
        left = list(folder.iterdir())
        return (True if not left else None), f"{len(left)} pushes running"

    wait_until("the push to end", probe, 30, every=0.05)


def test_slow_clients_do_not_stop_others(world: World) -> None:
    async def talk() -> None:
        async with contextlib.AsyncExitStack() as stack:
            slow = [await stack.enter_async_context(connection(world)) for _ in range(30)]
            for number, (_, writer) in enumerate(slow):
                writer.write(
                    b"GET /api/v4/us"
                    if number % 2
                    else b"POST /api/v4/groups HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
                )
                await writer.drain()
            status, _, _ = await asyncio.to_thread(
                world.live.request, "GET", "/api/v4/user", token=world.token
            )
            assert status == 200
            # Those that never finish their headers are dropped, those without their body get 408.
            async with asyncio.timeout(90):
                ends = await asyncio.gather(*(reader.read(100) for reader, _ in slow))
            assert [end[9:12] for end in ends] == [b"408", b""] * 15

    asyncio.run(talk())


def test_two_hundred_connections_at_once(world: World) -> None:
    request = (
        f"GET /api/v4/projects/{world.group}%2Fflux-config HTTP/1.1\r\nHost: x\r\n"
        f"PRIVATE-TOKEN: {world.token}\r\nConnection: close\r\n\r\n"
    )

    async def ask() -> bytes:
        async with connection(world) as (reader, writer):
            writer.write(request.encode())
            return await reader.read()

    async def talk() -> list[bytes]:
        async with asyncio.timeout(120):
            return await asyncio.gather(*(ask() for _ in range(200)))

    assert {status_of(answer) for answer in asyncio.run(talk())} == {200}


def test_two_hundred_ssh_connections_at_once(world: World) -> None:
    async def greet() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.gitlab.ssh_port)
        try:
            return await reader.readline()
        finally:
            writer.close()

    async def talk() -> list[bytes]:
        async with asyncio.timeout(120):
            return await asyncio.gather(*(greet() for _ in range(200)))

    assert set(asyncio.run(talk())) == {b"SSH-2.0-GitLab-SSHD\r\n"}


def test_garbage_instead_of_ssh(world: World) -> None:
    async def talk(data: bytes) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", world.gitlab.ssh_port)
        try:
            await reader.readline()
            writer.write(data)
            writer.write_eof()
            async with asyncio.timeout(60):
                with contextlib.suppress(ConnectionError):
                    await reader.read()
        finally:
            writer.close()

    for data in (b"\0" * 100_000, b"SSH-2.0-x\r\n" + b"\xff" * 50_000, b"GET / HTTP/1.1\r\n\r\n"):
        asyncio.run(talk(data))
    key: Key
    key, _ = world.deploy_key()
    world.with_key(key).done("ls-remote", world.live.ssh(world.project))
