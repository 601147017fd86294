"""What opens a project over HTTPS, SSH and the API, and what does so no longer."""

from __future__ import annotations

import gitlab
import pytest
from gitlab_live import Key, World
from gitlab_ways_in import (
    NOT_FOUND,
    api,
    api_status,
    pushes,
    pushes_https,
    pushes_ssh,
    reads_https,
    reads_ssh,
)


def test_nobody_is_let_in(world: World) -> None:
    url = f"{world.live.gitlab.url}/{world.project}.git"
    done = world.desk.git("ls-remote", url)
    assert "could not read Username" in done.stderr
    assert "could not read Username" in pushes(world, world.desk, url, "main")
    status, _, headers = world.live.request(
        "GET", f"/{world.project}.git/info/refs?service=git-upload-pack"
    )
    assert (status, headers["WWW-Authenticate"]) == (401, 'Basic realm="GitLab"')
    assert "Permission denied (publickey)" in reads_ssh(world, None)
    assert api_status(world, None) == 401


def test_a_wrong_token_and_a_wrong_key_are_refused(world: World) -> None:
    wrong = "glpat-" + "x" * 27
    assert "HTTP Basic: Access denied" in reads_https(world, wrong)
    assert "HTTP Basic: Access denied" in pushes_https(world, wrong)
    assert api_status(world, wrong) == 401
    stranger = Key.make(world.desk.folder)
    assert "Permission denied (publickey)" in reads_ssh(world, stranger)
    assert "Permission denied (publickey)" in pushes_ssh(world, stranger)


def test_a_good_key_opens_nothing_for_another_user_name(world: World) -> None:
    key, _ = world.deploy_key()
    for name in ("root", "admin", "Git"):
        done = world.with_key(key).ssh(f"{name}@127.0.0.1", f"git-upload-pack '{world.project}'")
        assert done.returncode == 255
        assert "Permission denied (publickey)" in done.stderr


@pytest.mark.parametrize(
    ("end", "description"),
    [
        (
            "revoke_token",
            "Token was revoked. You have to re-authorize from the user.",
        ),
        (
            "expire_token",
            "Token is expired. You can either do re-authorization or token refresh.",
        ),
    ],
)
def test_an_ended_token_is_refused_from_the_next_request_on(
    world: World, end: str, description: str
) -> None:
    token = world.token_of("maintainer")
    assert (reads_https(world, token), pushes_https(world, token)) == ("", "")
    assert api_status(world, token) == 200
    getattr(world.gitlab, end)(token)
    assert "HTTP Basic: Access denied" in reads_https(world, token)
    assert "HTTP Basic: Access denied" in pushes_https(world, token)
    assert api_status(world, token) == 401
    _, body, _ = world.live.request("GET", "/api/v4/user", token=token)
    assert description.encode() in body


def test_a_token_revoked_during_a_kept_connection_is_refused(world: World) -> None:
    token = world.token_of("maintainer")
    with api(world, token) as client:
        client.projects.get(world.project)
        world.gitlab.revoke_token(token)
        with pytest.raises(gitlab.GitlabAuthenticationError):
            client.projects.get(world.project)


def test_a_deleted_key_is_refused_from_the_next_request_on(world: World) -> None:
    key, number = world.deploy_key(can_push=True)
    assert (reads_ssh(world, key), pushes_ssh(world, key)) == ("", "")
    world.gitlab.delete_deploy_key(world.project, number)
    assert "Permission denied (publickey)" in reads_ssh(world, key)
    assert "Permission denied (publickey)" in pushes_ssh(world, key)


def test_a_deploy_key_reads_and_does_not_push(world: World) -> None:
    key, _ = world.deploy_key()
    assert reads_ssh(world, key) == ""
    said = pushes_ssh(world, key)
    assert "ERROR: This deploy key does not have write access to this project." in said
    assert "fatal: Could not read from remote repository." in said


def test_a_deploy_key_that_can_push_pushes(world: World) -> None:
    key, number = world.deploy_key(can_push=True)
    assert (reads_ssh(world, key), pushes_ssh(world, key)) == ("", "")
    world.gitlab.set_can_push(world.project, number, False)
    assert "does not have write access" in pushes_ssh(world, key)


def test_a_deploy_key_sees_no_other_project(world: World) -> None:
    key, _ = world.deploy_key()
    world.gitlab.create_project(world.group, "other")
    done = world.with_key(key).git("ls-remote", world.live.ssh(f"{world.group}/other"))
    assert done.returncode != 0
    assert f"ERROR: {NOT_FOUND}" in done.stderr
    assert done.stdout == ""


def test_a_users_own_key_has_the_rights_of_the_user(world: World) -> None:
    key = Key.make(world.desk.folder, "ecdsa-sha2-nistp384")
    name = world.person("developer")
    world.gitlab.add_user_key(name, "laptop", key.public)
    assert (reads_ssh(world, key), pushes_ssh(world, key)) == ("", "")
    assert f"Welcome to GitLab, @{name}!" in world.with_key(key).ssh("-T", "git@127.0.0.1").stdout
    world.gitlab.remove_member(world.group, name)
    assert NOT_FOUND in reads_ssh(world, key)


def test_a_deploy_token_reads_under_its_own_name_only(world: World) -> None:
    made = world.gitlab.create_deploy_token(world.project, "cluster", ["read_repository"])
    assert made["username"] == f"gitlab+deploy-token-{made['id']}"
    assert reads_https(world, made["token"], made["username"]) == ""
    assert "Access denied" in reads_https(world, made["token"], "somebody")
    url = world.live.https(world.project, made["token"], made["username"])
    assert "You are not allowed to upload code." in pushes(world, world.desk, url, "main")
    assert api_status(world, made["token"]) == 401


def test_a_blocked_user_is_nobody(world: World) -> None:
    name = world.person("maintainer")
    token = world.gitlab.create_token(name, ["api"])
    assert api_status(world, token) == 200
    world.gitlab.control.api("POST", f"/users/{world.gitlab.user(name)['id']}/block")
    assert api_status(world, token) == 401
    assert "Access denied" in reads_https(world, token)
