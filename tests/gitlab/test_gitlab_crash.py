"""Killed with -9 in the middle of pushes and API writes, again and again at random points."""

from __future__ import annotations

import json
import random
import subprocess
import threading
import urllib.error
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

import pytest
from gitlab_live import Live, World, make_world

# A client that is cut off while it greets the server leaves its socket to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
KILLS = 50
SEED = 20261123


@dataclass
class Acknowledged:
    """What clients were told is done, and what they had only asked for."""

    refs: dict[str, str] = field(default_factory=dict)
    asked: dict[str, set[str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)


class Pusher:
    """Pushes commit after commit to a branch of its own until the server is gone."""

    def __init__(self, world: World, url: str, branch: str, done: Acknowledged) -> None:
        self.ref = f"refs/heads/{branch}"
        self.world, self.url, self.done = world, url, done
        self.desk = world.with_key(world.crash_key)
        self.tree = world.desk.clone({"f": branch})
        self.done.asked[self.ref] = set()

    def run(self, stop: threading.Event) -> None:
        while not stop.is_set():
            sha = self.desk.commit(self.tree, {"f": f"{len(self.done.asked[self.ref])}"})
            self.done.asked[self.ref].add(sha)
            pushed = self.desk.git("push", "--force", self.url, f"HEAD:{self.ref}", cwd=self.tree)
            if pushed.returncode:
                return
            self.done.refs[self.ref] = sha


def write_api(world: World, number: int, done: Acknowledged, stop: threading.Event) -> None:
    """Create groups and tokens until the server is gone."""
    count = 0
    while not stop.is_set():
        count += 1
        path = f"crash-{number}-{count}"
        try:
            status, _, _ = post(world, "groups", {"name": path, "path": path})
            assert status == 201
            done.groups.add(path)
            status, body, _ = post(
                world,
                f"users/{world.user_id}/personal_access_tokens",
                {"name": path, "scopes": ["api"]},
            )
            assert status == 201
            done.tokens.add(json.loads(body)["token"])
        except (urllib.error.URLError, HTTPException, OSError):
            return


def post(world: World, path: str, body: dict[str, object]) -> tuple[int, bytes, dict[str, str]]:
    return world.live.request(
        "POST",
        f"/api/v4/{path}",
        token=world.root_token,
        body=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )


@dataclass
class CrashWorld(World):
    """With what the writers need."""

    crash_key: object = None
    user_id: int = 0
    root_token: str = ""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_acknowledged_write_is_lost(tmp_path: Path) -> None:
    live = Live(tmp_path / "d").start()
    world = CrashWorld(**vars(make_world(live, tmp_path)))
    world.crash_key, _ = world.deploy_key(can_push=True)
    world.user_id = world.gitlab.user(world.maintainer)["id"]
    world.root_token = live.gitlab.token
    done = Acknowledged()
    https = live.https(world.project, world.token)
    pushers = [
        Pusher(world, https, "https", done),
        Pusher(world, live.ssh(world.project), "ssh", done),
    ]
    chance = random.Random(SEED)
    acknowledged = 0
    for number in range(KILLS):
        stop = threading.Event()
        threads = [threading.Thread(target=pusher.run, args=(stop,)) for pusher in pushers]
        threads.append(threading.Thread(target=write_api, args=(world, number, done, stop)))
        for thread in threads:
            thread.start()
        # The moment of the kill is the test's input, not something that could be waited for.
        threading.Event().wait(chance.uniform(0.02, 0.6))
        live.kill()
        stop.set()
        for thread in threads:
            thread.join()
        live.start()
        check(world, done)
        acknowledged = len(done.groups) + len(done.tokens) + sum(map(len, done.asked.values()))
    live.fsck()
    assert acknowledged > KILLS
    assert {f"refs/heads/{name}" for name in ("https", "ssh")} <= set(done.refs)
    assert live.stop() == 0


def check(world: World, done: Acknowledged) -> None:
    refs = world.refs()
    for ref, sha in done.refs.items():
        # A push that was cut off may have landed too, but never an older state.
        later = refs[ref] == sha or descends(world, sha, refs[ref])
        assert later, f"{ref}: {sha} was acknowledged, {refs[ref]} is there"
        assert refs[ref] in done.asked[ref]
    kept = {row["path"] for row in world.gitlab.control.list("/groups")}
    assert done.groups <= kept
    for token in sorted(done.tokens)[-5:]:
        assert world.live.request("GET", "/api/v4/user", token=token)[0] == 200
    world.live.fsck()


def descends(world: World, old: str, new: str) -> bool:
    repository = world.live.data / "repositories" / f"{world.gitlab_id}.git"
    command = ["git", f"--git-dir={repository}", "merge-base", "--is-ancestor", old, new]
    return subprocess.run(command, timeout=60).returncode == 0
