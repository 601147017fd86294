"""Rows of the store as GitLab's JSON shows them; never a secret."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.gitlab.access import MAINTAINER
from sandbox.gitlab.tokens import expired

if TYPE_CHECKING:
    from sandbox.gitlab.app import App
    from sandbox.gitlab.store import Row

Json = dict[str, Any]


def user(app: App, row: Row, *, full: bool = False) -> Json:
    """A user; `full` is what the user and administrators see."""
    shown: Json = {
        "id": row["id"],
        "username": row["username"],
        "name": row["name"],
        "state": row["state"],
        "locked": False,
        "avatar_url": None,
        "web_url": f"{app.endpoints.url}/{row['username']}",
    }
    if full:
        shown |= {
            "created_at": row["created_at"],
            "email": row["email"],
            "is_admin": bool(row["admin"]),
            "bot": False,
            "external": False,
            "can_create_group": True,
            "can_create_project": True,
            "projects_limit": 100000,
            "two_factor_enabled": False,
            "confirmed_at": row["created_at"],
        }
    return shown


def group(app: App, row: Row) -> Json:
    """A group."""
    return {
        "id": row["id"],
        "web_url": f"{app.endpoints.url}/groups/{row['full_path']}",
        "name": row["name"],
        "path": row["path"],
        "description": row["description"],
        "visibility": row["visibility"],
        "default_branch_protection": row["default_branch_protection"],
        "project_creation_level": "developer",
        "full_name": row["full_path"].replace("/", " / "),
        "full_path": row["full_path"],
        "created_at": row["created_at"],
        "parent_id": row["parent_id"],
    }


def project(app: App, row: Row) -> Json:
    """A project; the namespace is the same wherever the project is shown."""
    namespace = app.store.one("SELECT * FROM namespaces WHERE id = ?", row["namespace_id"])
    assert namespace is not None
    full_path = row["path_with_namespace"]
    url = f"{app.endpoints.url}/{full_path}"
    shown: Json = {
        "id": row["id"],
        "description": row["description"],
        "name": row["name"],
        "name_with_namespace": f"{namespace['full_path'].replace('/', ' / ')} / {row['name']}",
        "path": row["path"],
        "path_with_namespace": full_path,
        "created_at": row["created_at"],
        "default_branch": row["default_branch"],
        "tag_list": [],
        "topics": [],
        "ssh_url_to_repo": app.endpoints.ssh_url(full_path),
        "http_url_to_repo": f"{url}.git",
        "web_url": url,
        "readme_url": None,
        "forks_count": 0,
        "star_count": 0,
        "last_activity_at": row["last_activity_at"],
        "namespace": {
            "id": namespace["id"],
            "name": namespace["name"],
            "path": namespace["path"],
            "kind": namespace["kind"],
            "full_path": namespace["full_path"],
            "parent_id": namespace["parent_id"],
            "avatar_url": None,
            "web_url": f"{app.endpoints.url}/{namespace['full_path']}",
        },
        "visibility": row["visibility"],
        "archived": False,
        "empty_repo": False,
        "creator_id": row["creator_id"],
        "shared_with_groups": [
            {
                "group_id": share["group_id"],
                "group_name": share["name"],
                "group_full_path": share["full_path"],
                "group_access_level": share["group_access"],
                "expires_at": share["expires_at"],
            }
            for share in app.store.all(
                "SELECT s.*, n.name, n.full_path FROM shares s JOIN namespaces n"
                " ON n.id = s.group_id WHERE s.project_id = ? ORDER BY s.id",
                row["id"],
            )
        ],
    }
    if namespace["kind"] == "user":
        owner = app.store.one("SELECT * FROM users WHERE id = ?", namespace["owner_id"])
        assert owner is not None
        shown["owner"] = user(app, owner)
    return shown


def member(app: App, row: Row) -> Json:
    """A member of a group or project: the user with a role."""
    found = app.store.one("SELECT * FROM users WHERE id = ?", row["user_id"])
    assert found is not None
    return {
        **user(app, found),
        "created_at": row["created_at"],
        "access_level": row["access_level"],
        "expires_at": row["expires_at"],
        "membership_state": "active",
    }


def token(row: Row) -> Json:
    """A personal access token without its secret."""
    return {
        "id": row["id"],
        "name": row["name"],
        "description": row["description"],
        "revoked": bool(row["revoked"]),
        "created_at": row["created_at"],
        "scopes": json.loads(row["scopes"]) if isinstance(row["scopes"], str) else row["scopes"],
        "user_id": row["user_id"],
        "last_used_at": None,
        "active": not row["revoked"] and not expired(row),
        "expires_at": row["expires_at"],
    }


def deploy_token(row: Row) -> Json:
    """A deploy token without its secret."""
    return {
        "id": row["id"],
        "name": row["name"],
        "username": row["username"],
        "expires_at": row["expires_at"] and f"{row['expires_at']}T00:00:00.000Z",
        "scopes": json.loads(row["scopes"]),
        "revoked": bool(row["revoked"]),
        "expired": expired(row),
    }


def key(row: Row) -> Json:
    """A user's public key."""
    return {
        "id": row["id"],
        "title": row["title"],
        "key": row["key"],
        "created_at": row["created_at"],
        "expires_at": row["expires_at"],
        "usage_type": "auth_and_signing",
    }


def deploy_key(row: Row) -> Json:
    """A deploy key of a project."""
    return {
        "id": row["id"],
        "title": row["title"],
        "key": row["key"],
        "fingerprint_sha256": row["fingerprint"],
        "created_at": row["created_at"],
        "expires_at": row["expires_at"],
        "can_push": bool(row["can_push"]),
    }


def commit_status(app: App, row: Row) -> Json:
    """A status that somebody has given a commit."""
    author = app.store.one("SELECT * FROM users WHERE id = ?", row["user_id"])
    assert author is not None
    return {
        "id": row["id"],
        "sha": row["sha"],
        "ref": row["ref"],
        "status": row["state"],
        "name": row["name"],
        "target_url": row["target_url"],
        "description": row["description"],
        "created_at": row["created_at"],
        "started_at": row["started_at"],
        "finished_at": row["finished_at"],
        "allow_failure": False,
        "coverage": None,
        "pipeline_id": row["pipeline_id"],
        "author": user(app, author),
    }


def protected_branch(row: Row) -> Json:
    """A protected branch."""

    def level(kind: str) -> list[Json]:
        number = row[f"{kind}_access_level"]
        return [{"access_level": number, "access_level_description": LEVELS[number]}]

    return {
        "id": row["id"],
        "name": row["name"],
        "push_access_levels": level("push"),
        "merge_access_levels": level("merge"),
        "allow_force_push": bool(row["allow_force_push"]),
        "code_owner_approval_required": False,
    }


LEVELS = {
    0: "No one",
    30: "Developers + Maintainers",
    MAINTAINER: "Maintainers",
    60: "Administrators",
}


def hook(row: Row) -> Json:
    """A project's hook without its token."""
    return {
        "id": row["id"],
        "url": row["url"],
        "created_at": row["created_at"],
        "push_events": bool(row["push_events"]),
        "push_events_branch_filter": row["push_events_branch_filter"],
        "enable_ssl_verification": bool(row["enable_ssl_verification"]),
        "project_id": row["project_id"],
        "alert_status": "executable",
        "disabled_until": None,
        "url_variables": [],
    }
