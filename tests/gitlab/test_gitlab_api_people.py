"""Users, groups, members and tokens by the API, with python-gitlab."""

from __future__ import annotations

import json
from datetime import date, timedelta

import gitlab
import pytest
from gitlab_client import name, refusal
from gitlab_live import Live, World


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
