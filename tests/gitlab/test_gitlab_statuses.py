"""Statuses of commits, as a CI server and notification-controller set and read them."""

from __future__ import annotations

import json
import uuid
from typing import Any

import gitlab
import pytest
from gitlab_client import refusal
from gitlab_live import Live, World


@pytest.fixture
def project(live: Live, world: World) -> Any:
    """The world's project, seen by a maintainer."""
    client = gitlab.Gitlab(
        live.gitlab.url, private_token=world.token, ssl_verify=str(live.gitlab.ca_file)
    )
    return client.projects.get(world.project)


def give(project: Any, sha: str, state: str, name: str = "build", **more: str) -> Any:
    return project.commits.get(sha).statuses.create({"state": state, "name": name, **more})


def test_a_status_is_what_was_given(project: Any, world: World) -> None:
    made = give(
        project,
        world.head,
        "success",
        "kustomization/apps",
        description="reconciliation succeeded",
        target_url="https://ci.example/1",
    )
    [listed] = project.commits.get(world.head).statuses.list()
    assert listed.attributes | {"commit_id": world.head, "project_id": project.id} == (
        made.attributes | {"commit_id": world.head, "project_id": project.id}
    )
    assert (listed.sha, listed.ref, listed.status) == (world.head, "main", "success")
    assert (listed.name, listed.description) == ("kustomization/apps", "reconciliation succeeded")
    assert (listed.target_url, listed.author["username"]) == (
        "https://ci.example/1",
        world.maintainer,
    )
    assert listed.created_at == listed.started_at == listed.finished_at
    assert world.gitlab.commit_statuses(world.project, world.head)[0]["id"] == made.id


def test_an_ended_status_is_followed_by_another_of_its_name(project: Any, world: World) -> None:
    first = give(project, world.head, "success")
    second = give(project, world.head, "failed", description="unhealthy")
    other = give(project, world.head, "success", "deploy")
    assert first.pipeline_id == second.pipeline_id == other.pipeline_id
    statuses = project.commits.get(world.head).statuses
    assert [(each.id, each.status) for each in statuses.list()] == [
        (second.id, "failed"),
        (other.id, "success"),
    ]
    assert [each.id for each in statuses.list(query_parameters={"all": "true"})] == [
        first.id,
        second.id,
        other.id,
    ]
    assert [each.id for each in statuses.list(name="deploy")] == [other.id]
    assert [each.id for each in statuses.list(sort="desc")] == [other.id, second.id]
    everything = world.gitlab.commit_statuses(world.project, world.head, all=True)
    assert [each["id"] for each in everything] == [first.id, second.id, other.id]


def test_what_is_under_way_goes_on_and_never_back(project: Any, world: World) -> None:
    waiting = give(project, world.head, "pending")
    assert (waiting.started_at, waiting.finished_at) == (None, None)
    with pytest.raises(gitlab.GitlabCreateError) as again:
        give(project, world.head, "pending")
    assert refusal(again) == (
        400,
        {
            "message": "Cannot transition status via :enqueue from :pending "
            '(Reason(s): Status cannot transition via "enqueue")'
        },
    )
    running = give(project, world.head, "running")
    assert running.id == waiting.id
    for state, event in (("running", "run"), ("pending", "enqueue")):
        with pytest.raises(gitlab.GitlabCreateError) as back:
            give(project, world.head, state)
        assert f"via :{event} from :running" in refusal(back)[1]["message"]
    done = give(project, world.head, "success")
    assert (done.id, done.started_at) == (waiting.id, running.started_at)
    assert done.finished_at


def test_a_commit_of_another_branch_has_its_status_there(project: Any, world: World) -> None:
    world.desk.done("switch", "--quiet", "--create", "side", cwd=world.tree)
    sha = world.desk.commit(world.tree, {"side.txt": "x"})
    where = world.live.https(world.project, world.token)
    world.desk.done("push", "--quiet", where, "side", cwd=world.tree)
    assert give(project, sha, "success").ref == "side"
    assert give(project, world.head, "success").ref == "main"
    assert give(project, world.head, "success", ref="side").ref == "side"
    assert {each.ref for each in project.commits.get(world.head).statuses.list()} == {
        "main",
        "side",
    }
    [of_side] = project.commits.get(sha).statuses.list(ref="side")
    assert of_side.sha == sha


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, {"error": "state is missing"}),
        ({"state": "fine"}, {"error": "state does not have a valid value"}),
        (
            {"state": "success", "description": "x" * 256},
            {"message": {"description": ["is too long (maximum is 255 characters)"]}},
        ),
        (
            {"state": "success", "target_url": "javascript:alert(1)"},
            {"message": {"target_url": ["is blocked: Only allowed schemes are http, https"]}},
        ),
    ],
)
def test_what_is_wrong_is_refused(world: World, given: dict[str, str], said: Any) -> None:
    status, body, _ = world.live.request(
        "POST",
        f"/api/v4/projects/{world.gitlab_id}/statuses/{world.head}",
        token=world.token,
        body=json.dumps(given).encode(),
        headers={"Content-Type": "application/json"},
    )
    assert (status, json.loads(body)) == (400, said)
    assert world.gitlab.commit_statuses(world.project, world.head, all=True) == []


def test_a_commit_that_is_not_there_has_no_status(world: World) -> None:
    for method, path in (
        ("POST", f"statuses/{'0' * 40}?state=success"),
        ("GET", f"repository/commits/{'0' * 40}/statuses"),
    ):
        status, body, _ = world.live.request(
            method, f"/api/v4/projects/{world.gitlab_id}/{path}", token=world.token
        )
        assert (status, json.loads(body)) == (404, {"message": "404 Commit Not Found"})


def test_who_may_set_a_status_and_who_may_read_it(world: World) -> None:
    write = f"/api/v4/projects/{world.gitlab_id}/statuses/{world.head}?state=success"
    read = f"/api/v4/projects/{world.gitlab_id}/repository/commits/{world.head}/statuses"
    answers = {
        who: (world.live.request("POST", write, token=token)[0],
              world.live.request("GET", read, token=token)[0])
        for who, token in {
            "developer": world.token_of("developer"),
            "developer with read_api": world.token_of("developer", "read_api"),
            "reporter": world.token_of("reporter"),
            "guest": world.token_of("guest"),
            "stranger": world.token_of(None),
            "nobody": None,
        }.items()
    }  # fmt: skip
    assert answers == {
        "developer": (201, 200),
        "developer with read_api": (403, 200),
        "reporter": (403, 200),
        "guest": (403, 403),
        "stranger": (404, 404),
        "nobody": (401, 401),
    }
    assert len(world.gitlab.commit_statuses(world.project, world.head, all=True)) == 1


def test_a_snapshot_forgets_what_came_after_it(project: Any, world: World) -> None:
    first = give(project, world.head, "success")
    before = world.gitlab.snapshot()
    give(project, world.head, "failed")
    give(project, world.head, "success", f"later-{uuid.uuid4().hex[:6]}")
    world.gitlab.restore(before)
    left = world.gitlab.commit_statuses(world.project, world.head, all=True)
    assert [(each["id"], each["status"]) for each in left] == [(first.id, "success")]
    assert [each.id for each in project.commits.get(world.head).statuses.list()] == [first.id]


def test_on_a_protected_branch_only_who_may_push_to_it_gives_a_status(world: World) -> None:
    """GitLab's policy of pipelines; a bot with the role of a developer is refused there."""
    developer = gitlab.Gitlab(
        world.live.gitlab.url,
        private_token=world.token_of("developer"),
        ssl_verify=str(world.live.gitlab.ca_file),
    ).projects.get(world.project)
    assert give(developer, world.head, "success").ref == "main"
    world.gitlab.protect_branch(world.project, "main")
    with pytest.raises(gitlab.GitlabError) as error:
        give(developer, world.head, "failed")
    assert refusal(error) == (403, {"message": "403 Forbidden"})
    project = gitlab.Gitlab(
        world.live.gitlab.url,
        private_token=world.token,
        ssl_verify=str(world.live.gitlab.ca_file),
    ).projects.get(world.project)
    assert give(project, world.head, "failed").status == "failed"
