"""Git over HTTPS and SSH with git itself and OpenSSH's ssh."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path

import pytest
from gitlab_live import Key, Live, World


def test_clones_over_both_ways_are_the_same(world: World) -> None:
    key, _ = world.deploy_key()
    for number, url in enumerate(
        (
            world.live.https(world.project, world.token),
            world.live.https(world.project, world.token).removesuffix(".git"),
            world.live.ssh(world.project),
            f"{world.live.ssh(world.project)}.git",
            world.live.ssh(world.project.upper()),
        )
    ):
        folder = world.desk.folder / f"clone-{number}"
        world.with_key(key).done("clone", "--quiet", url, str(folder))
        assert world.desk.done("rev-parse", "HEAD", cwd=folder) == world.head


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_each_version_of_the_protocol(world: World, version: str) -> None:
    key, _ = world.deploy_key()
    for way, url in (
        ("https", world.live.https(world.project, world.token)),
        ("ssh", world.live.ssh(world.project)),
    ):
        done = world.with_key(key).git(
            "-c", f"protocol.version={version}", "ls-remote", url, GIT_TRACE_PACKET="1"
        )
        assert done.returncode == 0, done.stderr
        assert ("< version 2" in done.stderr) == (version == "2"), way
        assert world.head in done.stdout


def test_shallow_and_filtered_clones(world: World) -> None:
    for number in range(3):
        world.desk.commit(world.tree, {"n.txt": f"{number}\n"})
    url = world.live.https(world.project, world.token)
    world.desk.done("push", "--quiet", url, "main", cwd=world.tree)
    key, _ = world.deploy_key()
    for number, where in enumerate((url, world.live.ssh(world.project))):
        folder = world.desk.folder / f"shallow-{number}"
        desk = world.with_key(key)
        desk.done("clone", "--quiet", "--depth=1", where, str(folder))
        assert desk.done("rev-list", "--count", "HEAD", cwd=folder) == "1"
        desk.done("fetch", "--quiet", "--unshallow", cwd=folder)
        assert desk.done("rev-list", "--count", "HEAD", cwd=folder) == "4"
        partial = world.desk.folder / f"partial-{number}"
        desk.done("clone", "--quiet", "--filter=blob:none", where, str(partial))


def test_a_push_larger_than_gits_buffer_goes_in_chunks(world: World) -> None:
    noise = "\n".join(f"{number * number * 7919}" for number in range(300_000))
    sha = world.desk.commit(world.tree, {"big.txt": noise})
    url = world.live.https(world.project, world.token)
    done = world.desk.git(
        "-c", "http.postBuffer=65536", "push", url, "main", cwd=world.tree, GIT_CURL_VERBOSE="1"
    )
    assert done.returncode == 0, done.stderr
    assert "Transfer-Encoding: chunked" in done.stderr
    assert world.refs() == {"refs/heads/main": sha}


def test_a_gzipped_request_is_understood(world: World) -> None:
    want = f"0032want {world.head}\n00000009done\n".encode()
    headers = {
        "Content-Type": "application/x-git-upload-pack-request",
        "Content-Encoding": "gzip",
        "Authorization": basic(world.token),
    }
    path = f"/{world.project}.git/git-upload-pack"
    status, body, answered = world.live.request(
        "POST", path, body=gzip.compress(want), headers=headers
    )
    assert (status, answered["Content-Type"]) == (200, "application/x-git-upload-pack-result")
    assert body.startswith(b"0008NAK\nPACK")


def basic(token: str) -> str:
    import base64

    return "Basic " + base64.b64encode(f"git:{token}".encode()).decode()


def test_a_push_of_several_refs_is_logged_one_by_one(world: World) -> None:
    url = world.live.https(world.project, world.token)
    world.desk.done("push", "--quiet", url, "main:a", "main:b", cwd=world.tree)
    noted = [
        (entry["actor"], entry["ref"], entry["result"], entry["new"])
        for entry in world.gitlab.log()
        if entry["operation"] == "HTTPS push"
        and entry.get("ref") in ("refs/heads/a", "refs/heads/b")
    ]
    assert noted == [
        (world.maintainer, "refs/heads/a", "ok", world.head),
        (world.maintainer, "refs/heads/b", "ok", world.head),
    ]


def test_ssh_gives_nothing_but_git(world: World) -> None:
    key, _ = world.deploy_key()
    desk = world.with_key(key)
    for words in (
        ["git@127.0.0.1", "sh"],
        ["git@127.0.0.1", "git-upload-archive", f"'{world.project}'"],
        ["git@127.0.0.1", "git-lfs-authenticate", f"'{world.project}'", "download"],
        ["git@127.0.0.1", f"git-upload-pack '{world.project}'; id"],
        ["git@127.0.0.1", f"git-upload-pack $(id) '{world.project}'"],
    ):
        done = desk.ssh(*words)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert "ERROR: Disallowed command" in done.stderr, words
    shell = desk.ssh("git@127.0.0.1")
    assert (shell.returncode, shell.stdout) == (0, "Welcome to GitLab, Anonymous!\n")
    pty = desk.ssh("-tt", "git@127.0.0.1")
    assert "PTY allocation request failed" in pty.stderr or pty.returncode != 0
    sftp = desk.ssh("-s", "git@127.0.0.1", "sftp")
    assert sftp.returncode != 0
    assert sftp.stdout == ""


@pytest.mark.parametrize(
    "words",
    [["-N", "-L", "0:127.0.0.1:22"], ["-N", "-R", "0:127.0.0.1:22"], ["-W", "127.0.0.1:22"]],
)
def test_ssh_forwards_nothing(world: World, words: list[str]) -> None:
    key, _ = world.deploy_key()
    desk = world.with_key(key)
    if words[1] == "-L":
        return check_local_forward(world, desk.key)
    done = desk.ssh("-o", "ExitOnForwardFailure=yes", *words, "git@127.0.0.1")
    assert done.returncode != 0
    assert done.stdout == ""


def check_local_forward(world: World, key: Key | None) -> None:
    """The client opens its own port; the channel through it is what the server refuses."""
    done = world.with_key(key).ssh("-W", f"127.0.0.1:{world.gitlab.ssh_port}", "git@127.0.0.1")
    assert done.returncode != 0
    assert "SSH-2.0" not in done.stdout


def test_ssh_takes_no_environment(world: World) -> None:
    key, _ = world.deploy_key()
    done = world.with_key(key).ssh(
        "-o",
        "SetEnv=GIT_PROTOCOL=version=2;evil GIT_TRACE=/tmp/never-written-by-proofbook",
        "git@127.0.0.1",
        f"git-upload-pack '{world.project}'",
    )
    assert "version 2" not in done.stdout
    assert not Path("/tmp/never-written-by-proofbook").exists()


def test_host_keys_are_ed25519_and_ecdsa_and_rotate(world: World) -> None:
    def scan() -> dict[str, str]:
        done = subprocess.run(
            ["ssh-keyscan", "-p", str(world.gitlab.ssh_port), "127.0.0.1"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        lines = [line.split() for line in done.stdout.splitlines() if not line.startswith("#")]
        return {words[1]: words[2] for words in lines}

    before = scan()
    assert set(before) == {"ssh-ed25519", "ecdsa-sha2-nistp256"}
    key, _ = world.deploy_key()
    desk = world.with_key(key)
    desk.done("ls-remote", world.live.ssh(world.project))
    noted = world.gitlab.snapshot()
    world.gitlab.faults.rotate_host_key()
    after = scan()
    assert all(after[kind] != before[kind] for kind in before)
    done = desk.git("ls-remote", world.live.ssh(world.project))
    assert "Host key verification failed" in done.stderr
    world.gitlab.restore(noted)
    assert scan() == before
    desk.done("ls-remote", world.live.ssh(world.project))


def test_the_default_branch_follows_the_first_push(world: World) -> None:
    world.gitlab.create_project(world.group, "late")
    url = world.live.https(f"{world.group}/late", world.token)
    world.desk.done("push", "--quiet", url, "main:trunk", cwd=world.tree)
    assert world.gitlab.project(f"{world.group}/late")["default_branch"] == "trunk"
    folder = world.desk.folder / "late"
    world.desk.done("clone", "--quiet", url, str(folder))
    assert world.desk.done("branch", "--show-current", cwd=folder) == "trunk"


def test_secrets_are_in_no_file_but_their_own(world: World, live: Live) -> None:
    token = world.token_of("maintainer")
    made = world.gitlab.create_deploy_token(world.project, "t", ["read_repository"])
    assert world.desk.git("ls-remote", live.https(world.project, token)).returncode == 0
    live.request("GET", f"/api/v4/projects?private_token={token}", token=token)
    live.request("GET", f"/{token}/x.git/info/refs?service=git-upload-pack")
    secrets = [token.encode(), made["token"].encode(), live.gitlab.token.encode()]
    allowed = {live.data / "administrator-token", live.data / "ready.json"}
    for path in live.data.rglob("*"):
        if not path.is_file() or path in allowed:
            continue
        content = path.read_bytes()
        assert not any(secret in content for secret in secrets), path
    assert token not in json.dumps(live.gitlab.log())
    assert token not in live.errors()


def test_files_are_for_their_owner_only(live: Live, world: World) -> None:
    assert live.data.stat().st_mode & 0o777 == 0o700
    for path in [live.data, *live.data.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
