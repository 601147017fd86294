"""Prove once that the built programs work together: a control plane, an apply, a flux install."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from subprocess import STDOUT, Popen

import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.command import run
from sandbox.errors import CommandFailed, ProcessDied, SandboxError
from sandbox.toolchain.process import child
from sandbox.waiting import wait_until

_CURE = (
    "run the command again; if it fails the same way, remove the old programs with `python -m "
    "sandbox.toolchain --prune`"
)
_NODE = """
apiVersion: v1
kind: Node
metadata:
  name: proof
  annotations: {kwok.x-k8s.io/node: fake}
  labels: {kubernetes.io/os: linux}  # what the pods of Flux select
status:
  allocatable: {cpu: "32", memory: 64Gi, pods: "110"}
  capacity: {cpu: "32", memory: 64Gi, pods: "110"}
"""


def prove(bin_folder: Path, share: Path, marker: Path) -> None:
    """Start a control plane, apply an object, let `flux install` end; then write `marker`.

    Raises SandboxError with what failed. Whatever happens, no process is left.
    """
    started = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="proofbook-proof-"))
    try:
        with ExitStack() as processes:
            _Proof(bin=bin_folder, share=share, folder=folder, processes=processes).run()
    except SandboxError as failure:
        seen = " ".join(str(failure).split())
        raise SandboxError(
            f"what was built does not work: {seen[-600:]}", phase="toolchain", cure=_CURE
        ) from failure
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    marker.write_text(json.dumps({"seconds": round(time.monotonic() - started, 1)}))


@dataclass(frozen=True, kw_only=True)
class _Proof:
    bin: Path
    share: Path
    folder: Path
    processes: ExitStack

    def run(self) -> None:
        etcd, peer, api, scheduler, manager, kwok = _free_ports(6)
        self._write_secrets(api)
        self._start(
            "etcd",
            f"--data-dir={self.folder}/etcd",
            "--unsafe-no-fsync",
            f"--listen-client-urls=http://127.0.0.1:{etcd}",
            f"--advertise-client-urls=http://127.0.0.1:{etcd}",
            f"--listen-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
            f"--initial-cluster=default=http://127.0.0.1:{peer}",
        )
        server = self._start(
            "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{etcd}",
            "--bind-address=127.0.0.1",
            f"--secure-port={api}",
            f"--cert-dir={self.folder}",
            f"--token-auth-file={self.folder}/tokens.csv",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://proof.invalid",
            f"--service-account-key-file={self.folder}/sa.key",
            f"--service-account-signing-key-file={self.folder}/sa.key",
        )
        self._wait_ready(server)
        kubeconfig = f"--kubeconfig={self.folder}/kubeconfig"
        self._start(
            "kube-controller-manager",
            kubeconfig,
            "--leader-elect=false",
            f"--secure-port={manager}",
            "--bind-address=127.0.0.1",
            f"--service-account-private-key-file={self.folder}/sa.key",
            f"--root-ca-file={self.folder}/apiserver.crt",
        )
        self._start(
            "kube-scheduler",
            kubeconfig,
            "--leader-elect=false",
            f"--secure-port={scheduler}",
            "--bind-address=127.0.0.1",
        )
        stages = sorted((self.share / "kwok-stages").glob("*.yaml"))
        self._start(
            "kwok",
            kubeconfig,
            "--manage-all-nodes=true",
            "--node-lease-duration-seconds=40",
            f"--server-address=127.0.0.1:{kwok}",
            *(f"--config={stage}" for stage in stages),
        )
        self._command("kubectl", "apply", "-f", "-", stdin=_NODE)
        self._command("flux", "install", "--timeout=2m")

    @property
    def _env(self) -> Mapping[str, str]:
        # Nothing of the person's own: etcd and flux take settings from ETCD_* and FLUX_*.
        return {
            "HOME": str(self.folder),
            "KUBECONFIG": f"{self.folder}/kubeconfig",
            "PATH": os.environ.get("PATH", ""),
        }

    def _write_secrets(self, api_port: int) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        (self.folder / "sa.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        token = secrets.token_hex(16)
        (self.folder / "tokens.csv").write_text(f"{token},proof,proof,system:masters\n")
        cluster = {
            "server": f"https://127.0.0.1:{api_port}",
            "certificate-authority": f"{self.folder}/apiserver.crt",
        }
        config = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "proof", "cluster": cluster}],
            "users": [{"name": "proof", "user": {"token": token}}],
            "contexts": [{"name": "proof", "context": {"cluster": "proof", "user": "proof"}}],
            "current-context": "proof",
        }
        (self.folder / "kubeconfig").write_text(yaml.safe_dump(config))

    def _start(self, program: str, *arguments: str) -> Popen[str]:
        log = self.processes.enter_context((self.folder / f"{program}.log").open("wb"))
        return self.processes.enter_context(
            child(
                [str(self.bin / program), *arguments],
                cwd=self.folder,
                env=self._env,
                stdout=log,
                stderr=STDOUT,
            )
        )

    def _wait_ready(self, server: Popen[str]) -> None:
        def ready() -> tuple[bool | None, str]:
            done = run(
                [self.bin / "kubectl", "get", "--raw", "/readyz"], env=self._env, check=False
            )
            return done.exit_code == 0 or None, done.output.strip()[-200:]

        def alive() -> None:
            if server.poll() is not None:
                log = (self.folder / "kube-apiserver.log").read_text(errors="replace")
                tail = "\n".join(log.splitlines()[-3:])
                raise ProcessDied("kube-apiserver", server.returncode, tail, cure=_CURE)

        wait_until("the API server to be ready", ready, 60, alive=alive)

    def _command(self, program: str, *arguments: str, stdin: str | None = None) -> None:
        try:
            run([self.bin / program, *arguments], env=self._env, stdin=stdin, limit=150)
        except CommandFailed as failure:
            last = (failure.output.strip().splitlines() or ["it printed nothing"])[-1]
            raise SandboxError(f"`{program} {arguments[0]}` failed: {last}") from failure


def _free_ports(count: int) -> list[int]:
    """Ports of loopback that are free now; all are held until all are known."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
