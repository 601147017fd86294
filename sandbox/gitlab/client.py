"""The owner's view of a running server, in GitLab's nouns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.errors import SandboxError
from sandbox.gitlab.control_client import ControlClient, FaultsOf, Json
from sandbox.gitlab.datadir import DataDir
from sandbox.gitlab.journal import read
from sandbox.gitlab.people import People, segment


@dataclass(frozen=True)
class Ready:
    """What the server printed when it answered."""

    url: str
    ca_file: Path
    ssh_host: str
    ssh_port: int
    token: str


class GitLab(People):
    """A running server, spoken to by the sandbox's owner (as user root, past every fault)."""

    def __init__(self, data: Path) -> None:
        self.data = DataDir(data.absolute())
        super().__init__(ControlClient(self.data))
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

    def create_group(
        self, full_path: str, *, visibility: str = "private", default_branch_protection: int = 2
    ) -> Json:
        """Create a group; of a path with slashes the groups around it must be there.

        As in GitLab the default branch of its projects is protected (2): maintainers push to it,
        nobody forces. 0 protects nothing.
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

    def delete_group(self, full_path: str) -> None:
        """Delete a group with its projects."""
        self.control.api("DELETE", f"/groups/{segment(full_path)}")

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
        return self._json("GET", f"/projects/{segment(full_path)}")

    def delete_project(self, full_path: str) -> None:
        """Delete a project and its repository."""
        self.control.api("DELETE", f"/projects/{segment(full_path)}")

    def deploy_keys(self, project: str) -> list[Json]:
        """The deploy keys of a project."""
        return self.control.list(f"/projects/{segment(project)}/deploy_keys")

    def add_deploy_key(self, project: str, title: str, key: str, *, can_push: bool = False) -> Json:
        """Add a deploy key to a project."""
        return self._json(
            "POST",
            f"/projects/{segment(project)}/deploy_keys",
            title=title,
            key=key,
            can_push=can_push,
        )

    def delete_deploy_key(self, project: str, key_id: int) -> None:
        """Remove a deploy key from a project."""
        self.control.api("DELETE", f"/projects/{segment(project)}/deploy_keys/{key_id}")

    def set_can_push(self, project: str, key_id: int, can_push: bool) -> Json:
        """Let a deploy key push, or no longer."""
        return self._json(
            "PUT", f"/projects/{segment(project)}/deploy_keys/{key_id}", can_push=can_push
        )

    def deploy_tokens(self, project: str) -> list[Json]:
        """The deploy tokens of a project without their secrets."""
        return self.control.list(f"/projects/{segment(project)}/deploy_tokens")

    def create_deploy_token(self, project: str, name: str, scopes: list[str]) -> Json:
        """A deploy token with its secret, which can't be seen again."""
        return self._json(
            "POST", f"/projects/{segment(project)}/deploy_tokens", name=name, scopes=scopes
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
            f"/projects/{segment(project)}/protected_branches",
            name=branch,
            push_access_level=push_access_level,
            allow_force_push=allow_force_push,
        )

    def unprotect_branch(self, project: str, branch: str) -> None:
        """Stop protecting a branch."""
        self.control.api(
            "DELETE", f"/projects/{segment(project)}/protected_branches/{segment(branch)}"
        )

    def protected_branches(self, project: str) -> list[Json]:
        """The protected branches of a project."""
        return self.control.list(f"/projects/{segment(project)}/protected_branches")

    def project_hooks(self, project: str) -> list[Json]:
        """The push hooks of a project."""
        return self.control.list(f"/projects/{segment(project)}/hooks")

    def add_project_hook(
        self, project: str, url: str, *, token: str, enable_ssl_verification: bool = True
    ) -> Json:
        """Send pushes to a URL, for example that of a Flux Receiver."""
        return self._json(
            "POST",
            f"/projects/{segment(project)}/hooks",
            url=url,
            token=token,
            push_events=True,
            enable_ssl_verification=enable_ssl_verification,
        )

    def delete_project_hook(self, project: str, hook_id: int) -> None:
        """Remove a push hook."""
        self.control.api("DELETE", f"/projects/{segment(project)}/hooks/{hook_id}")

    def commit_statuses(self, project: str, sha: str, *, all: bool = False) -> list[Json]:
        """The statuses of a commit, oldest first: the last of each name, or `all` of them."""
        where = f"/projects/{segment(project)}/repository/commits/{segment(sha)}/statuses"
        return self.control.list(where, all=all)

    def refs(self, project: str) -> dict[str, str]:
        """Every ref of a project's repository and the hash that it points to."""
        found: dict[str, str] = self.control.ask("refs", project=project)
        return found

    def repository(self, project: str) -> Path:
        """The folder of a project's repository: whoever reads there is in no log."""
        return self.data.repositories / f"{self.project(project)['id']}.git"

    def log(self) -> list[Json]:
        """Who did what, oldest first; readable when the server has ended too."""
        return read(self.data.journal)

    def snapshot(self) -> int:
        """Note groups, projects, access, the statuses of commits and the SSH host keys as now."""
        return int(self.control.ask("snapshot"))

    def restore(self, snapshot: int) -> list[str]:
        """Put all that back as noted; what is in repositories stays as it is.

        The paths of projects that were deleted since: nobody brings them back.
        """
        gone: list[str] = self.control.ask("restore", number=snapshot)
        return gone

    def put_refs(self, project: str, refs: Mapping[str, str]) -> None:
        """Make these the refs of a project's repository, which has their objects.

        As the owner of the server does it, not as a push: rules and hooks have no say.
        """
        self.control.ask("put_refs", project=project, refs=dict(refs))
