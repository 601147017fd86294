"""Projects, groups and refs go back to a snapshot: what was changed, what came, what went."""

from __future__ import annotations

import json
import uuid

import pytest
from gitlab_live import World

from sandbox.errors import SandboxError
from sandbox.gitlab import GitLabRefused


def folders(world: World) -> set[str]:
    return {each.name for each in world.gitlab.data.repositories.iterdir()}


def test_what_was_changed_of_a_project_or_a_group_is_as_before(world: World) -> None:
    url = world.live.https(world.project, world.token)
    world.desk.done("push", "--quiet", url, "main:other", cwd=world.tree)
    project, group = world.gitlab.project(world.project), world.gitlab.group(world.group)
    noted = world.gitlab.snapshot()
    at = f"/projects/{project['id']}"
    other = {"visibility": "public", "name": "renamed", "description": "other"}
    world.gitlab.control.api("PUT", at, default_branch="other", **other)
    world.gitlab.control.api("PUT", f"/groups/{group['id']}", **other)
    assert world.gitlab.restore(noted) == []
    changes = {"last_activity_at": ""}
    assert {**world.gitlab.project(world.project), **changes} == {**project, **changes}
    assert world.gitlab.group(world.group) == group
    head = world.gitlab.data.repositories / f"{project['id']}.git" / "HEAD"
    assert head.read_text() == "ref: refs/heads/main\n"


def test_what_came_goes_with_its_repositories(world: World) -> None:
    noted, before = world.gitlab.snapshot(), folders(world)
    person = world.person("developer")
    token = world.gitlab.create_token(person, ["api"])
    own = {"name": "own", "initialize_with_readme": True}
    status, _, _ = world.live.request(
        "POST", "/api/v4/projects", token=token, body=json.dumps(own).encode(),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip
    assert status == 201
    inner = f"{world.group}/inner-{uuid.uuid4().hex[:6]}"
    world.gitlab.create_group(inner)
    world.gitlab.create_project(inner, "deep")
    world.gitlab.create_project(world.group, "further")
    assert len(folders(world) - before) == 3
    assert world.gitlab.restore(noted) == []
    assert folders(world) == before
    for gone in (f"{inner}/deep", f"{world.group}/further", f"{person}/own"):
        with pytest.raises(SandboxError, match="404"):
            world.gitlab.project(gone)
    # Its name is free again.
    world.gitlab.create_project(world.group, "further")


def test_a_project_that_went_does_not_come_back_and_is_told(world: World) -> None:
    world.gitlab.create_project(world.group, "gone")
    noted = world.gitlab.snapshot()
    world.gitlab.delete_project(f"{world.group}/gone")
    assert world.gitlab.restore(noted) == [f"{world.group}/gone"]
    with pytest.raises(SandboxError, match="404"):
        world.gitlab.project(f"{world.group}/gone")


def test_a_group_that_went_takes_its_projects_along(world: World) -> None:
    inner = f"{world.group}/inner"
    world.gitlab.create_group(inner)
    world.gitlab.create_project(inner, "gone")
    noted = world.gitlab.snapshot()
    world.gitlab.delete_group(inner)
    assert world.gitlab.restore(noted) == [f"{inner}/gone"]
    assert world.gitlab.group(inner)["full_path"] == inner


def test_refs_are_put_back_past_every_rule(world: World) -> None:
    """Also where a name of before and one of now cannot stand beside each other."""
    before, url = world.refs(), world.live.https(world.project, world.token)
    world.desk.commit(world.tree, {"new.txt": "x"})
    pushed = ["HEAD:main", "HEAD:further", "HEAD:refs/tags/v1"]
    world.desk.done("push", "--quiet", url, *pushed, cwd=world.tree)
    world.gitlab.protect_branch(world.project, "main")
    world.gitlab.put_refs(world.project, before)
    assert world.refs() == before
    world.gitlab.put_refs(world.project, {"refs/heads/main/deep": world.head})
    assert world.refs() == {"refs/heads/main/deep": world.head}
    world.gitlab.put_refs(world.project, before)
    assert world.refs() == before
    with pytest.raises(GitLabRefused, match="update-ref"):
        world.gitlab.put_refs(world.project, {"refs/heads/main": "b" * 40})
    assert world.refs() == before
