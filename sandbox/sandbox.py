"""A sandbox: cluster(s), Git server, chart repository and Flux, from one provider."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from sandbox import desk, flux
from sandbox.beginning import without_flux
from sandbox.charts.repository import ChartRepository
from sandbox.cluster import api_versions, kubeconfig
from sandbox.cluster.api_versions import ApiVersion
from sandbox.cluster.informer import Informer
from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.desk import Desk
from sandbox.errors import UsageError
from sandbox.flux.view import FluxView
from sandbox.gitlab import GitLab
from sandbox.inbox.inbox import Inbox
from sandbox.layout import Layout
from sandbox.phases import phase
from sandbox.processes import leftovers
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.providers import Beginning, Cluster, PartStatus, Provider, choice
from sandbox.record import Record, folder_of, kept_logs
from sandbox.stores.store import Store, stores_in
from sandbox.toolchain import Toolchain, ensure
from sandbox.toolchain.progress import tell_of_build

_READY_LIMIT_S = 300
GIT_SERVER = "gitlab"
"""The part of a sandbox that belongs to no cluster."""


class Sandbox:
    """The sandbox `name`, whether it runs or not."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = folder_of(name)
        self.supervisor = SupervisorClient(self.folder)
        self._views: dict[str, FluxView] = {}

    # -- parts, made again from the folder by any process

    @property
    def record(self) -> Record:
        """What is noted of it. Raises UsageError where there is no such sandbox."""
        record = Record.read(self.folder)
        if record is None:
            raise self._unknown()
        return record

    def _unknown(self) -> UsageError:
        return UsageError(
            self.absence(),
            cure="one of these with --name, or `make sandbox` (one at a book's baseline)",
        )

    def absence(self) -> str:
        """That there is no such sandbox, and which there are, in words."""
        return f"there is no sandbox {self.name!r}; there are: {', '.join(Record.all()) or 'none'}"

    @cached_property
    def layout(self) -> Layout:
        """Its monorepo."""
        return self.record.layout

    @cached_property
    def toolchain(self) -> Toolchain:
        """The programs, built now where they are missing."""
        record = self.record
        sets = choice.toolchain_sets(record.provider, self.layout.extras)
        return ensure(
            sets,
            kubernetes=record.kubernetes,
            flux=record.flux,
            taken=record.from_path.taken,
            on_progress=tell_of_build(),
        )

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
    def inbox(self) -> Inbox:
        """What stands for every web service that Flux sends messages to."""
        return Inbox(self.folder / "inbox")

    @property
    def stores(self) -> list[Store]:
        """The OCI registry and the buckets, where its layout asks for them."""
        return stores_in(self.folder) if "stores" in self.layout.extras else []

    @property
    def git_url(self) -> str:
        """URL of the monorepo over HTTPS."""
        return f"{self.gitlab.url}/{self.layout.repository}.git"

    @property
    def private_key(self) -> Path:
        """The SSH private key that Flux logs in with."""
        return self.folder / "desk" / "flux-ssh-key"

    @cached_property
    def desk(self) -> Desk:
        """Where the engineer types."""
        return desk.set_up(self.folder / "desk", self.toolchain.bin, self.access(), self.layout)

    def access(self) -> dict[str, str]:
        """Environment variables by which people and programs reach the sandbox."""
        gitlab = self.gitlab
        ssh = f"{gitlab.ssh_host}:{gitlab.ssh_port}"
        return {
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            "GITLAB_URL": gitlab.url,
            "GITLAB_HOST": gitlab.url.removeprefix("https://"),
            "GITLAB_SSH_HOST": ssh,
            "GITLAB_TOKEN": (self.folder / "engineer-token").read_text(),
            "GITLAB_CA_FILE": str(gitlab.ca_file),
            "GIT_HTTPS_URL": self.git_url,
            "GIT_SSH_URL": f"ssh://git@{ssh}/{self.layout.repository}",
            "PRIVATE_KEY_FILE": str(self.private_key),
            "CHARTS_URL": self.charts.url,
            "INBOX_URL": self.inbox.url,
            "CLONE": str(self.folder / "desk" / self.layout.project),
            **{f"{store.part.upper()}_HOST": store.host for store in self.stores},
        }

    def write_kubeconfig(self) -> None:
        """One kubeconfig with a context for each cluster; the first is the current one."""
        own = {name: cluster.kubeconfig for name, cluster in self.provider.clusters().items()}
        kubeconfig.merge(own, self.layout.first, self.folder / "kubeconfig")
        # Of a `kubectl config` that was stopped: the next one would be refused.
        (self.folder / "kubeconfig.lock").unlink(missing_ok=True)

    # -- while it is up

    def cluster(self, name: str = "") -> Cluster:
        """One of its clusters, by itself the first. Raises UsageError where there is none."""
        name = name or self.layout.first
        known = self.provider.clusters()
        if name not in known:
            cure = f"one of: {', '.join(known) or 'none yet'}"
            raise UsageError(f"no cluster {name!r} here", cure=cure)
        return known[name]

    def view(self, cluster: str = "") -> FluxView:
        """A cluster as scenarios look at it, followed while this process uses the sandbox."""
        cluster = cluster or self.layout.first
        if cluster not in self._views:
            own = self.cluster(cluster).kubeconfig
            self._views[cluster] = FluxView(
                cluster,
                KubernetesApi(own),
                Informer(own).start(),
                self.check,
                flux.Monorepo(self.layout.repository, self.layout.branch),
            )
        return self._views[cluster]

    def _close_view(self, cluster: str) -> None:
        if cluster in self._views:
            self._views.pop(cluster).close()

    @property
    def monorepo(self) -> Desk:
        """The repository that the Git server has, as a clone: who reads there is in no log.

        What lies in the engineer's clone may never have been pushed, and others push too.
        """
        folder = self.gitlab.repository(self.layout.repository)
        return Desk(folder.parent, self.desk.env, folder.name)

    def head(self) -> str:
        """The commit that the branch of the Git server stands at."""
        return self.refs()[f"refs/heads/{self.layout.branch}"]

    def refs(self) -> dict[str, str]:
        """The refs of the monorepo on the Git server, each with its commit."""
        return dict(self.gitlab.refs(self.layout.repository))

    def api_versions(self, wanted: Iterable[tuple[str, str]]) -> list[ApiVersion]:
        """How the first cluster stands to each apiVersion and kind; [] where there is none."""
        for cluster in self.provider.clusters().values():
            with KubernetesApi(cluster.kubeconfig) as api:
                return list(api_versions.look(api, wanted))
        return []

    def create_cluster(self, name: str, beginning: Beginning | None = None) -> Cluster:
        """Bring up a cluster that answers, and in which Flux will be quick.

        By itself there is no Flux in it.
        """
        with phase(f"cluster {name}"):
            interval_s = self.layout.interval_s
            return self.provider.create(name, beginning or without_flux(interval_s))

    def add_cluster(self, name: str) -> Cluster:
        """Bring up one more cluster, empty: nothing is bootstrapped on it."""
        made = self.create_cluster(name)
        self.write_kubeconfig()
        return made

    def remove_cluster(self, name: str) -> None:
        """Remove one cluster with all that belongs to it."""
        self._close_view(name)
        self.provider.remove(name)
        self.write_kubeconfig()

    def wait_ready(self, cluster: str = "", limit: float = _READY_LIMIT_S) -> None:
        """Wait until every Flux object of the cluster is Ready at the head of the branch."""
        self.view(cluster).wait_ready(self.head(), limit)

    def wait_baseline(self) -> None:
        """Wait for what its start promises: Flux Ready, where there is Flux from the start."""
        if self.layout.start == "bootstrapped":
            self.wait_ready()

    def check(self) -> None:
        """Raise ProcessDied where any process or container of the sandbox has ended by itself."""
        self.supervisor.check()
        self.provider.check()

    def status(self) -> list[PartStatus]:
        """What each part does."""
        return self.provider.status()

    def log(self, part: str, cluster: str = "") -> str:
        """The log of the Git server or of a part of a cluster; an empty part lists what there is.

        Raises UsageError where there is no such sandbox, cluster or part.
        """
        if not self.folder.exists():  # before it is noted, it already has a log
            raise self._unknown()
        if cluster:
            self.cluster(cluster)
        if part == GIT_SERVER:
            return "".join(f"{json.dumps(entry)}\n" for entry in self.gitlab.log())
        if not part and not self.provider.clusters():
            return f"{GIT_SERVER}\n"
        parts = self.provider.logs(self.cluster(cluster).name, part)
        return parts if part else f"{GIT_SERVER}\n{parts}"

    def leave(self) -> None:
        """Let go of it in this process; it stays up."""
        for cluster in list(self._views):
            self._close_view(cluster)
        self.supervisor.leave()

    def parts(self) -> list[str]:
        """What there is of it now, each in a few words: processes, the provider's part, files."""
        processes = [
            f"process {each.pid} ({each.name()})" for each in leftovers.marked(self.folder)
        ]
        folder = [f"folder {self.folder}"] if self.folder.exists() else []
        return [*processes, *self.provider.parts(), *folder]

    # -- down

    def down(self) -> None:
        """Stop every process, remove every file; harmless where there is nothing.

        Touches nothing but what carries this sandbox's folder or label. Raises SandboxError where
        the provider cannot remove its part (an engine that does not answer): the folder stays
        then, and the next `down` or `up` removes the rest.
        """
        for cluster in list(self._views):
            self._close_view(cluster)
        record = Record.read(self.folder)
        if self.folder.exists():
            with phase("down"):
                self._end_processes()
                # All parts of an embedded one are processes; where the note of a kind one is lost,
                # the next run with kind finds its containers by their labels.
                if record is not None and record.provider != "embedded":
                    self.provider.delete()
                shutil.rmtree(self.folder)
        for name in ("layout", "toolchain", "provider", "gitlab", "desk"):
            self.__dict__.pop(name, None)

    def forget_logs(self) -> None:
        """Remove the logs that errors of an earlier sandbox of this name have named."""
        shutil.rmtree(kept_logs(self.folder), ignore_errors=True)

    def _end_processes(self) -> None:
        if self.supervisor.running():
            self.supervisor.shutdown()
        leftovers.end_all(self.folder)
