"""The ways into a project, each tried with a real client: what it said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gitlab
from gitlab_live import Desk, Key, World

NOT_FOUND = (
    "The project you were looking for could not be found or you don't have permission to view it."
)


def reads_https(world: World, token: str, user: str = "oauth2") -> str:
    """What git says when it reads; empty if it does."""
    done = world.desk.git("ls-remote", world.live.https(world.project, token, user))
    if done.returncode == 0:
        assert world.head in done.stdout
        return ""
    return done.stderr


def pushes_https(world: World, token: str, branch: str = "main") -> str:
    return pushes(world, world.desk, world.live.https(world.project, token), branch)


def reads_ssh(world: World, key: Key | None) -> str:
    done = world.with_key(key).git("ls-remote", world.live.ssh(world.project))
    if done.returncode == 0:
        assert world.head in done.stdout
        return ""
    return done.stderr


def pushes_ssh(world: World, key: Key | None, branch: str = "main") -> str:
    return pushes(world, world.with_key(key), world.live.ssh(world.project), branch)


def pushes(world: World, desk: Desk, url: str, branch: str) -> str:
    before = world.refs()
    sha = desk.commit(world.tree, {"pushed.txt": "more\n"})
    done = desk.git("push", url, f"HEAD:refs/heads/{branch}", cwd=world.tree)
    if done.returncode == 0:
        assert world.refs() == {**before, f"refs/heads/{branch}": sha}
        world.head = world.refs()["refs/heads/main"]
        return ""
    assert world.refs() == before
    return done.stderr


@contextmanager
def api(world: World, token: str | None) -> Iterator[gitlab.Gitlab]:
    with gitlab.Gitlab(
        world.live.gitlab.url, private_token=token, ssl_verify=str(world.live.gitlab.ca_file)
    ) as client:
        yield client


def api_status(world: World, token: str | None) -> int:
    """The status with which python-gitlab gets the project."""
    with api(world, token) as client:
        try:
            found = client.projects.get(world.project)
        except gitlab.GitlabError as error:
            return int(error.response_code or 0)
        assert found.path_with_namespace == world.project
        return 200
