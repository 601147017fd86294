"""Tokens: random, shown once, kept as a hash, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

from sandbox.gitlab.store import Row, Store, now, today

PERSONAL = "glpat-"
DEPLOY = "gldt-"
SCOPES = (
    "api",
    "read_api",
    "read_user",
    "read_repository",
    "write_repository",
)
DEPLOY_SCOPES = ("read_repository",)
"""A deploy token never pushes: GitLab has no scope for that, and a registry is not simulated."""


def fresh(prefix: str) -> str:
    """A new secret of 160 random bits with GitLab's prefix."""
    return prefix + secrets.token_urlsafe(20)


def digest(secret: str) -> str:
    """What is kept of a secret. It is random, so a plain hash can't be searched backwards."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


class Tokens:
    """Creates and recognises personal and deploy tokens."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def create(
        self, user_id: int, name: str, scopes: list[str], expires_at: str | None, **more: Any
    ) -> tuple[int, str]:
        """A personal access token: its number and its secret, which is not kept."""
        secret = fresh(PERSONAL)
        number = self._store.insert(
            "tokens",
            user_id=user_id,
            name=name,
            digest=digest(secret),
            scopes=json.dumps(scopes),
            expires_at=expires_at,
            created_at=now(),
            **more,
        )
        return number, secret

    def create_deploy(
        self,
        project_id: int,
        name: str,
        scopes: list[str],
        expires_at: str | None,
        username: str | None,
    ) -> tuple[int, str]:
        """A deploy token of a project: its number and its secret, which is not kept."""
        secret = fresh(DEPLOY)
        with self._store.transaction():
            number = self._store.insert(
                "deploy_tokens",
                project_id=project_id,
                name=name,
                username=username or "",
                digest=digest(secret),
                scopes=json.dumps(scopes),
                expires_at=expires_at,
                created_at=now(),
            )
            if not username:
                self._store.update(
                    "deploy_tokens", number, username=f"gitlab+deploy-token-{number}"
                )
        return number, secret

    def find(self, secret: str) -> Row | None:
        """The personal token with this secret, revoked and expired ones too."""
        return self._find("tokens", secret)

    def find_deploy(self, secret: str) -> Row | None:
        """The deploy token with this secret, revoked and expired ones too."""
        return self._find("deploy_tokens", secret)

    def _find(self, table: str, secret: str) -> Row | None:
        wanted = digest(secret)
        row = self._store.one(f"SELECT * FROM {table} WHERE digest = ?", wanted)
        # The index looks for a hash, which tells nothing of the secret; the last word is constant
        # time all the same.
        if row is None or not hmac.compare_digest(row["digest"], wanted):
            return None
        return {**row, "scopes": json.loads(row["scopes"])}


def expired(row: Row) -> bool:
    """Whether the day of expiry has come (UTC), as GitLab judges."""
    return row["expires_at"] is not None and row["expires_at"] <= today()
