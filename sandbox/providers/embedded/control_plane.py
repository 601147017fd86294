"""The programs of one embedded cluster and how each is started."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.processes.ports import free_ports
from sandbox.providers import pace
from sandbox.providers.embedded.credentials import Credentials
from sandbox.usage import audit

HOST = "127.0.0.1"
NODE = "simulated-node"
_POLICIES_SINCE = (1, 36)
_POLICIES_AS_BETA = (
    "--feature-gates=MutatingAdmissionPolicy=true",
    "--runtime-config=admissionregistration.k8s.io/v1beta1=true",
)
"""For an API server older than that: what makes Flux quick in a sandbox is not on by itself."""


@dataclass(frozen=True, kw_only=True)
class Ports:
    """A free port on loopback for each listener of a cluster."""

    etcd: int
    etcd_peer: int
    apiserver: int
    controller_manager: int
    scheduler: int
    kwok: int
    source_storage: int
    watcher_storage: int
    events: int
    receiver: int

    @classmethod
    def choose(cls) -> Ports:
        """Choose ports that are free now."""
        names = list(cls.__dataclass_fields__)
        return cls(**dict(zip(names, free_ports(len(names), HOST), strict=True)))


@dataclass(frozen=True, kw_only=True)
class ControlPlane:
    """One cluster's folder, ports and programs."""

    name: str
    folder: Path
    ports: Ports

    @property
    def credentials(self) -> Credentials:
        """The cluster's certificates and kubeconfigs."""
        return Credentials(self.folder / "credentials")

    @property
    def store(self) -> Path:
        """Where etcd keeps its files."""
        return self.folder / "etcd"

    @property
    def server(self) -> str:
        """URL of the API server."""
        return f"https://{HOST}:{self.ports.apiserver}"

    @classmethod
    def create(cls, name: str, folder: Path) -> ControlPlane:
        """Choose ports, write credentials and note both in the folder."""
        plane = cls(name=name, folder=folder, ports=Ports.choose())
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        plane.credentials.write(name, plane.server)
        (folder / "cluster.json").write_text(
            json.dumps({"name": name, "ports": asdict(plane.ports)})
        )
        return plane

    @classmethod
    def read(cls, folder: Path) -> ControlPlane:
        """The cluster noted in the folder."""
        noted = json.loads((folder / "cluster.json").read_text())
        return cls(name=noted["name"], folder=folder, ports=Ports(**noted["ports"]))

    @property
    def etcd_url(self) -> str:
        """Where the store answers: to this machine alone."""
        return f"http://{HOST}:{self.ports.etcd}"

    def etcd(self) -> list[str]:
        """The store; nothing is synced to disk, for a sandbox lives shorter than a power cut."""
        client, peer = self.etcd_url, f"http://{HOST}:{self.ports.etcd_peer}"
        return [
            "etcd",
            f"--data-dir={self.store}",
            "--unsafe-no-fsync",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--log-level=warn",
        ]

    def apiserver(self, kubernetes: str) -> list[str]:
        """The API server of this version: RBAC is on, requests come over TLS with tokens."""
        own = self.credentials
        older = tuple(int(part) for part in kubernetes.split(".")[:2]) < _POLICIES_SINCE
        return [
            "kube-apiserver",
            f"--etcd-servers={self.etcd_url}",
            f"--bind-address={HOST}",
            f"--secure-port={self.ports.apiserver}",
            f"--tls-cert-file={own.certificate}",
            f"--tls-private-key-file={own.key}",
            f"--token-auth-file={own.tokens}",
            "--authorization-mode=Node,RBAC",
            "--allow-privileged=true",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={own.service_account_key}",
            f"--service-account-signing-key-file={own.service_account_key}",
            # The endpoint of service `kubernetes` may not be a loopback address.
            "--endpoint-reconciler-type=none",
            "--kubelet-preferred-address-types=InternalIP",
            *(_POLICIES_AS_BETA if older else ()),
            *audit.flags(self.folder),
        ]

    def controller_manager(self) -> list[str]:
        """Kubernetes' own controllers."""
        own = self.credentials
        return [
            "kube-controller-manager",
            f"--kubeconfig={own.kubeconfig('kube-controller-manager')}",
            f"--bind-address={HOST}",
            f"--secure-port={self.ports.controller_manager}",
            f"--root-ca-file={own.ca}",
            f"--service-account-private-key-file={own.service_account_key}",
            # Each controller acts as its own account, to which the bootstrap policy gives rights.
            "--use-service-account-credentials=true",
            *(f"--{name}={value}" for name, value in pace.ARGUMENTS.items()),
            "--leader-elect=false",
            "--profiling=false",
        ]

    def scheduler(self) -> list[str]:
        """The scheduler."""
        return [
            "kube-scheduler",
            f"--kubeconfig={self.credentials.kubeconfig('kube-scheduler')}",
            f"--bind-address={HOST}",
            f"--secure-port={self.ports.scheduler}",
            "--leader-elect=false",
            "--profiling=false",
        ]

    def kwok(self) -> list[str]:
        """The simulated node: pods become Ready on it without a container."""
        return [
            "kwok",
            f"--kubeconfig={self.credentials.kubeconfig('kwok')}",
            f"--config={self.folder / 'kwok.yaml'}",
            "--manage-all-nodes=true",
            "--enable-crds=Logs",
            f"--node-ip={HOST}",
            f"--node-port={self.ports.kwok}",
            f"--server-address={HOST}:{self.ports.kwok}",
            f"--tls-cert-file={self.credentials.certificate}",
            f"--tls-private-key-file={self.credentials.key}",
            # Without a lease the node turns NotReady after 50 s, and its pods with it.
            "--node-lease-duration-seconds=40",
        ]
