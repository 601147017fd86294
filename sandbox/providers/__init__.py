"""Where clusters come from: one narrow interface, a package for each provider.

`Provider` makes a `Cluster` with a `Beginning` and tells of a `PartStatus`; `choice` says which one
it is. Whoever asks knows these alone; what is inside `kind`, `doctor` looks at too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sandbox.errors import SandboxError
from sandbox.processes.reach import Reach


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A Kubernetes cluster that answers."""

    name: str
    """The name that the guide uses."""
    kubeconfig: Path
    context: str
    kubernetes: str
    """Version of its API server, for example `v1.36.3`."""
    template: str = ""
    """When the template was made that it came from (RFC 3339); '' where it came from nothing."""


def _nothing(_cluster: Cluster) -> None:
    """Nothing is put there, and nothing waited for."""


@dataclass(frozen=True)
class Beginning:
    """What a new cluster holds before anything is asked of it."""

    key: str = ""
    """Everything that decides what is put there, in words: the same words, the same objects."""
    put: Callable[[Cluster], None] = _nothing
    """Puts it into a cluster whose API server answers."""
    wait: Callable[[Cluster], None] = _nothing
    """Waits until the API server does what it was put there for; raises NotReady."""

    def fill(self, cluster: Cluster) -> Cluster:
        """Put it there and wait; the same cluster."""
        self.put(cluster)
        self.wait(cluster)
        return cluster


NOTHING = Beginning()


@dataclass(frozen=True, kw_only=True)
class PartStatus:
    """One process or container of a sandbox, as `status` shows it."""

    name: str
    state: str
    """`running`, `exited` or `missing`."""
    detail: str


class Provider(Protocol):
    """Clusters for one sandbox; made again from its folder by any later process."""

    name: str
    simulated: tuple[str, ...]
    """What of a cluster is simulated by this provider: told in status, results and pages."""
    told: Mapping[str, str]
    """What is set otherwise here than in a common cluster, for the facts of a run."""

    def reach(self) -> Reach:
        """How this machine and Flux both reach the Git server and the chart repository."""

    def create(self, cluster: str, beginning: Beginning = NOTHING) -> Cluster:
        """Bring up a cluster that answers; several may be created at once from threads.

        `beginning` is in it before a controller may look for it, where the provider can do that.
        """

    def distrust(self, cluster: str, trouble: SandboxError) -> None:
        """A cluster that was made has not come up whole: what it came from is not taken again."""

    def clusters(self) -> Mapping[str, Cluster]:
        """The clusters of this sandbox that exist, by name."""

    def keys(self, cluster: str) -> Mapping[str, int] | None:
        """The keys under which the store of a cluster keeps what is in it now, and since when.

        That is the revision of the store in which each was written last.
        None where this provider cannot ask the store. Raises SandboxError where it does not answer.
        """

    def check(self) -> None:
        """Raise ProcessDied where a part of a cluster has ended by itself."""

    def audit(self) -> None:
        """Raise SandboxError where a cluster holds what it should not have; after a scenario."""

    def status(self) -> list[PartStatus]:
        """What each part does."""

    def parts(self) -> list[str]:
        """What there is of this sandbox beside its folder and its processes, in words."""

    def on_node(self, cluster: str, command: Sequence[str]) -> Iterator[str]:
        """What a program prints on the node of a cluster, as it prints it, until it ends.

        Raises SandboxError where nodes are simulated.
        """

    def logs(self, cluster: str, part: str) -> str:
        """The log of one part of a cluster; an empty part lists what there is."""

    def remove(self, cluster: str) -> None:
        """Remove one cluster and wait until it is gone."""

    def delete(self) -> None:
        """Remove everything of this sandbox and wait until it is gone; nothing else is touched."""
