"""Git that is none: a clean refusal, the server alive, the repositories unchanged."""

from __future__ import annotations

import asyncio

import pytest
from gitlab_live import World
from gitlab_raw import PKT_FLUSH, basic, connection

from sandbox.waiting import wait_until

pytestmark = pytest.mark.usefixtures("unharmed")


@pytest.fixture
def world(standing: World) -> World:
    """One for all of them: what is refused leaves it as it was, which `unharmed` looks at."""
    return standing


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
