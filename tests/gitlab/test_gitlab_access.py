"""The access table, each line with real clients: git, OpenSSH's ssh, python-gitlab."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import gitlab
import pytest
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
    return _push(world, world.desk, world.live.https(world.project, token), branch)


def reads_ssh(world: World, key: Key | None) -> str:
    done = world.with_key(key).git("ls-remote", world.live.ssh(world.project))
    if done.returncode == 0:
        assert world.head in done.stdout
        return ""
    return done.stderr


def pushes_ssh(world: World, key: Key | None, branch: str = "main") -> str:
    return _push(world, world.with_key(key), world.live.ssh(world.project), branch)


def _push(world: World, desk: Desk, url: str, branch: str) -> str:
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


def test_nobody_is_let_in(world: World) -> None:
    url = f"{world.live.gitlab.url}/{world.project}.git"
    done = world.desk.git("ls-remote", url)
    assert "could not read Username" in done.stderr
    assert "could not read Username" in _push(world, world.desk, url, "main")
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


DOWN = "You are not allowed to download code."
UP = "You are not allowed to upload code."


@pytest.mark.parametrize(
    ("scope", "fetch", "push", "user", "project", "file", "change"),
    [
        ("api", "", "", 200, 200, 200, 201),
        ("read_api", "", UP, 200, 200, 200, 403),
        ("read_repository", "", UP, 403, 403, 200, 403),
        ("write_repository", "", "", 403, 403, 403, 403),
        ("read_user", DOWN, UP, 200, 403, 403, 403),
    ],
)
def test_what_a_token_may_with_each_scope(
    world: World, scope: str, fetch: str, push: str, user: int, project: int, file: int, change: int
) -> None:
    token = world.token_of("maintainer", scope)
    for wanted, said in ((fetch, reads_https(world, token)), (push, pushes_https(world, token))):
        assert bool(wanted) == bool(said)
        assert not wanted or (f"{wanted}\n" in said and "403" in said)
    path = f"/api/v4/projects/{world.project.replace('/', '%2F')}"

    def status(path: str, method: str = "GET") -> int:
        code, said, _ = world.live.request(method, path, token=token)
        assert (code == 403) == (b"insufficient_scope" in said)
        return code

    assert status("/api/v4/user") == user
    assert status(path) == project
    assert status(f"{path}/repository/tree") == project
    assert status(f"{path}/repository/files/README.md?ref=main") == file
    assert status(f"{path}/repository/branches?branch=b&ref=main", "POST") == change
    assert status("/api/v4/personal_access_tokens/self") == 200


def test_a_scope_too_narrow_is_told_before_the_project_is_looked_for(world: World) -> None:
    token = world.token_of(None, "read_user")
    done = world.desk.git("ls-remote", world.live.https("no/such", token))
    assert f"{DOWN}\n" in done.stderr
    assert f"{DOWN}\n" in reads_https(world, token)
    assert NOT_FOUND in reads_https(world, world.token_of(None, "read_repository"))


@pytest.mark.parametrize("role", ["developer", "maintainer", "owner"])
def test_a_token_with_api_of_a_member_may_everything(world: World, role: str) -> None:
    token = world.token_of(role, "api")
    assert (reads_https(world, token), pushes_https(world, token)) == ("", "")
    assert api_status(world, token) == 200


def test_a_reporter_reads_and_does_not_push(world: World) -> None:
    token = world.token_of("reporter", "api")
    assert reads_https(world, token) == ""
    assert "You are not allowed to push code to this project." in pushes_https(world, token)


def test_a_guest_sees_the_project_and_no_code(world: World) -> None:
    token = world.token_of("guest", "api")
    assert api_status(world, token) == 200
    assert "You are not allowed to download code from this project." in reads_https(world, token)


def test_a_developer_does_not_manage_deploy_keys(world: World) -> None:
    with api(world, world.token_of("developer")) as client:
        project = client.projects.get(world.project)
        with pytest.raises(gitlab.GitlabError) as refused:
            project.keys.list(get_all=True)
    assert (refused.value.response_code, str(refused.value)) == (403, "403: 403 Forbidden")


def test_a_token_with_api_of_a_stranger_gets_404(world: World) -> None:
    token = world.token_of(None, "api")
    assert NOT_FOUND in reads_https(world, token)
    assert NOT_FOUND in pushes_https(world, token)
    assert api_status(world, token) == 404
    missing = world.live.https(f"{world.group}/no-such-project", world.token)
    assert NOT_FOUND in world.desk.git("ls-remote", missing).stderr


def test_a_developer_does_not_push_to_a_protected_branch(world: World) -> None:
    world.gitlab.protect_branch(world.project, "main")
    token = world.token_of("developer", "api")
    assert reads_https(world, token) == ""
    said = pushes_https(world, token)
    assert (
        "remote: GitLab: You are not allowed to push code to protected branches on this project."
        in said
    )
    assert "pre-receive hook declined" in said
    assert pushes_https(world, token, "free") == ""
    assert pushes_https(world, world.token_of("maintainer")) == ""


def test_nobody_forces_or_deletes_a_protected_branch(world: World) -> None:
    world.gitlab.protect_branch(world.project, "release/*")
    url = world.live.https(world.project, world.token)
    world.desk.done("push", url, "HEAD:refs/heads/release/1", cwd=world.tree)
    before = world.refs()
    orphan = world.desk.clone({"other.txt": "no common history\n"})
    forced = world.desk.git("push", "--force", url, "HEAD:refs/heads/release/1", cwd=orphan)
    assert "force push code to a protected branch on this project" in forced.stderr
    deleted = world.desk.git("push", url, ":refs/heads/release/1", cwd=orphan)
    assert "only delete protected branches using the web interface" in deleted.stderr
    assert world.refs() == before
    world.desk.done("push", "--force", url, "HEAD:refs/heads/free", cwd=orphan)
    world.desk.done("push", "--force", url, "HEAD~0:refs/heads/free", cwd=world.tree)


def test_the_default_branch_stays(world: World) -> None:
    url = world.live.https(world.project, world.token)
    done = world.desk.git("push", url, ":refs/heads/main", cwd=world.tree)
    assert "The default branch of a project cannot be deleted." in done.stderr
    assert world.refs() == {"refs/heads/main": world.head}


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
    assert "You are not allowed to upload code." in _push(world, world.desk, url, "main")
    assert api_status(world, made["token"]) == 401


def test_a_blocked_user_is_nobody(world: World) -> None:
    name = world.person("maintainer")
    token = world.gitlab.create_token(name, ["api"])
    assert api_status(world, token) == 200
    world.gitlab.control.api("POST", f"/users/{world.gitlab.user(name)['id']}/block")
    assert api_status(world, token) == 401
    assert "Access denied" in reads_https(world, token)


def test_a_public_project_is_read_by_everyone_and_written_by_members(world: World) -> None:
    world.gitlab.control.api("PUT", f"/projects/{world.group}%2Fflux-config", visibility="public")
    url = f"{world.live.gitlab.url}/{world.project}.git"
    assert world.head in world.desk.done("ls-remote", url)
    assert "could not read Username" in _push(world, world.desk, url, "main")
    assert "not allowed to push" in pushes_https(world, world.token_of(None))
    base = f"/api/v4/projects/{world.group}%2Fflux-config"
    for path in (
        "",
        "/repository/branches",
        "/repository/branches/main",
        "/repository/commits",
        "/repository/commits/main",
        "/repository/tree",
        "/repository/files/README.md?ref=main",
        "/repository/files/README.md/raw",
    ):
        assert world.live.request("GET", base + path)[0] == 200, path
    for path in ("/members", "/deploy_keys", "/hooks"):
        assert world.live.request("GET", base + path)[0] == 401, path


def test_nobody_gives_more_rights_than_they_have(world: World) -> None:
    base = f"/api/v4/projects/{world.group}%2Fflux-config"
    friend = world.gitlab.user(world.person(None))["id"]
    other = world.gitlab.create_group(f"{world.group}-friends")
    world.gitlab.add_member(other["path"], world.maintainer, "owner")
    for path, body in (
        ("/members", f"user_id={friend}&access_level=50"),
        ("/share", f"group_id={other['id']}&group_access=50"),
    ):
        status, _, _ = world.live.request(
            "POST",
            base + path,
            token=world.token,
            body=body.encode(),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )
        assert status == 403, path
    assert world.live.request("DELETE", base, token=world.token)[0] == 403
