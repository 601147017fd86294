"""What a scope, a role and the protection of a branch let somebody do."""

from __future__ import annotations

import gitlab
import pytest
from gitlab_live import World
from gitlab_ways_in import (
    NOT_FOUND,
    api,
    api_status,
    pushes,
    pushes_https,
    reads_https,
)

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


def test_a_public_project_is_read_by_everyone_and_written_by_members(world: World) -> None:
    world.gitlab.control.api("PUT", f"/projects/{world.group}%2Fflux-config", visibility="public")
    url = f"{world.live.gitlab.url}/{world.project}.git"
    assert world.head in world.desk.done("ls-remote", url)
    assert "could not read Username" in pushes(world, world.desk, url, "main")
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


def test_main_is_protected_where_nobody_asked_for_anything_else(world: World) -> None:
    """The sandbox's own projects are made so: developers do not push to it, nobody forces."""
    group = f"{world.group}-guarded"
    world.gitlab.create_group(group)
    world.gitlab.create_project(group, "fleet")
    [rule] = world.gitlab.protected_branches(f"{group}/fleet")
    assert (rule["name"], rule["allow_force_push"]) == ("main", False)
    assert [each["access_level"] for each in rule["push_access_levels"]] == [40]
