"""Faults on request, snapshots, the log and push hooks, seen by real clients."""

from __future__ import annotations

import contextlib
import http.server
import json
import queue
import stat
import subprocess
import sys
import threading
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab
import pytest
from gitlab_live import Key, Live, World, seen_in_log

from sandbox.errors import SandboxError
from sandbox.gitlab import GitLab, GitLabRefused


@pytest.fixture(autouse=True)
def cleared(world: World) -> Iterator[None]:
    yield
    world.gitlab.faults.clear()
    assert world.desk.git("ls-remote", world.live.https(world.project, world.token)).returncode == 0


def test_connections_are_refused_and_come_back_on_the_same_port(world: World) -> None:
    key, _ = world.deploy_key()
    desk = world.with_key(key)
    url, ssh = world.live.https(world.project, world.token), world.live.ssh(world.project)
    world.gitlab.faults.refuse_connections("https")
    assert "Couldn't connect to server" in desk.git("ls-remote", url).stderr
    with pytest.raises(urllib.error.URLError, match="Connection refused"):
        world.live.request("GET", "/api/v4/user")
    desk.done("ls-remote", ssh)
    world.gitlab.faults.refuse_connections("ssh")
    assert "Connection refused" in desk.git("ls-remote", ssh).stderr
    assert world.refs() == {"refs/heads/main": world.head}
    world.gitlab.faults.clear()
    desk.done("ls-remote", url)
    desk.done("ls-remote", ssh)


def test_a_status_on_request(world: World) -> None:
    world.gitlab.faults.answer(503)
    done = world.desk.git("ls-remote", world.live.https(world.project, world.token))
    assert "The requested URL returned error: 503" in done.stderr
    with (
        gitlab.Gitlab(
            world.gitlab.url, private_token=world.token, ssl_verify=str(world.gitlab.ca_file)
        ) as client,
        pytest.raises(gitlab.GitlabHttpError) as error,
    ):
        client.http_get("/user", retry_transient_errors=False)
    assert error.value.response_code == 503
    with pytest.raises(GitLabRefused, match="400 to 599"):
        world.gitlab.faults.answer(200)


def test_a_commit_gets_ahead_of_one_push(world: World) -> None:
    desk, tree, url = world.desk, world.tree, world.live.https(world.project, world.token)
    theirs = desk.commit(tree, {"theirs.txt": "x"})
    desk.done("push", "--quiet", url, "HEAD:refs/heads/ahead", cwd=tree)
    desk.done("reset", "--quiet", "--hard", world.head, cwd=tree)
    mine = desk.commit(tree, {"mine.txt": "x"})
    world.gitlab.faults.overtake("ahead")
    # Looking is no push.
    assert desk.done("ls-remote", url, "main").split()[0] == world.head
    assert "[rejected]" in desk.git("push", url, "HEAD:main", cwd=tree).stderr
    assert world.refs() == {"refs/heads/main": theirs}
    desk.done("pull", "--quiet", "--rebase", url, "main", cwd=tree)
    desk.done("push", "--quiet", url, "HEAD:main", cwd=tree)
    both = desk.done("rev-parse", "HEAD", cwd=tree)
    assert both != mine
    assert world.refs() == {"refs/heads/main": both}


def test_a_branch_that_is_not_there_gets_ahead_of_nothing(world: World) -> None:
    desk, tree, url = world.desk, world.tree, world.live.https(world.project, world.token)
    world.gitlab.faults.overtake("nowhere")
    sha = desk.commit(tree, {"mine.txt": "x"})
    desk.done("push", "--quiet", url, "HEAD:main", cwd=tree)
    assert world.refs() == {"refs/heads/main": sha}


def test_a_delay_holds_everyone_up_until_it_is_cleared(world: World) -> None:
    key, _ = world.deploy_key()
    world.gitlab.faults.delay(3600)
    started = [
        subprocess.Popen(
            ["git", "ls-remote", url],
            env=world.with_key(key).env(),
            stdout=subprocess.PIPE,
            text=True,
        )
        for url in (world.live.https(world.project, world.token), world.live.ssh(world.project))
    ]
    for process in started:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(1)
    world.gitlab.faults.clear()
    for process in started:
        out, _ = process.communicate(timeout=60)
        assert world.head in out


def test_a_fetch_is_cut_in_the_middle_of_its_pack(world: World) -> None:
    noise = "\n".join(str(number * 7919 % 104729) for number in range(100_000))
    world.desk.commit(world.tree, {"big.txt": noise})
    url = world.live.https(world.project, world.token)
    world.desk.done("push", "--quiet", url, "main", cwd=world.tree)
    key, _ = world.deploy_key()
    world.gitlab.faults.cut_pack(50_000)
    for number, where in enumerate((url, world.live.ssh(world.project))):
        folder = world.desk.folder / f"cut-{number}"
        done = world.with_key(key).git("clone", where, str(folder))
        assert done.returncode == 128
        assert "early EOF" in done.stderr or "invalid index-pack output" in done.stderr
        assert not folder.exists()
    world.gitlab.faults.clear()
    world.with_key(key).done("clone", "--quiet", url, str(world.desk.folder / "whole"))
    seen_in_log(world.live, operation="SSH fetch", result="cut after 50000 bytes on request")


def test_access_goes_back_to_a_snapshot_and_repositories_do_not(world: World) -> None:
    key, number = world.deploy_key()
    world.gitlab.protect_branch(world.project, "main")
    token = world.token_of("reporter")
    before = world.gitlab.snapshot()

    world.gitlab.delete_deploy_key(world.project, number)
    world.gitlab.revoke_token(token)
    world.gitlab.unprotect_branch(world.project, "main")
    world.gitlab.add_project_hook(world.project, "http://127.0.0.1:9/", token="x")
    late = world.token_of("maintainer")
    url = world.live.https(world.project, late)
    sha = world.desk.commit(world.tree, {"new.txt": "x"})
    world.desk.done("push", "--quiet", url, "main", cwd=world.tree)

    world.gitlab.restore(before)
    assert [each["id"] for each in world.gitlab.deploy_keys(world.project)] == [number]
    world.with_key(key).done("ls-remote", world.live.ssh(world.project))
    world.desk.done("ls-remote", world.live.https(world.project, token))
    assert [each["name"] for each in world.gitlab.protected_branches(world.project)] == ["main"]
    assert world.gitlab.project_hooks(world.project) == []
    assert "Access denied" in world.desk.git("ls-remote", url).stderr
    assert world.refs() == {"refs/heads/main": sha}
    with pytest.raises(GitLabRefused, match="no such snapshot"):
        world.gitlab.restore(999_999)


def test_a_snapshot_brings_a_deleted_user_back_and_sends_a_new_one_away(world: World) -> None:
    name = world.person("developer")
    token = world.gitlab.create_token(name, ["api"])
    before = world.gitlab.snapshot()
    world.gitlab.control.api("DELETE", f"/users/{world.gitlab.user(name)['id']}")
    late = world.person("developer")
    world.gitlab.restore(before)
    world.desk.done("ls-remote", world.live.https(world.project, token))
    status, _, _ = world.live.request(
        "POST",
        "/api/v4/projects",
        token=token,
        body=b'{"name": "mine"}',
        headers={"Content-Type": "application/json"},
    )
    assert status == 201
    with pytest.raises(GitLabRefused, match="no user"):
        world.gitlab.user(late)


def test_the_way_in_is_the_owners_alone(live: Live, world: World) -> None:
    socket = live.data / "control.sock"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    assert stat.S_IMODE(live.data.stat().st_mode) == 0o700
    with pytest.raises(GitLabRefused, match="no such verb"):
        world.gitlab.control.ask("shell")
    with pytest.raises(GitLabRefused, match="no such fault"):
        world.gitlab.control.ask("fault", kind="explode")
    with pytest.raises(GitLabRefused, match="404"):
        world.gitlab.project("no/where")
    for path in ("/api/v4/faults", "/control", "/api/v4/snapshot"):
        assert live.request("POST", path, token=live.gitlab.token)[0] == 404


def test_a_client_without_a_server_says_so(tmp_path: Path) -> None:
    with pytest.raises(SandboxError, match="no server"):
        GitLab.at(tmp_path).snapshot()
    with pytest.raises(SandboxError, match="no server"):
        _ = GitLab.at(tmp_path / "nowhere").url
    assert GitLab.at(tmp_path).log() == []


def test_the_log_says_who_did_what(world: World) -> None:
    key, number = world.deploy_key()
    desk = world.with_key(key)
    desk.done("ls-remote", world.live.ssh(world.project))
    desk.git("push", world.live.ssh(world.project), "HEAD:refs/heads/x", cwd=world.tree)
    world.live.request("GET", f"/api/v4/projects/{world.group}%2Fflux-config", token=world.token)
    stranger = Key.make(world.desk.folder)
    world.with_key(stranger).git("ls-remote", world.live.ssh(world.project))
    common = {"project": world.project, "address": "127.0.0.1"}
    who = {"actor": f"deploy key {number}", "via": f"key {number}"}
    told = subprocess.run(["ssh", "-V"], check=True, capture_output=True, text=True).stderr
    client = told.partition(",")[0]  # such as OpenSSH_9.2p1 Debian-2, before OpenSSL's version
    seen_in_log(world.live, operation="SSH fetch", result="ok", client=client, **who, **common)
    refused = "This deploy key does not have write access to this project."
    seen_in_log(world.live, operation="SSH push", result=refused, **who, **common)
    seen_in_log(
        world.live,
        operation="API GET /projects/:id",
        actor=world.maintainer,
        result="200",
        **common,
    )
    seen_in_log(
        world.live,
        operation="SSH login",
        actor="nobody",
        via=f"unknown key {stranger.fingerprint}",
        result="refused",
    )


@contextlib.contextmanager
def receiver(status: int = 200) -> Iterator[tuple[str, queue.Queue[tuple[dict[str, str], Any]]]]:
    """Something that takes push hooks, as Flux's Receiver does."""
    got: queue.Queue[tuple[dict[str, str], Any]] = queue.Queue()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.put((dict(self.headers), json.loads(body)))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            print(format % args, file=sys.stderr)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/hook/abc", got
        finally:
            server.shutdown()
            thread.join()


def test_a_push_reaches_its_hook(world: World) -> None:
    with receiver() as (url, got):
        hook = world.gitlab.add_project_hook(world.project, url, token="the-hooks-secret")
        before = world.head
        sha = world.desk.commit(world.tree, {"x.txt": "x"}, "Change x")
        where = world.live.https(world.project, world.token)
        world.desk.done("push", "--quiet", where, "main", cwd=world.tree)
        headers, body = got.get(timeout=30)
        assert headers["X-Gitlab-Event"] == "Push Hook"
        assert headers["X-Gitlab-Token"] == "the-hooks-secret"
        assert (body["object_kind"], body["ref"]) == ("push", "refs/heads/main")
        assert (body["before"], body["after"], body["checkout_sha"]) == (before, sha, sha)
        assert body["user_username"] == world.maintainer
        assert [each["title"] for each in body["commits"]] == ["Change x"]
        assert body["project"]["path_with_namespace"] == world.project
        seen_in_log(world.live, operation="push hook", via=f"hook {hook['id']}", result="200")
        path = f"/projects/{world.group}%2Fflux-config/hooks/{hook['id']}/test/push_events"
        world.gitlab.control.api("POST", path)
        assert got.get(timeout=30)[1]["after"] == sha
        world.gitlab.delete_project_hook(world.project, hook["id"])
        world.desk.commit(world.tree, {"x.txt": "y"})
        world.desk.done("push", "--quiet", where, "main", cwd=world.tree)
        assert got.empty()


def test_a_hook_that_nobody_takes_stops_no_push(world: World) -> None:
    world.gitlab.add_project_hook(world.project, "http://127.0.0.1:9/", token="x")
    sha = world.desk.commit(world.tree, {"x.txt": "x"})
    where = world.live.https(world.project, world.token)
    world.desk.done("push", "--quiet", where, "main", cwd=world.tree)
    assert world.refs() == {"refs/heads/main": sha}
    seen_in_log(
        world.live,
        operation="push hook",
        project=world.project,
        result="not delivered: ClientConnectorError",
    )
