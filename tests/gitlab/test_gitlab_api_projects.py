"""Projects and what belongs to one by the API, with python-gitlab."""

from __future__ import annotations

import json
from typing import Any

import gitlab
import pytest
from gitlab_client import name, refusal
from gitlab_live import Key, Live, World


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
