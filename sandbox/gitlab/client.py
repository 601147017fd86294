"""The owner's view of a running server, in GitLab's nouns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sandbox.errors import SandboxError
from sandbox.gitlab.control_client import Control, FaultsOf, GitLabRefused, Json
from sandbox.gitlab.datadir import DataDir
from sandbox.gitlab.journal import read

ROLES = {"guest": 10, "reporter": 20, "developer": 30, "maintainer": 40, "owner": 50}


@dataclass(frozen=True)
class Ready:
    """What the server printed when it answered."""

    url: str
    ca_file: Path
    ssh_host: str
    ssh_port: int
    token: str


class GitLab:
    """A running server, spoken to by the sandbox's owner (as user root, past every fault)."""

    def __init__(self, data: Path) -> None:
        self.data = DataDir(data.absolute())
        self.control = Control(self.data)
        self.faults = FaultsOf(self.control)

    @classmethod
    def at(cls, data_dir: Path | str) -> GitLab:
        """The server that runs in a data folder."""
        return cls(Path(data_dir))

    @property
    def ready(self) -> Ready:
        """Addresses and the administrator's token. Raises SandboxError if it does not run."""
        try:
            noted = json.loads(self.data.ready.read_text())
        except (OSError, ValueError):
            raise SandboxError(f"no server runs in {self.data.root}", phase="gitlab") from None
        return Ready(**{**noted, "ca_file": Path(noted["ca_file"])})

    @property
    def url(self) -> str:
        """Base of every HTTPS URL, without a slash at its end."""
        return self.ready.url

    @property
    def ca_file(self) -> Path:
        """The certificate of the CA that signed the server's."""
        return self.ready.ca_file

    @property
    def ssh_host(self) -> str:
        """The host in SSH URLs."""
        return self.ready.ssh_host

    @property
    def ssh_port(self) -> int:
        """The port in SSH URLs."""
        return self.ready.ssh_port

    @property
    def token(self) -> str:
        """The administrator's token, scope api."""
        return self.ready.token

    def create_user(
        self,
        username: str,
        *,
        name: str | None = None,
        email: str | None = None,
        admin: bool = False,
    ) -> Json:
        """Create a user."""
        return self._json(
            "POST",
            "/users",
            username=username,
            name=name or username,
            email=email or f"{username}@example.com",
            force_random_password=True,
            admin=admin,
        )

    def create_group(
        self, full_path: str, *, visibility: str = "private", default_branch_protection: int = 0
    ) -> Json:
        """Create a group; of a path with slashes the groups around it must be there.

        GitLab protects the default branch of new projects (2); here nothing is protected unless
        asked for, because the baseline comes back by a forced push.
        """
        parent, _, path = full_path.rpartition("/")
        return self._json(
            "POST",
            "/groups",
            name=path,
            path=path,
            visibility=visibility,
            default_branch_protection=default_branch_protection,
            parent_id=self.group(parent)["id"] if parent else None,
        )

    def group(self, full_path: str) -> Json:
        """A group."""
        return self._json("GET", f"/groups/{_segment(full_path)}")

    def create_project(
        self, group: str, path: str, *, visibility: str = "private", default_branch: str = "main"
    ) -> Json:
        """Create an empty project in a group."""
        return self._json(
            "POST",
            "/projects",
            name=path,
            path=path,
            namespace_id=self.group(group)["id"],
            visibility=visibility,
            default_branch=default_branch,
        )

    def project(self, full_path: str) -> Json:
        """A project."""
        return self._json("GET", f"/projects/{_segment(full_path)}")

    def delete_project(self, full_path: str) -> None:
        """Delete a project and its repository."""
        self.control.api("DELETE", f"/projects/{_segment(full_path)}")

    def user(self, username: str) -> Json:
        """A user. Raises GitLabRefused (404)."""
        found = self.control.list("/users", username=username)
        if not found:
            raise GitLabRefused(f"no user {username}", 404)
        return found[0]

    def add_member(self, full_path: str, username: str, role: str | int) -> Json:
        """Make a user a member of a group or project: guest, reporter, ... owner, or 10 to 50."""
        kind = "groups" if self._is_group(full_path) else "projects"
        return self._json(
            "POST",
            f"/{kind}/{_segment(full_path)}/members",
            user_id=self.user(username)["id"],
            access_level=ROLES[role] if isinstance(role, str) else role,
        )

    def remove_member(self, full_path: str, username: str) -> None:
        """Take a user's membership away."""
        kind = "groups" if self._is_group(full_path) else "projects"
        number = self.user(username)["id"]
        self.control.api("DELETE", f"/{kind}/{_segment(full_path)}/members/{number}")

    def create_token(
        self,
        username: str,
        scopes: list[str],
        expires_at: str | None = None,
        *,
        name: str = "sandbox",
    ) -> str:
        """A personal access token of a user; its secret can't be seen again."""
        return str(self.create_token_entry(username, scopes, expires_at, name=name)["token"])

    def create_token_entry(
        self,
        username: str,
        scopes: list[str],
        expires_at: str | None = None,
        *,
        name: str = "sandbox",
    ) -> Json:
        """The same with everything that the API answers, the number too."""
        return self._json(
            "POST",
            f"/users/{self.user(username)['id']}/personal_access_tokens",
            name=name,
            scopes=scopes,
            expires_at=expires_at,
        )

    def tokens(self, username: str | None = None) -> list[Json]:
        """Personal access tokens without their secrets."""
        number = self.user(username)["id"] if username else None
        return self.control.list("/personal_access_tokens", user_id=number)

    def revoke_token(self, token: str | int) -> None:
        """Revoke a personal access token, by number or secret."""
        self.control.api("DELETE", f"/personal_access_tokens/{self._token_id(token)}")

    def expire_token(self, token: str | int) -> None:
        """Let a personal access token have expired yesterday, by number or secret."""
        self.control.ask("expire_token", token_id=self._token_id(token))

    def add_user_key(self, username: str, title: str, key: str) -> Json:
        """Add a public key to a user."""
        number = self.user(username)["id"]
        return self._json("POST", f"/users/{number}/keys", title=title, key=key)

    def deploy_keys(self, project: str) -> list[Json]:
        """The deploy keys of a project."""
        return self.control.list(f"/projects/{_segment(project)}/deploy_keys")

    def add_deploy_key(self, project: str, title: str, key: str, *, can_push: bool = False) -> Json:
        """Add a deploy key to a project."""
        return self._json(
            "POST",
            f"/projects/{_segment(project)}/deploy_keys",
            title=title,
            key=key,
            can_push=can_push,
        )

    def delete_deploy_key(self, project: str, key_id: int) -> None:
        """Remove a deploy key from a project."""
        self.control.api("DELETE", f"/projects/{_segment(project)}/deploy_keys/{key_id}")

    def set_can_push(self, project: str, key_id: int, can_push: bool) -> Json:
        """Let a deploy key push, or no longer."""
        return self._json(
            "PUT", f"/projects/{_segment(project)}/deploy_keys/{key_id}", can_push=can_push
        )

    def deploy_tokens(self, project: str) -> list[Json]:
        """The deploy tokens of a project without their secrets."""
        return self.control.list(f"/projects/{_segment(project)}/deploy_tokens")

    def create_deploy_token(self, project: str, name: str, scopes: list[str]) -> Json:
        """A deploy token with its secret, which can't be seen again."""
        return self._json(
            "POST", f"/projects/{_segment(project)}/deploy_tokens", name=name, scopes=scopes
        )

    def protect_branch(
        self,
        project: str,
        branch: str,
        *,
        push_access_level: int = 40,
        allow_force_push: bool = False,
    ) -> Json:
        """Protect a branch: only this role and above may push."""
        return self._json(
            "POST",
            f"/projects/{_segment(project)}/protected_branches",
            name=branch,
            push_access_level=push_access_level,
            allow_force_push=allow_force_push,
        )

    def unprotect_branch(self, project: str, branch: str) -> None:
        """Stop protecting a branch."""
        self.control.api(
            "DELETE", f"/projects/{_segment(project)}/protected_branches/{_segment(branch)}"
        )

    def protected_branches(self, project: str) -> list[Json]:
        """The protected branches of a project."""
        return self.control.list(f"/projects/{_segment(project)}/protected_branches")

    def project_hooks(self, project: str) -> list[Json]:
        """The push hooks of a project."""
        return self.control.list(f"/projects/{_segment(project)}/hooks")

    def add_project_hook(
        self, project: str, url: str, *, token: str, enable_ssl_verification: bool = True
    ) -> Json:
        """Send pushes to a URL, for example that of a Flux Receiver."""
        return self._json(
            "POST",
            f"/projects/{_segment(project)}/hooks",
            url=url,
            token=token,
            push_events=True,
            enable_ssl_verification=enable_ssl_verification,
        )

    def delete_project_hook(self, project: str, hook_id: int) -> None:
        """Remove a push hook."""
        self.control.api("DELETE", f"/projects/{_segment(project)}/hooks/{hook_id}")

    def commit_statuses(self, project: str, sha: str, *, all: bool = False) -> list[Json]:
        """The statuses of a commit, oldest first: the last of each name, or `all` of them."""
        where = f"/projects/{_segment(project)}/repository/commits/{_segment(sha)}/statuses"
        return self.control.list(where, all=all)

    def refs(self, project: str) -> dict[str, str]:
        """Every ref of a project's repository and the hash that it points to."""
        found: dict[str, str] = self.control.ask("refs", project=project)
        return found

    def log(self) -> list[Json]:
        """Who did what, oldest first; readable when the server has ended too."""
        return read(self.data.journal)

    def snapshot(self) -> int:
        """Note who has access, by what, the statuses of commits and the SSH host keys as now."""
        return int(self.control.ask("snapshot"))

    def restore(self, snapshot: int) -> None:
        """Put access back as noted; repositories, groups and projects stay as they are."""
        self.control.ask("restore", number=snapshot)

    def _json(self, method: str, path: str, /, **body: Any) -> Json:
        found: Json = self.control.api(method, path, **body)
        return found

    def _is_group(self, full_path: str) -> bool:
        try:
            self.group(full_path)
        except GitLabRefused as refused:
            if refused.status != 404:
                raise
            return False
        return True

    def _token_id(self, token: str | int) -> int:
        return token if isinstance(token, int) else int(self.control.ask("token_id", secret=token))


def _segment(text: str) -> str:
    return quote(text, safe="")
