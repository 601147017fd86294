"""Who may do what: roles, abilities for Git, and GitLab's words for a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from sandbox.gitlab.store import Row, Store, today
from sandbox.gitlab.tokens import Tokens, expired

NO_ACCESS, GUEST, REPORTER, DEVELOPER, MAINTAINER, OWNER, ADMIN = 0, 10, 20, 30, 40, 50, 60

NOT_FOUND = (
    "The project you were looking for could not be found or you don't have permission to view it."
)
DENIED_DOWNLOAD = "You are not allowed to download code from this project."
DENIED_DOWNLOAD_SCOPE = "You are not allowed to download code."
DENIED_UPLOAD_SCOPE = "You are not allowed to upload code."
DENIED_PUSH = "You are not allowed to push code to this project."
DENIED_DEPLOY_KEY = "This deploy key does not have write access to this project."


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Someone who was recognised, and by what."""

    user: Row | None = None
    via: str = ""
    """The token or key in the log's words, for example `token 3`; never a secret."""
    scopes: frozenset[str] = frozenset()
    key: Row | None = None
    deploy_token: Row | None = None

    @property
    def name(self) -> str:
        """The actor in the log's words."""
        if self.user:
            return str(self.user["username"])
        if self.deploy_token:
            return str(self.deploy_token["username"])
        return f"deploy key {self.key['id']}" if self.key else "nobody"


NOBODY = Actor()


class InvalidToken(Exception):
    """A token that is not good any more; `description` is GitLab's sentence, or empty."""

    def __init__(self, description: str = "") -> None:
        super().__init__(description or "no such token")
        self.description = description


class Access:
    """Answers questions of access from the store, afresh for each request."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tokens = Tokens(store)

    def by_token(self, secret: str) -> Actor:
        """The owner of a personal token. Raises InvalidToken."""
        token = self._tokens.find(secret)
        if token is None:
            raise InvalidToken
        if token["revoked"]:
            raise InvalidToken("Token was revoked. You have to re-authorize from the user.")
        if expired(token):
            raise InvalidToken(
                "Token is expired. You can either do re-authorization or token refresh."
            )
        user = self._store.one("SELECT * FROM users WHERE id = ?", token["user_id"])
        assert user is not None
        if user["state"] != "active":
            raise InvalidToken
        return Actor(user=user, via=f"token {token['id']}", scopes=frozenset(token["scopes"]))

    def by_password(self, user_name: str, secret: str) -> Actor:
        """Who may use Git with this password; any user name goes with a personal token."""
        deploy = self._tokens.find_deploy(secret)
        if deploy is None:
            return self.by_token(secret)
        if deploy["revoked"] or expired(deploy) or deploy["username"] != user_name:
            raise InvalidToken
        return Actor(
            deploy_token=deploy,
            via=f"deploy token {deploy['id']}",
            scopes=frozenset(deploy["scopes"]),
        )

    def by_fingerprint(self, fingerprint: str) -> Actor | None:
        """The owner of a public key, or None."""
        key = self._store.one("SELECT * FROM keys WHERE fingerprint = ?", fingerprint)
        if key is None or expired(key):
            return None
        user = None
        if key["user_id"] is not None:
            user = self._store.one("SELECT * FROM users WHERE id = ?", key["user_id"])
            if user is None or user["state"] != "active":
                return None
        return Actor(user=user, key=key, via=f"key {key['id']}")

    def project(self, full_path: str) -> Row | None:
        """The project at a full path; upper and lower case are the same to GitLab."""
        parent, _, path = full_path.rpartition("/")
        return self._store.one(
            f"{PROJECTS} WHERE n.full_path = ? COLLATE NOCASE AND p.path = ? COLLATE NOCASE",
            parent,
            path,
        )

    def group_level(self, user: Row | None, namespace_id: int) -> int:
        """The role of a user in a group: the highest in it and the groups around it."""
        if user is None:
            return NO_ACCESS
        if user["admin"]:
            return ADMIN
        row = self._store.one(
            "WITH RECURSIVE up (id, parent_id) AS ("
            " SELECT id, parent_id FROM namespaces WHERE id = ?1 UNION ALL"
            " SELECT n.id, n.parent_id FROM namespaces n JOIN up ON n.id = up.parent_id)"
            " SELECT max(level) AS level FROM ("
            " SELECT access_level AS level FROM members WHERE user_id = ?2"
            " AND namespace_id IN (SELECT id FROM up) AND coalesce(expires_at > ?3, 1)"
            f" UNION ALL SELECT {OWNER} FROM namespaces WHERE id = ?1 AND owner_id = ?2)",
            namespace_id,
            user["id"],
            today(),
        )
        return (row and row["level"]) or NO_ACCESS

    def level(self, user: Row | None, project: Row) -> int:
        """The role of a user in a project: as member, through its groups, through a share."""
        if user is None:
            return NO_ACCESS
        levels = [self.group_level(user, project["namespace_id"])]
        levels += [
            row["access_level"]
            for row in self._store.all(
                "SELECT access_level FROM members WHERE user_id = ? AND project_id = ?"
                " AND coalesce(expires_at > ?, 1)",
                user["id"],
                project["id"],
                today(),
            )
        ]
        shares = self._store.all("SELECT * FROM shares WHERE project_id = ?", project["id"])
        levels += [
            min(share["group_access"], self.group_level(user, share["group_id"]))
            for share in shares
            if not expired(share)
        ]
        return max(levels)

    def sees(self, actor: Actor, project: Row) -> bool:
        """Whether a project exists for this actor at all."""
        if actor.deploy_token is not None:
            return bool(actor.deploy_token["project_id"] == project["id"])
        if actor.key is not None and actor.user is None:
            return self._deploy_key(actor, project) is not None
        if project["visibility"] == "public":
            return True
        if actor.user is not None and project["visibility"] == "internal":
            return True
        return self.level(actor.user, project) > NO_ACCESS

    def refusal(self, actor: Actor, project: Row | None, *, push: bool) -> str | None:
        """None if the actor may fetch (or push), else GitLab's sentence that says why not."""
        # GitLab looks at the scopes of a token first: it has no word of the project in this answer.
        wanted = GIT_PUSH_SCOPES if push else GIT_READ_SCOPES
        if actor.key is None and actor != NOBODY and not actor.scopes & wanted:
            return DENIED_UPLOAD_SCOPE if push else DENIED_DOWNLOAD_SCOPE
        if project is None or not self.sees(actor, project):
            return NOT_FOUND
        if actor.key is not None and actor.user is None:
            link = self._deploy_key(actor, project)
            assert link is not None
            return DENIED_DEPLOY_KEY if push and not link["can_push"] else None
        if actor.deploy_token is not None:
            return None
        level = self.level(actor.user, project)
        if push:
            return None if level >= DEVELOPER else DENIED_PUSH
        if level >= REPORTER or project["visibility"] == "public":
            return None
        if project["visibility"] == "internal" and actor.user is not None:
            return None
        return DENIED_DOWNLOAD

    def rules_of(self, actor: Actor, project: Row, branch: str) -> list[tuple[str, bool, bool]]:
        """Those of the project's rules, as `push_rules` gives them, that are about a branch."""
        rules = self.push_rules(actor, project)
        return [rule for rule in rules if fnmatchcase(branch, rule[0])]

    def push_rules(self, actor: Actor, project: Row) -> list[tuple[str, bool, bool]]:
        """The project's protected branches: pattern, may this actor push, may anyone force."""
        level = self.level(actor.user, project) if actor.user else DEVELOPER
        # A deploy key that can push has the rights of who created it in GitLab, where a protected
        # branch must name the key besides. The roles here let in maintainers and admin only.
        return [
            (row["name"], 0 < row["push_access_level"] <= level, bool(row["allow_force_push"]))
            for row in self._store.all(
                "SELECT * FROM protected_branches WHERE project_id = ? ORDER BY id", project["id"]
            )
        ]

    def _deploy_key(self, actor: Actor, project: Row) -> Row | None:
        assert actor.key is not None
        return self._store.one(
            "SELECT * FROM deploy_keys WHERE key_id = ? AND project_id = ?",
            actor.key["id"],
            project["id"],
        )


GIT_PUSH_SCOPES = frozenset({"api", "write_repository"})
GIT_READ_SCOPES = GIT_PUSH_SCOPES | {"read_api", "read_repository"}
PROJECTS = (
    "SELECT p.*, n.full_path || '/' || p.path AS path_with_namespace"
    " FROM projects p JOIN namespaces n ON n.id = p.namespace_id"
)
"""Reads projects with their full path; a WHERE may follow."""
