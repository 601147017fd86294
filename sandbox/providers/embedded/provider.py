"""The embedded provider: clusters made of processes of this machine."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from sandbox import command
from sandbox.cluster.kubernetes import KubernetesApi, Object, connection, field
from sandbox.errors import SandboxError, UsageError
from sandbox.processes.reach import Reach
from sandbox.processes.supervisor_client import SupervisorClient
from sandbox.processes.surroundings import environment
from sandbox.providers import Cluster, PartStatus
from sandbox.providers.embedded import garbage, offered, simulation
from sandbox.providers.embedded.control_plane import HOST, NODE, ControlPlane
from sandbox.toolchain import Toolchain
from sandbox.waiting import wait_until

_CONTROLLERS = ("kube-controller-manager", "kube-scheduler")
_START_LIMIT_S = 120
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
        self.told: Mapping[str, str] = garbage.told()
        self.sandbox = sandbox
        self.folder = folder
        self.toolchain = toolchain
        self.supervisor = SupervisorClient(folder)
        self.env = environment(toolchain.bin, folder / "surroundings")

    def reach(self) -> Reach:
        """Loopback: Flux runs on this machine."""
        return Reach(host=HOST, listen=(HOST,), peers=("127.0.0.0/8",))

    def create(self, cluster: str) -> Cluster:
        """Start the control plane, wait until it answers and its node is Ready."""
        home = self._home(cluster)
        if (home / "cluster.json").exists():
            plane = ControlPlane.read(home)
        else:
            plane = ControlPlane.create(cluster, home)
        stages = simulation.stages(self.toolchain.share / "kwok-stages")
        forwards = simulation.forwards(plane.ports.receiver)
        (home / "kwok.yaml").write_text(f"{stages}\n---\n{forwards}")
        self._start(plane, "etcd", plane.etcd())
        self._serve(plane)
        self._control(plane)
        made = self._cluster(plane)
        self._kubectl(made, ["apply", "-f", "-"], stdin=simulation.objects())
        self._start(plane, "kwok", plane.kwok())
        module = "sandbox.providers.embedded.kubelet"
        self.offer(cluster)
        self._start(plane, "kubelet", [sys.executable, "-m", module, home])
        self._wait_for_node(plane)
        return made

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
        self._wait_for_node(plane)
        return outage

    def _serve(self, plane: ControlPlane) -> None:
        """Start the API server of this toolchain, and wait until it answers."""
        self._start(plane, "kube-apiserver", plane.apiserver(self.toolchain.versions["kubernetes"]))
        self._wait_for_api(plane)

    def _control(self, plane: ControlPlane) -> None:
        """Start what controls the objects of an API server that answers."""
        self._start(plane, "kube-controller-manager", plane.controller_manager())
        self._start(plane, "kube-scheduler", plane.scheduler())

    def _wait_for_node(self, plane: ControlPlane) -> None:
        cluster = self._cluster(plane)
        wait_until(
            f"node {NODE} of {plane.name} to be Ready",
            lambda: self._node_ready(cluster),
            _START_LIMIT_S,
            alive=self.check,
            phase=f"cluster {plane.name}",
        )

    def _start(self, plane: ControlPlane, name: str, argv: Sequence[str | Path]) -> None:
        program = argv[0] if Path(argv[0]).is_absolute() else self.toolchain.bin / argv[0]
        self.supervisor.start(
            f"{plane.name}/{name}",
            [program, *argv[1:]],
            env={**self.env, **garbage.kept(name)},
            log=plane.folder / "logs" / f"{name}.log",
            cwd=Path(__file__).parents[3],
        )

    def _wait_for_api(self, plane: ControlPlane) -> None:
        access = connection(plane.credentials.kubeconfig("admin"))
        # Loopback: a proxy from the environment has no say.
        with httpx.Client(**access, timeout=5, trust_env=False) as client:

            def probe() -> tuple[bool | None, str]:
                try:
                    reply = client.get("/readyz")
                except httpx.TransportError as error:
                    return None, str(error)
                return reply.is_success or None, f"answers {reply.status_code}"

            wait_until(
                f"the API server of {plane.name}",
                probe,
                _START_LIMIT_S,
                every=0.1,
                alive=self.check,
                phase=f"cluster {plane.name}",
            )

    def _node_ready(self, cluster: Cluster) -> tuple[bool | None, str]:
        path = '{.status.conditions[?(@.type=="Ready")].status}'
        seen = self._kubectl(cluster, ["get", "node", NODE, "-o", f"jsonpath={path}"]).strip()
        return (True if seen == "True" else None), f"Ready is {seen or 'not reported'}"

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
        )

    def clusters(self) -> Mapping[str, Cluster]:
        """The clusters whose folders lie in the sandbox's folder."""
        homes = sorted(path.parent for path in self.folder.glob("clusters/*/cluster.json"))
        return {home.name: self._cluster(ControlPlane.read(home)) for home in homes}

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
            restarted = restarts(pods)
            if restarted:
                raise SandboxError(
                    f"in {cluster.name} {', '.join(restarted)}",
                    cure=f"`python -m sandbox logs --name {self.sandbox}` has what it said last",
                )

    def status(self) -> list[PartStatus]:
        """Each process with its id."""
        children = self.supervisor.children()
        return [*self._processes(children), *self._controllers(children)]

    def _processes(self, children: list[dict[str, Any]]) -> list[PartStatus]:
        return [
            PartStatus(
                name=child["name"],
                state="running" if child["running"] else "exited",
                detail=f"pid {child['pid']}"
                if child["running"]
                else f"exit code {child['exit_code']}, log {child['log']}",
            )
            for child in children
        ]

    def _controllers(self, children: list[dict[str, Any]]) -> list[PartStatus]:
        return [
            PartStatus(
                name=f"{child['name'].split('/', 1)[0]}/{process.name()}",
                state="running",
                detail=f"pid {process.pid}",
            )
            for child in children
            if child["running"] and child["name"].endswith("/kubelet")
            for process in psutil.Process(child["pid"]).children()
        ]

    def parts(self) -> list[str]:
        """Nothing: a cluster here is processes and files."""
        return []

    def on_node(self, cluster: str, command: Sequence[str]) -> Iterator[str]:
        """Nothing runs on a simulated node. Raises SandboxError."""
        raise SandboxError(f"the node of {cluster} is simulated", cure="PROVIDER=kind")

    def logs(self, cluster: str, part: str) -> str:
        """The log of one process; an empty part lists what there is."""
        logs = self._home(cluster) / "logs"
        files = {path.stem: [path] for path in logs.glob("*.log")}
        for folder in logs.glob("*/"):  # a controller: a log for each run of each of its pods
            files[folder.name] = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime)
        known = sorted(files)
        if not part:
            return "\n".join(known) + "\n"
        if part not in known:
            raise UsageError(
                f"{cluster} has no part {part!r}", cure=f"one of: {', '.join(known) or 'none yet'}"
            )
        return "".join(path.read_text(errors="replace") for path in files[part])

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


def restarts(pods: list[Object]) -> list[str]:
    """Which containers of these pods were restarted, and how often, in words."""
    return [
        f"{pod['metadata']['name']} was restarted {each['restartCount']} times"
        for pod in pods
        for each in field(pod, "status", "containerStatuses", default=())
        if each["restartCount"]
    ]
