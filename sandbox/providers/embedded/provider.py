"""The embedded provider: clusters made of processes of this machine."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from sandbox import command, events
from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.errors import SandboxError
from sandbox.processes.reach import Reach
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.processes.surroundings import environment
from sandbox.providers import NOTHING, Beginning, Cluster, PartStatus, pace
from sandbox.providers.embedded import (
    go_programs,
    offered,
    parts,
    ready,
    simulation,
    store,
    template,
)
from sandbox.providers.embedded.control_plane import HOST, ControlPlane
from sandbox.providers.embedded.template import Template
from sandbox.providers.trust import trusted
from sandbox.toolchain import Toolchain

_CONTROLLERS = ("kube-controller-manager", "kube-scheduler")
_END_LIMIT_S = 20


@dataclass(frozen=True)
class Outage:
    """When nobody served the API of a cluster, by the clock `time.monotonic`."""

    since: float
    """The order to stop the old API server."""
    until: float
    """The new one says that it is ready."""


class Embedded:
    """etcd, API server, controllers and Flux for real; workload pods simulated."""

    name = "embedded"
    simulated: tuple[str, ...] = ("workload pods",)

    def __init__(self, sandbox: str, folder: Path, toolchain: Toolchain) -> None:
        self.told: Mapping[str, str] = {**go_programs.told(), **pace.told()}
        self.sandbox = sandbox
        self.folder = folder
        self.toolchain = toolchain
        self.supervisor = SupervisorClient(folder)
        self.env = environment(toolchain.bin, folder / "surroundings")

    def reach(self) -> Reach:
        """Loopback: Flux runs on this machine."""
        return Reach(host=HOST, listen=(HOST,), peers=("127.0.0.0/8",))

    def create(self, cluster: str, beginning: Beginning = NOTHING) -> Cluster:
        """Start the control plane, wait until its node is Ready and its controllers work.

        Its store comes from a template where there is one of such a cluster.
        """
        home = self._home(cluster)
        if (home / "cluster.json").exists():
            plane = ControlPlane.read(home)
        else:
            plane = ControlPlane.create(cluster, home)
        stages = simulation.stages(self.toolchain.share / "kwok-stages")
        forwards = simulation.forwards(plane.ports.receiver)
        (home / "kwok.yaml").write_text(f"{stages}\n---\n{forwards}")
        # The folder of the programs is called by the hash of their sources.
        programs = self.toolchain.bin.parent.name
        origin = Template.of(programs, simulation.objects(), beginning.key)
        if not self._restored(plane, beginning, origin):
            with origin.turn(self.check):
                first = not origin.is_there
                if first:
                    self._begin(plane, beginning, origin)
            # Else who had the turn before has made it meanwhile, unless it is of no use.
            if not first and not self._restored(plane, beginning, origin):
                self._begin(plane, beginning, origin)
        self._control(plane)
        self._start(plane, "kwok", plane.kwok())
        module = "sandbox.providers.embedded.kubelet"
        self.offer(cluster)
        self._start(plane, "kubelet", [sys.executable, "-m", module, home])
        with trusted(self, cluster):
            ready.wait(plane, self.check)
        return self._cluster(plane)

    def distrust(self, cluster: str, trouble: SandboxError) -> None:
        """Throw away the template that a cluster came from, or that was made of it."""
        origin, _ = template.origin_of(self._home(cluster))
        if origin and origin.is_there:
            origin.discard(str(trouble))

    def _restored(self, plane: ControlPlane, beginning: Beginning, origin: Template) -> bool:
        """Whether the cluster has a store from a template, and an API server that works on it."""
        if plane.store.exists() or not (made := origin.restore(plane.store)):
            return False
        try:
            self._serve_store(plane)
            beginning.wait(self._cluster(plane))
        except SandboxError as trouble:
            self.supervisor.stop(f"{plane.name}/kube-apiserver", f"{plane.name}/etcd", kill=True)
            shutil.rmtree(plane.store)
            origin.discard(f"{plane.name} did not come up from it: {trouble}")
            return False
        origin.note(plane.folder, made)
        events.emit(events.Told(text=f"{plane.name} comes from a template of {made}"))
        return True

    def _begin(self, plane: ControlPlane, beginning: Beginning, origin: Template) -> None:
        """Put into a new cluster what it begins with, and keep a template of that."""
        new = not plane.store.exists()
        self._serve_store(plane)
        made = self._cluster(plane)
        self._kubectl(made, ["apply", "-f", "-"], stdin=simulation.objects())
        beginning.fill(made)
        if new:
            with self._standing_still(f"{plane.name}/etcd"):
                origin.keep(plane.store)
            origin.note(plane.folder)

    @contextmanager
    def _standing_still(self, name: str) -> Iterator[None]:
        """Let a process do nothing meanwhile, so that its files are those of one moment."""
        [pid] = [child["pid"] for child in self.supervisor.children() if child["name"] == name]
        process = psutil.Process(pid)
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def offer(self, cluster: str) -> None:
        """Let new pods of Flux's controllers have the programs of this toolchain too."""
        offered.offer(self._home(cluster), self.toolchain.bin, self.toolchain.versions)

    def renew(self, cluster: str) -> Outage:
        """Put this toolchain's control plane in the place of the one that runs.

        It takes over data, ports and certificates. The store, the node and the pods on it go on:
        they have no version of Kubernetes here. Raises SandboxError where a program of the new one
        does not come up; what has come up of it stays.
        """
        plane = ControlPlane.read(self._home(cluster))
        # Controllers must never be newer than the API server: they go first and come last.
        self.supervisor.stop(*(f"{cluster}/{name}" for name in _CONTROLLERS))
        stopped = time.monotonic()
        self.supervisor.stop(f"{cluster}/kube-apiserver")
        self._serve(plane)
        outage = Outage(stopped, time.monotonic())
        self._control(plane)
        ready.wait(plane, self.check)
        return outage

    def _serve_store(self, plane: ControlPlane) -> None:
        """Start the store, and the API server on it."""
        self._start(plane, "etcd", plane.etcd())
        self._serve(plane)

    def _serve(self, plane: ControlPlane) -> None:
        """Start the API server of this toolchain, and wait until it answers."""
        self._start(plane, "kube-apiserver", plane.apiserver(self.toolchain.versions["kubernetes"]))
        ready.wait_for_api(plane, self.check)

    def _control(self, plane: ControlPlane) -> None:
        """Start what controls the objects of an API server that answers."""
        self._start(plane, "kube-controller-manager", plane.controller_manager())
        self._start(plane, "kube-scheduler", plane.scheduler())

    def _start(self, plane: ControlPlane, name: str, argv: Sequence[str | Path]) -> None:
        program = argv[0] if Path(argv[0]).is_absolute() else self.toolchain.bin / argv[0]
        self.supervisor.start(
            f"{plane.name}/{name}",
            [program, *argv[1:]],
            env={**self.env, **go_programs.variables(name)},
            log=plane.folder / "logs" / f"{name}.log",
            cwd=Path(__file__).parents[3],
        )

    def _kubectl(self, cluster: Cluster, words: list[str], stdin: str | None = None) -> str:
        return command.run(
            [self.toolchain.bin / "kubectl", "--kubeconfig", cluster.kubeconfig, *words],
            env=self.env,
            stdin=stdin,
        ).stdout

    def _cluster(self, plane: ControlPlane) -> Cluster:
        return Cluster(
            name=plane.name,
            kubeconfig=plane.credentials.kubeconfig("admin"),
            context=plane.name,
            kubernetes=f"v{self.toolchain.versions['kubernetes']}",
            template=template.origin_of(plane.folder)[1],
        )

    def clusters(self) -> Mapping[str, Cluster]:
        """The clusters whose folders lie in the sandbox's folder."""
        homes = sorted(path.parent for path in self.folder.glob("clusters/*/cluster.json"))
        return {home.name: self._cluster(ControlPlane.read(home)) for home in homes}

    def keys(self, cluster: str) -> Mapping[str, int] | None:
        """The keys that etcd has. Raises SandboxError."""
        return store.keys(ControlPlane.read(self._home(cluster)).etcd_url)

    def check(self) -> None:
        """Raise ProcessDied where a process has ended by itself."""
        self.supervisor.check()

    def audit(self) -> None:
        """Raise SandboxError where a controller of Flux has ended by itself and was restarted.

        The sandbox goes on as a cluster would; that a controller fails must not pass unseen.
        """
        for cluster in self.clusters().values():
            with KubernetesApi(cluster.kubeconfig) as api:
                pods = api.list("/api/v1/pods", labelSelector="app.kubernetes.io/part-of=flux")
            restarted = parts.restarts(pods)
            if restarted:
                raise SandboxError(
                    f"in {cluster.name} {', '.join(restarted)}",
                    cure=f"`python -m sandbox logs --name {self.sandbox}` has what it said last",
                )

    def status(self) -> list[PartStatus]:
        """Each process with its id."""
        return parts.status(self.supervisor.children())

    def parts(self) -> list[str]:
        """Nothing: a cluster here is processes and files."""
        return []

    def on_node(self, cluster: str, command: Sequence[str]) -> Iterator[str]:
        """Nothing runs on a simulated node. Raises SandboxError."""
        raise SandboxError(f"the node of {cluster} is simulated", cure="PROVIDER=kind")

    def logs(self, cluster: str, part: str) -> str:
        """The log of one process; an empty part lists what there is."""
        return parts.logs(self._home(cluster), part)

    def remove(self, cluster: str) -> None:
        """End the processes of one cluster and remove its folder."""
        pids = {child["name"]: child["pid"] for child in self.supervisor.children()}
        kubelet = f"{cluster}/kubelet"
        controllers = psutil.Process(pids[kubelet]).children() if kubelet in pids else []
        self.supervisor.stop(*(name for name in pids if name.startswith(f"{cluster}/")), kill=True)
        _, left = psutil.wait_procs(controllers, timeout=_END_LIMIT_S)  # they end with the kubelet
        if left:
            raise SandboxError(f"processes {[each.pid for each in left]} do not end")
        shutil.rmtree(self._home(cluster))

    def delete(self) -> None:
        """Remove every cluster."""
        for name in self.clusters():
            self.remove(name)

    def _home(self, cluster: str) -> Path:
        return self.folder / "clusters" / cluster
