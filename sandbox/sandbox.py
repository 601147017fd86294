"""A sandbox: cluster(s), Git server, chart repository and Flux, from one provider."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import asyncssh
import yaml

from sandbox import bootstrap, engineer, leftovers
from sandbox.charts.repository import ChartRepository
from sandbox.engineer import GROUP, PROJECT, REPOSITORY, Desk
from sandbox.errors import SandboxError, UsageError
from sandbox.gitlab import GitLab
from sandbox.informer import Informer
from sandbox.kubernetes import KubernetesApi
from sandbox.phases import phase
from sandbox.providers import Cluster, PartStatus, Provider, choice
from sandbox.record import Owner, Record, folder_of
from sandbox.supervisor_client import SupervisorClient
from sandbox.toolchain import Toolchain, ensure
from sandbox.view import ClusterView
from sandbox.waiting import wait_until

FIRST_CLUSTER = "platform-core-dev-aks"
_READY_LIMIT_S = 180


class Sandbox:
    """The sandbox `name`, whether it runs or not."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = folder_of(name)
        self.supervisor = SupervisorClient(self.folder)
        self._views: dict[str, ClusterView] = {}

    # -- parts, made again from the folder by any process

    @property
    def record(self) -> Record:
        """What is noted of it. Raises UsageError where there is no such sandbox."""
        record = Record.read(self.folder)
        if record is None:
            raise UsageError(
                f"there is no sandbox {self.name!r}",
                cure=f"python -m sandbox up --name {self.name}",
            )
        return record

    @cached_property
    def toolchain(self) -> Toolchain:
        """The programs, built now where they are missing."""
        return ensure(choice.toolchain_sets(self.record.provider))

    @cached_property
    def provider(self) -> Provider:
        """Where its clusters come from."""
        return choice.make(self.record.provider, self.name, self.folder, self.toolchain)

    @cached_property
    def gitlab(self) -> GitLab:
        """Its Git server."""
        return GitLab.at(self.folder / "gitlab")

    @property
    def charts(self) -> ChartRepository:
        """Its chart repository."""
        return ChartRepository(self.folder / "charts")

    @property
    def git_url(self) -> str:
        """URL of the monorepo over HTTPS."""
        return f"{self.gitlab.url}/{REPOSITORY}.git"

    @property
    def private_key(self) -> Path:
        """The SSH private key that Flux logs in with."""
        return self.folder / "desk" / "flux-ssh-key"

    @cached_property
    def desk(self) -> Desk:
        """Where the engineer types."""
        return engineer.set_up(self.folder / "desk", self.toolchain.bin, self.access())

    def access(self) -> dict[str, str]:
        """Environment variables by which people and programs reach the sandbox."""
        gitlab = self.gitlab
        host = gitlab.url.removeprefix("https://")
        ssh = f"{gitlab.ssh_host}:{gitlab.ssh_port}"
        return {
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            "GITLAB_URL": gitlab.url,
            "GITLAB_HOST": host,
            "GITLAB_SSH_HOST": ssh,
            "GITLAB_TOKEN": self._engineer_token(),
            "GITLAB_CA_FILE": str(gitlab.ca_file),
            "GIT_HTTPS_URL": self.git_url,
            "GIT_SSH_URL": f"ssh://git@{ssh}/{REPOSITORY}",
            "PRIVATE_KEY_FILE": str(self.private_key),
            "CHARTS_URL": self.charts.url,
            "CLONE": str(self.folder / "desk" / PROJECT),
        }

    def _engineer_token(self) -> str:
        return (self.folder / "engineer-token").read_text()

    # -- up

    @classmethod
    def up(
        cls,
        name: str,
        *,
        provider: str,
        seed: Path | None = None,
        clusters: Sequence[str] = (FIRST_CLUSTER,),
        owned: bool = False,
    ) -> Sandbox:
        """Bring it up to the baseline: the first cluster bootstrapped, every Flux object Ready.

        Harmless where it is up already. What a killed run left under this name is removed first.
        `owned`: it goes when this process goes. Raises SandboxError with the phase and the cure;
        then nothing is left running.
        """
        sandbox = cls(name)
        known = Record.read(sandbox.folder)
        if known and known.state == "up" and known.provider == provider and sandbox._lives():
            return sandbox
        sandbox.down()
        record = Record(
            name=name,
            provider=provider,
            clusters=tuple(clusters),
            state="starting",
            owner=Owner.this() if owned else None,
        )
        record.write(sandbox.folder)
        try:
            sandbox._bring_up(record, seed)
        except BaseException:
            # Ctrl-C included: nothing of a sandbox that is not whole may stay.
            sandbox.down()
            raise
        return sandbox

    def _lives(self) -> bool:
        try:
            self.provider.check()
            self.supervisor.check()
        except SandboxError:
            return False
        return True

    def _bring_up(self, record: Record, seed: Path | None) -> None:
        with phase("toolchain"):
            provider = self.provider
        with phase("supervisor"):
            self.supervisor.launch(owner=os.getpid() if record.owner else 0)
        with ThreadPoolExecutor(max_workers=1 + len(record.clusters)) as together:
            creations = [together.submit(self._create_cluster, name) for name in record.clusters]
            servers = together.submit(self._serve_git_and_charts, provider.addresses(), seed)
            servers.result()
            for creation in creations:
                creation.result()
        self.write_kubeconfig()
        first = record.clusters[0]
        with phase("flux bootstrap gitlab"):
            bootstrap.bootstrap(self.desk, first, self.private_key)
        with phase("Flux Ready at HEAD"):
            self.wait_ready(first)
        self.desk.git("pull", "--quiet", "--ff-only")
        Record(**{**record.__dict__, "state": "up"}).write(self.folder)

    def _create_cluster(self, name: str) -> Cluster:
        with phase(f"cluster {name}"):
            return self.provider.create(name)

    def _serve_git_and_charts(self, addresses: Sequence[str], seed: Path | None) -> None:
        with phase("Git server"):
            data = self.folder / "gitlab"
            listen = [word for address in addresses for word in ("--listen", address)]
            self.supervisor.start(
                "gitlab",
                [sys.executable, "-m", "sandbox", "gitlab", "--data", data, *listen],
                env=os.environ,
                cwd=Path(__file__).parents[1],
            )
            wait_until(
                "the Git server's first answer",
                lambda: ((data / "ready.json").exists() or None, "not ready yet"),
                60,
                every=0.05,
                alive=self.supervisor.check,
            )
        with phase("chart repository"):
            self.charts.build(self.toolchain)
            self.charts.serve(self.supervisor, addresses)
        with phase("repository"):
            self._open_repository(seed)

    def _open_repository(self, seed: Path | None) -> None:
        gitlab = self.gitlab
        gitlab.create_group(GROUP)
        gitlab.create_user("engineer")
        gitlab.add_member(GROUP, "engineer", "maintainer")
        gitlab.create_project(GROUP, PROJECT)
        token = self.folder / "engineer-token"
        token.touch(mode=0o600)
        token.write_text(gitlab.create_token("engineer", ["api"]))
        engineer.seed(self.desk, self.git_url, seed, {"<chart-repository-url>": self.charts.url})
        key = asyncssh.generate_private_key("ssh-ed25519", comment="flux")
        self.private_key.touch(mode=0o600)
        self.private_key.write_bytes(key.export_private_key())

    def write_kubeconfig(self) -> None:
        """One kubeconfig with a context for each cluster; the first is the current one."""
        merged: dict[str, object] = {"apiVersion": "v1", "kind": "Config"}
        lists: dict[str, list[dict[str, object]]] = {"clusters": [], "users": [], "contexts": []}
        for cluster in self.provider.clusters().values():
            own = yaml.safe_load(cluster.kubeconfig.read_text())
            for part, entries in lists.items():
                entries.append({**own[part][0], "name": cluster.name})
            lists["contexts"][-1]["context"] = {"cluster": cluster.name, "user": cluster.name}
        path = self.folder / "kubeconfig"
        path.touch(mode=0o600)
        merged |= lists
        merged["current-context"] = self.record.clusters[0]
        path.write_text(yaml.safe_dump(merged))

    # -- while it is up

    def cluster(self, name: str = FIRST_CLUSTER) -> Cluster:
        """One of its clusters. Raises UsageError where there is none of that name."""
        known = self.provider.clusters()
        if name not in known:
            raise UsageError(f"no cluster {name!r} here", cure=f"one of: {', '.join(known)}")
        return known[name]

    def view(self, cluster: str = FIRST_CLUSTER) -> ClusterView:
        """A cluster as scenarios look at it, followed while this process uses the sandbox."""
        if cluster not in self._views:
            kubeconfig = self.cluster(cluster).kubeconfig
            self._views[cluster] = ClusterView(
                cluster, KubernetesApi(kubeconfig), Informer(kubeconfig).start(), self.check
            )
        return self._views[cluster]

    def _close_view(self, cluster: str) -> None:
        if cluster in self._views:
            self._views.pop(cluster).close()

    def head(self) -> str:
        """The commit that `main` of the Git server stands at."""
        return str(self.gitlab.refs(REPOSITORY)[f"refs/heads/{engineer.BRANCH}"])

    def add_cluster(self, name: str) -> Cluster:
        """Bring up one more cluster, empty: nothing is bootstrapped on it."""
        made = self._create_cluster(name)
        self.write_kubeconfig()
        return made

    def remove_cluster(self, name: str) -> None:
        """Remove one cluster with all that belongs to it."""
        self._close_view(name)
        self.provider.remove(name)
        self.write_kubeconfig()

    def wait_ready(self, cluster: str = FIRST_CLUSTER, limit: float = _READY_LIMIT_S) -> None:
        """Wait until every Flux object of the cluster is Ready at the head of `main`."""
        self.view(cluster).wait_ready(self.head(), limit)

    def check(self) -> None:
        """Raise ProcessDied where any process or container of the sandbox has ended by itself."""
        self.supervisor.check()
        self.provider.check()

    def status(self) -> list[PartStatus]:
        """What each part does."""
        return self.provider.status()

    def leave(self) -> None:
        """Let go of it in this process; it stays up."""
        for cluster in list(self._views):
            self._close_view(cluster)
        self.supervisor.leave()

    # -- down

    def down(self) -> None:
        """Stop every process, remove every file; harmless where there is nothing.

        Touches nothing but what carries this sandbox's folder or label.
        """
        for cluster in list(self._views):
            self._close_view(cluster)
        record = Record.read(self.folder)
        if record is not None:
            with phase("down"):
                if record.provider != "embedded":
                    self.provider.delete()
                self._end_processes()
        if self.folder.exists():
            shutil.rmtree(self.folder)
        for name in ("toolchain", "provider", "gitlab", "desk"):
            self.__dict__.pop(name, None)

    def _end_processes(self) -> None:
        if self.supervisor.running():
            self.supervisor.shutdown()
        leftovers.end_all(self.folder)


def sweep(provider: str = "") -> list[str]:
    """Remove every sandbox whose owner is gone (a run that was killed); their names.

    With a provider, also what it finds of this user's that no sandbox notes any more.
    """
    swept = []
    for name, record in Record.all().items():
        if record is not None and record.owner is not None and not record.owner.alive():
            Sandbox(name).down()
            swept.append(name)
    return swept + choice.sweep(provider)
