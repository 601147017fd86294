"""The API as a team's scripts use it, through python-gitlab."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import gitlab
import pytest
from gitlab_live import Key, Live, World


@pytest.fixture
def root(live: Live) -> Iterator[gitlab.Gitlab]:
    with gitlab.Gitlab(
        live.gitlab.url, private_token=live.gitlab.token, ssl_verify=str(live.gitlab.ca_file)
    ) as client:
        yield client


@pytest.fixture
def project(root: gitlab.Gitlab, world: World) -> Any:
    return root.projects.get(world.project)


def name() -> str:
    return f"n-{uuid.uuid4().hex[:8]}"


def refusal(error: pytest.ExceptionInfo[Any]) -> tuple[int, Any]:
    return error.value.response_code, json.loads(error.value.response_body)


def test_the_first_token_is_an_administrators(root: gitlab.Gitlab) -> None:
    root.auth()
    assert root.user is not None
    assert (root.user.username, root.user.is_admin) == ("root", True)
    own = root.personal_access_tokens.get("self")
    assert (own.active, own.revoked) == (True, False)
    assert "api" in own.scopes
    assert "token" not in own.attributes
    assert root.version()[0].split(".")[0].isdecimal()


def test_users_groups_and_members(root: gitlab.Gitlab) -> None:
    username = name()
    user = root.users.create(
        {
            "username": username,
            "name": "Someone",
            "email": f"{username}@example.com",
            "force_random_password": True,
        }
    )
    assert root.users.list(username=username)[0].id == user.id
    with pytest.raises(gitlab.GitlabCreateError) as again:
        root.users.create(
            {
                "username": username,
                "name": "Other",
                "email": f"{name()}@example.com",
                "force_random_password": True,
            }
        )
    assert refusal(again) == (409, {"message": "Username has already been taken"})
    group = root.groups.create({"name": "A group", "path": name()})
    sub = root.groups.create({"name": "Sub", "path": "sub", "parent_id": group.id})
    assert sub.full_path == f"{group.full_path}/sub"
    assert [each.id for each in group.subgroups.list()] == [sub.id]
    member = group.members.create({"user_id": user.id, "access_level": 30})
    assert member.access_level == 30
    with pytest.raises(gitlab.GitlabCreateError) as twice:
        group.members.create({"user_id": user.id, "access_level": 30})
    assert refusal(twice) == (409, {"message": "Member already exists"})
    member.access_level = 40
    member.save()
    assert group.members.get(user.id).access_level == 40
    assert user.id in {each.id for each in sub.members_all.list(get_all=True)}
    group.description = "changed"
    group.save()
    assert root.groups.get(group.full_path).description == "changed"
    member.delete()
    with pytest.raises(gitlab.GitlabGetError) as gone:
        group.members.get(user.id)
    assert refusal(gone) == (404, {"message": "404 Member Not Found"})
    user.delete()
    group.delete()
    with pytest.raises(gitlab.GitlabGetError) as missing:
        root.groups.get(sub.id)
    assert refusal(missing) == (404, {"message": "404 Group Not Found"})


def test_projects(root: gitlab.Gitlab, world: World) -> None:
    group = root.groups.get(world.group)
    made = root.projects.create({"name": "A name, with words", "namespace_id": group.id})
    assert made.path == "A-name-with-words"
    assert made.path_with_namespace == f"{world.group}/A-name-with-words"
    assert (made.visibility, made.default_branch, made.empty_repo) == ("private", "main", True)
    assert root.projects.get(made.path_with_namespace.upper()).id == made.id
    with pytest.raises(gitlab.GitlabCreateError) as taken:
        root.projects.create({"name": "a-NAME-with-words", "namespace_id": group.id})
    code, body = refusal(taken)
    assert (code, body["message"]["path"]) == (400, ["has already been taken"])
    made.description = "changed"
    made.visibility = "internal"
    made.save()
    assert root.projects.get(made.id).description == "changed"
    assert made.id in {each.id for each in group.projects.list(get_all=True)}
    readme = root.projects.create({"name": name(), "initialize_with_readme": True})
    assert readme.namespace["kind"] == "user"
    assert readme.owner["username"] == "root"
    assert readme.files.raw(file_path="README.md", ref="main").startswith(b"# n-")
    assert readme.commits.list()[0].title == "Initial commit"
    repository = world.live.data / "repositories" / f"{readme.id}.git"
    assert repository.exists()
    readme.delete()
    assert not repository.exists()


def test_a_project_is_protected_as_gitlab_does_it_unless_the_group_says_otherwise(
    root: gitlab.Gitlab,
) -> None:
    group = root.groups.create({"name": "g", "path": name()})
    made = root.projects.create({"name": "p", "namespace_id": group.id})
    [branch] = made.protectedbranches.list()
    assert (branch.name, branch.allow_force_push) == ("main", False)
    assert [each["access_level"] for each in branch.push_access_levels] == [40]


def test_personal_access_tokens(root: gitlab.Gitlab, live: Live, world: World) -> None:
    user = root.users.get(live.gitlab.user(world.maintainer)["id"])
    day = (date.today() + timedelta(days=30)).isoformat()
    made = user.personal_access_tokens.create(
        {"name": "ci", "scopes": ["api", "read_repository"], "expires_at": day}
    )
    assert made.token.startswith("glpat-")
    assert len(made.token) >= 26
    assert made.expires_at == day
    listed = root.personal_access_tokens.list(user_id=user.id, get_all=True)
    assert made.id in {each.id for each in listed}
    assert all("token" not in each.attributes for each in listed)
    assert live.request("GET", "/api/v4/user", token=made.token)[0] == 200
    root.personal_access_tokens.delete(made.id)
    assert root.personal_access_tokens.get(made.id).revoked is True
    assert live.request("GET", "/api/v4/user", token=made.token)[0] == 401
    with pytest.raises(gitlab.GitlabCreateError) as wrong:
        user.personal_access_tokens.create({"name": "x", "scopes": ["sudo-everything"]})
    assert refusal(wrong) == (400, {"error": "scopes does not have a valid value"})
    with pytest.raises(gitlab.GitlabCreateError):
        user.personal_access_tokens.create(
            {"name": "x", "scopes": ["api"], "expires_at": "2999-01-01"}
        )


def test_a_token_revokes_itself_with_any_scope(live: Live, world: World) -> None:
    token = world.token_of("reporter", "read_repository")
    path = "/api/v4/personal_access_tokens/self"
    status, body, _ = live.request("GET", path, token=token)
    assert (status, json.loads(body)["scopes"]) == (200, ["read_repository"])
    assert live.request("DELETE", path, token=token)[0] == 204
    assert live.request("GET", path, token=token)[0] == 401


def test_only_administrators_make_users_and_tokens(live: Live, world: World) -> None:
    number = live.gitlab.user(world.maintainer)["id"]
    for path, body in (
        ("/users", {"username": "x", "name": "x", "email": "x@x", "reset_password": True}),
        (f"/users/{number}/personal_access_tokens", {"name": "x", "scopes": ["api"]}),
        (f"/users/{number}/keys", {"title": "x", "key": "ssh-ed25519 x"}),
        (f"/users/{number}/block", {}),
    ):
        status, answer, _ = live.request(
            "POST",
            f"/api/v4{path}",
            token=world.token,
            body=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        assert (status, json.loads(answer)) == (403, {"message": "403 Forbidden"}), path
    others = live.request("GET", "/api/v4/personal_access_tokens?user_id=1", token=world.token)
    assert others[0] == 401


def test_deploy_keys(root: gitlab.Gitlab, project: Any, world: World) -> None:
    key = Key.make(world.desk.folder)
    made = project.keys.create({"title": "first", "key": f"{key.public.strip()}\n"})
    assert (made.title, made.can_push) == ("first", False)
    again = project.keys.create({"title": "second", "key": key.public, "can_push": True})
    assert (again.id, again.title, again.can_push) == (made.id, "first", False)
    made.can_push = True
    made.save()
    assert project.keys.get(made.id).can_push is True
    other = root.projects.create({"name": name()})
    other.keys.enable(made.id)
    assert [(each.id, each.can_push) for each in other.keys.list()] == [(made.id, False)]
    made.delete()
    assert project.keys.list() == []
    assert [each.id for each in other.keys.list()] == [made.id]
    with pytest.raises(gitlab.GitlabDeleteError) as gone:
        project.keys.delete(made.id)
    assert refusal(gone) == (404, {"message": "404 Deploy Key Not Found"})


def test_a_key_goes_with_its_last_project(root: gitlab.Gitlab, project: Any, world: World) -> None:
    key = Key.make(world.desk.folder)
    short_lived = root.projects.create({"name": name()})
    number = short_lived.keys.create({"title": "k", "key": key.public}).id
    short_lived.delete()
    made = project.keys.create({"title": "k", "key": key.public})
    assert made.id > number


def test_a_key_of_someone_else_is_taken(project: Any, world: World, live: Live) -> None:
    key = Key.make(world.desk.folder)
    live.gitlab.add_user_key(world.maintainer, "laptop", key.public)
    with pytest.raises(gitlab.GitlabCreateError) as taken:
        project.keys.create({"title": "mine now", "key": key.public})
    assert refusal(taken) == (
        400,
        {"message": {"deploy_key.fingerprint_sha256": ["has already been taken"]}},
    )


def test_deploy_tokens(project: Any) -> None:
    made = project.deploytokens.create(
        {"name": "cluster", "scopes": ["read_repository"], "expires_at": "2027-01-01"}
    )
    assert made.token.startswith("gldt-")
    [listed] = project.deploytokens.list()
    assert (listed.username, listed.revoked, listed.expired) == (made.username, False, False)
    assert "token" not in listed.attributes
    made.delete()
    with pytest.raises(gitlab.GitlabCreateError) as wrong:
        project.deploytokens.create({"name": "cluster", "scopes": ["write_repository"]})
    assert refusal(wrong) == (400, {"error": "scopes does not have a valid value"})
    assert project.deploytokens.list() == []


def test_branches_commits_tree_and_files(project: Any, world: World) -> None:
    made = project.branches.create({"branch": "feature/x", "ref": "main"})
    assert made.commit["id"] == world.head
    assert {each.name for each in project.branches.list()} == {"main", "feature/x"}
    assert project.branches.get("feature/x").default is False
    with pytest.raises(gitlab.GitlabCreateError) as twice:
        project.branches.create({"branch": "feature/x", "ref": "main"})
    assert refusal(twice) == (400, {"message": "Branch already exists"})
    with pytest.raises(gitlab.GitlabCreateError) as nowhere:
        project.branches.create({"branch": "y", "ref": "no-such"})
    assert refusal(nowhere) == (400, {"message": "Invalid reference name: no-such"})
    project.branches.delete("feature/x")
    with pytest.raises(gitlab.GitlabDeleteError) as default:
        project.branches.delete("main")
    assert default.value.response_code == 403
    [commit] = project.commits.list()
    assert (commit.id, commit.author_email) == (world.head, "tester@example.com")
    assert project.commits.get("main").short_id == world.head[:8]
    paths = {each["path"]: each["type"] for each in project.repository_tree(recursive=True)}
    assert paths == {
        "README.md": "blob",
        "apps": "tree",
        "apps/my-app": "tree",
        "apps/my-app/values.yaml": "blob",
    }
    [entry] = project.repository_tree(path="apps/my-app", ref=world.head)
    assert entry["name"] == "values.yaml"
    path = "apps/my-app/values.yaml"
    assert project.files.raw(file_path=path, ref="main") == b"replicaCount: 1\n"
    found = project.files.get(file_path=path, ref="main")
    assert found.decode() == b"replicaCount: 1\n"
    assert found.last_commit_id == world.head
    with pytest.raises(gitlab.GitlabGetError) as missing:
        project.files.get(file_path="apps/../README.md", ref="main")
    assert refusal(missing) == (404, {"message": "404 File Not Found"})


def test_protected_branches(project: Any) -> None:
    made = project.protectedbranches.create({"name": "release/*", "push_access_level": 30})
    assert made.push_access_levels[0]["access_level"] == 30
    with pytest.raises(gitlab.GitlabCreateError) as twice:
        project.protectedbranches.create({"name": "release/*"})
    assert twice.value.response_code == 409
    made.allow_force_push = True
    made.save()
    assert project.protectedbranches.get("release/*").allow_force_push is True
    made.delete()
    assert project.protectedbranches.list() == []


def test_hooks_are_off_by_default_and_hide_their_token(project: Any, live: Live) -> None:
    assert project.hooks.list() == []
    made = project.hooks.create(
        {"url": "http://127.0.0.1:9/hook", "push_events": True, "token": "a-secret-word"}
    )
    assert "token" not in made.attributes
    assert "a-secret-word" not in json.dumps(live.gitlab.log())
    with pytest.raises(gitlab.GitlabCreateError) as wrong:
        project.hooks.create({"url": "file:///etc/passwd"})
    assert refusal(wrong) == (422, {"error": "Invalid url given"})
    made.delete()


def test_pagination_as_gitlab_gives_it(root: gitlab.Gitlab, live: Live) -> None:
    group = root.groups.create({"name": "pages", "path": name()})
    for number in range(5):
        root.groups.create({"name": f"s{number}", "path": f"s{number}", "parent_id": group.id})
    path = f"/api/v4/groups/{group.id}/subgroups"
    status, body, headers = live.request(
        "GET", f"{path}?per_page=2&page=2", token=live.gitlab.token
    )
    assert status == 200
    assert [each["path"] for each in json.loads(body)] == ["s2", "s3"]
    assert {name: value for name, value in headers.items() if name.startswith("X-")} | {
        "X-Request-Id": ""
    } == {
        "X-Page": "2",
        "X-Per-Page": "2",
        "X-Total": "5",
        "X-Total-Pages": "3",
        "X-Next-Page": "3",
        "X-Prev-Page": "1",
        "X-Request-Id": "",
        "X-Content-Type-Options": "nosniff",
    }
    for relation in ("first", "last", "next", "prev"):
        assert f'rel="{relation}"' in headers["Link"]
    assert len(group.subgroups.list(per_page=2, iterator=True)) == 5
    assert live.request("GET", f"{path}?page=0", token=live.gitlab.token)[0] == 400


def test_errors_as_gitlab_words_them(live: Live) -> None:
    token = live.gitlab.token
    assert live.request("GET", "/api/v4/nowhere", token=token)[:2] == (
        404,
        b'{"error": "404 Not Found"}',
    )
    assert live.request("PATCH", "/api/v4/user", token=token)[0] == 405
    assert live.request("POST", "/api/v4/groups", token=token)[:2] == (
        400,
        b'{"error": "name is missing, path is missing"}',
    )
    assert live.request("GET", "/api/v4/user")[:2] == (401, b'{"message": "401 Unauthorized"}')
    status, _, _ = live.request(
        "GET", "/api/v4/user", headers={"Authorization": f"Bearer {live.gitlab.token}"}
    )
    assert status == 200


def test_the_openapi_document_names_every_operation(live: Live) -> None:
    status, body, _ = live.request("GET", "/api/v4/openapi.json")
    document = json.loads(body)
    assert (status, document["openapi"]) == (200, "3.1.0")
    operations = {(verb, path) for path, verbs in document["paths"].items() for verb in verbs}
    assert len(operations) > 70
    assert ("post", "/projects/{id}/deploy_keys") in operations
    ids = [each["operationId"] for verbs in document["paths"].values() for each in verbs.values()]
    assert len(ids) == len(set(ids))
    schema = document["paths"]["/projects/{id}/members"]["post"]["requestBody"]["content"]
    assert schema["application/json"]["schema"]["properties"]["access_level"]["enum"] == [
        10,
        20,
        30,
        40,
        50,
    ]
