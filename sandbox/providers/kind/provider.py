"""The kind provider: clusters of real containers on a Docker engine."""

from __future__ import annotations

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from docker.models.containers import Container

from sandbox import events
from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.errors import ProcessDied, SandboxError
from sandbox.processes.reach import Reach
from sandbox.providers import NOTHING, Beginning, Cluster, PartStatus, pace
from sandbox.providers.kind import images, logs, program, reach, ready, room, settings
from sandbox.providers.kind.engine import (
    CLUSTER_LABEL,
    FOLDER_LABEL,
    OLDEST,
    SANDBOX_LABEL,
    Engine,
)
from sandbox.providers.kind.host import Host
from sandbox.record import Record, state_home
from sandbox.toolchain import Toolchain

_ASK_S = 5
_NAME_LIMIT = 48
"""With `-control-plane` behind it a name must stay a host name: 63 characters."""


class Kind:
    """Real nodes, real pods, real networks: nothing is simulated."""

    name = "kind"
    simulated: tuple[str, ...] = ()
    told: Mapping[str, str] = MappingProxyType(pace.told())

    def __init__(self, sandbox: str, folder: Path, toolchain: Toolchain) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self.toolchain = toolchain
        self.labels = {SANDBOX_LABEL: sandbox, FOLDER_LABEL: str(folder)}
        self._image_lock = threading.Lock()

    @cached_property
    def engine(self) -> Engine:
        """The engine, asked when it is needed first. Raises SandboxError with the cure."""
        engine = Engine()
        if not engine.is_recent:
            raise SandboxError(
                f"Docker {engine.version} is too old for kind",
                cure=f"install Docker {OLDEST[0]}.{OLDEST[1]} or newer, or PROVIDER=embedded",
            )
        return engine

    @cached_property
    def host(self) -> Host:
        """What this machine gives to containers."""
        return Host.look(self.engine.root)

    @property
    def network(self) -> str:
        """The Docker network of the sandbox: its own, so that it goes with the sandbox."""
        return _short(f"proofbook-{self.sandbox}", str(self.folder))

    @cached_property
    def image(self) -> images.NodeImage:
        """The image of its nodes, pulled or built where it is missing."""
        return images.ensure(self.engine, self.toolchain, images.asked(), _tell)

    def reach(self) -> Reach:
        """The gateway of the sandbox's network and loopback, or Docker Desktop's name for us."""
        return reach.find(self.engine, self.engine.network(self.network, self.labels))

    def create(self, cluster: str, beginning: Beginning = NOTHING) -> Cluster:
        """Bring up a node; wait until it is Ready and kube-proxy answers; put the beginning there.

        Raises SandboxError with phase, cause and cure; nothing of the cluster is left then.
        """
        full, there = self._full(cluster), self.clusters()
        if cluster in there and self._node(cluster):
            return there[cluster]
        self._refuse_foreign(full)
        with self._image_lock:  # created together, clusters share network and image
            room.refuse(self.engine, self.host)
            self.engine.network(self.network, self.labels)
            tag = images.labelled(self.engine, self.image, self._tag, self.labels)
        home = self._home(cluster)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        kubeconfig = home / "kubeconfig"
        configuration = settings.config(self.host, self.engine.cgroup, self.image)
        try:
            program.create_cluster(
                self.toolchain.bin / "kind",
                self.engine,
                program.Wanted(full, tag, self.network, configuration, kubeconfig, self.folder),
            )
            ready.wait(kubeconfig, full, lambda: self._check_node(cluster))
            version = ready.version(kubeconfig, self.image.kubernetes)
        except BaseException:
            self._keep_logs(cluster)
            self.engine.remove_containers({**self.labels, CLUSTER_LABEL: full})
            raise
        note = {"kubernetes": version, "local_images": self.image.local}
        (home / "cluster.json").write_text(json.dumps(note))
        return beginning.fill(self.clusters()[cluster])

    def distrust(self, cluster: str, trouble: SandboxError) -> None:
        """Nothing: a node comes from an image, which is known by its content."""

    def _refuse_foreign(self, full: str) -> None:
        for container in self.engine.nodes({CLUSTER_LABEL: full}):
            if container.labels.get(FOLDER_LABEL) == str(self.folder):
                # Ours, of a run that was killed: a node without its files is of no use.
                self.engine.remove_containers({**self.labels, CLUSTER_LABEL: full})
                return
            raise SandboxError(
                f"there is a kind cluster {full} that is not this sandbox's "
                f"(container {container.name})",
                cure=f"choose another name for the sandbox, or remove it yourself: "
                f"kind delete cluster --name {full}",
            )

    def clusters(self) -> Mapping[str, Cluster]:
        """The clusters whose folders lie in the sandbox's folder."""
        found = {}
        for note in sorted(self.folder.glob("clusters/*/cluster.json")):
            name = note.parent.name
            found[name] = Cluster(
                name=name,
                kubeconfig=note.parent / "kubeconfig",
                context=f"kind-{self._full(name)}",
                kubernetes=json.loads(note.read_text())["kubernetes"],
            )
        return found

    def keys(self, cluster: str) -> Mapping[str, int] | None:
        """None: etcd answers to the control plane alone, in its node."""
        return None

    def check(self) -> None:
        """Raise ProcessDied where a node's container has ended, SandboxError without an engine."""
        for cluster in self.clusters():
            self._check_node(cluster)

    def _check_node(self, cluster: str) -> None:
        node = self._node(cluster)
        if node is not None and node.status == "running":
            return
        cure = "take the sandbox down and up again; `docker events` and the kernel log say more"
        name = f"node container {self._full(cluster)}-control-plane"
        if node is None:
            raise ProcessDied(name, None, "it is gone", cure=cure)
        state = node.attrs["State"]
        memory = " (the kernel ended it for want of memory)" if state.get("OOMKilled") else ""
        log = self.engine.log(str(node.name), tail=10) + memory
        raise ProcessDied(name, state["ExitCode"], log, cure=cure)

    def audit(self) -> None:
        """Raise SandboxError where a node of local images has pulled one."""
        for cluster in self.clusters() if self.image.local else ():
            pulled = self.pulled(cluster)
            if pulled:
                raise SandboxError(
                    f"{cluster} has pulled {', '.join(pulled)} although its images are local",
                    cure="say in sandbox/providers/kind/components.py where that image comes from",
                )

    def status(self) -> list[PartStatus]:
        """Each node container."""
        parts = []
        for name, cluster in self.clusters().items():
            node = self._node(name)
            if node is None:
                parts.append(
                    PartStatus(name=f"{name}/node", state="missing", detail="no container")
                )
                continue
            detail = f"container {node.name}, Kubernetes {cluster.kubernetes}"
            state = "running" if node.status == "running" else "exited"
            parts.append(PartStatus(name=f"{name}/node", state=state, detail=detail))
        return parts

    def parts(self) -> list[str]:
        """Containers, networks and images with the sandbox's labels."""
        return self.engine.labelled(self.labels)

    def on_node(self, cluster: str, command: Sequence[str]) -> Iterator[str]:
        """What a program prints in the node's container, until it ends."""
        return self.engine.stream(f"{self._full(cluster)}-control-plane", command)

    def logs(self, cluster: str, part: str) -> str:
        """The log of one part, of the node to a pod; an empty part lists what there is."""
        node = f"{self._full(cluster)}-control-plane"
        with KubernetesApi(self.clusters()[cluster].kubeconfig) as api:
            return logs.read(self.engine, node, api, cluster, part)

    def remove(self, cluster: str) -> None:
        """Remove the containers and the folder of one cluster."""
        self.engine.remove_containers({**self.labels, CLUSTER_LABEL: self._full(cluster)})
        shutil.rmtree(self._home(cluster))

    def delete(self) -> None:
        """Remove the containers with their volumes, the network and the image of this sandbox."""
        self.engine.remove_containers(self.labels)
        self.engine.remove_networks(self.labels)
        self.engine.remove_images(self.labels)

    @classmethod
    def available(cls) -> tuple[bool, str]:
        """Whether clusters can be made here, asked briefly; and why, in words."""
        try:
            engine = Engine(_ASK_S)
        except SandboxError as error:
            return False, f"no Docker engine answers: {error.what}"
        if not engine.is_recent:
            return False, f"Docker {engine.version} is too old for kind"
        missing = Host.look(engine.root).missing_capabilities
        if missing and engine.info.get("DefaultRuntime", "runc") == "runc":
            return False, f"this host withholds {', '.join(missing)} from Docker's containers"
        return True, f"Docker {engine.version} answers"

    @classmethod
    def sweep(cls) -> list[str]:
        """Remove what sandboxes of this user left whose folder or owner is gone; their names.

        Sandboxes that are noted are left to `sandbox.sweep`; this finds what nothing notes.
        """
        engine = Engine()
        swept = []
        for folder, name in engine.owners().items():
            mine = Path(folder).is_relative_to(state_home())
            if mine and Record.read(Path(folder)) is None:
                labels = {SANDBOX_LABEL: name, FOLDER_LABEL: folder}
                engine.remove_containers(labels)
                engine.remove_networks(labels)
                engine.remove_images(labels)
                swept.append(name)
        return swept

    def pulled(self, cluster: str) -> list[str]:
        """Images that a node got from elsewhere than its own image; empty proves `local`."""
        node = f"{self._full(cluster)}-control-plane"
        carried = set(self.engine.execute(node, ["cat", "/kind/images"]).split())
        listed = self.engine.execute(node, ["ctr", "--namespace", "k8s.io", "images", "list", "-q"])
        # containerd also lists each image by the digest of its config.
        return sorted(n for n in listed.split() if n not in carried and not n.startswith("sha256:"))

    @property
    def _tag(self) -> str:
        return f"proofbook/sandbox:{self.network.removeprefix('proofbook-')}"

    def _full(self, cluster: str) -> str:
        return _short(f"proofbook-{self.sandbox}-{cluster}", str(self.folder))

    def _home(self, cluster: str) -> Path:
        return self.folder / "clusters" / cluster

    def _node(self, cluster: str) -> Container | None:
        found = self.engine.nodes({**self.labels, CLUSTER_LABEL: self._full(cluster)})
        return found[0] if found else None

    def _keep_logs(self, cluster: str) -> None:
        node = self._node(cluster)
        if node is not None:
            kept = self._home(cluster) / "node.log"
            kept.write_text(self.engine.log(str(node.name)))


def _short(name: str, folder: str) -> str:
    """The name, cut where it is too long for a host name; the folder keeps it unique."""
    digest = hashlib.sha256(f"{folder} {name}".encode()).hexdigest()[:6]
    return f"{name[: _NAME_LIMIT - 7].rstrip('-')}-{digest}"


def _tell(line: str) -> None:
    events.emit(events.Told(text=f"images: {line}"))
