"""The files that a local node image has above its base: kind's own, the toolchain's, and ours."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

from sandbox.toolchain import Toolchain

POD_SUBNET = "10.244.0.0/24"
"""Addresses of pods: the first node's share of kind's default, 10.244.0.0/16."""

_CNI = ("ptp", "host-local", "loopback", "portmap")
_CONTAINERD = ("containerd", "ctr", "containerd-shim-runc-v2")
_KUBERNETES = ("kubelet", "kubeadm", "kubectl")
_FOLDERS = (
    ("usr/local/bin", _CONTAINERD),
    ("usr/bin", _KUBERNETES),
    ("opt/cni/bin", _CNI),
)
PROGRAMS = (*_CONTAINERD, *_KUBERNETES, *_CNI)
"""The toolchain's programs that a node has itself, beside those of its images."""

_CONFLIST = {
    "cniVersion": "0.4.0",
    "name": "pods",
    "plugins": [
        # Routed, not bridged: a pod that calls itself through a Service gets its answer without
        # br_netfilter in the kernel.
        {
            "type": "ptp",
            "ipMasq": True,
            "ipam": {
                "type": "host-local",
                "dataDir": "/run/cni-ipam-state",
                "routes": [{"dst": "0.0.0.0/0"}],
                "ranges": [[{"subnet": POD_SUBNET}]],
            },
        },
        {"type": "portmap", "capabilities": {"portMappings": True}},
    ],
}
_STORAGE_CLASS = """\
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata:
  name: standard
  annotations:
    storageclass.kubernetes.io/is-default-class: "true"
provisioner: kubernetes.io/host-path
"""
_NO_REGISTRY = """\
server = "http://127.0.0.1:1"
[host."http://127.0.0.1:1"]
  capabilities = ["pull", "resolve"]
"""
"""Every registry is a closed port of the node itself: nothing can be pulled, and a missing image
shows at once instead of after the time-outs of a network."""


def kinds_own(toolchain: Toolchain) -> list[tuple[str, Path]]:
    """Paths in a node and the files that kind's own base image has there."""
    files = toolchain.share / "kind-images-base" / "files"
    found = sorted(path for path in files.rglob("*") if path.is_file())
    return [(path.relative_to(files).as_posix(), path) for path in found]


def write(target: Path, toolchain: Toolchain, pause: str) -> None:
    """Write all of it as one tar. `pause`: the image that kubeadm names for pod sandboxes."""
    with tarfile.open(target, "w") as archive:
        for name, source in kinds_own(toolchain):
            text = source.read_text()
            if name == "etc/containerd/config.toml":
                text = _configure_containerd(text, pause)
            runs = name.startswith(("usr/local/bin/", "kind/bin/"))
            _add(archive, name, text, 0o755 if runs else 0o644)
        for folder, names in _FOLDERS:
            for name in names:
                entry = tarfile.TarInfo(f"{folder}/{name}")
                program = toolchain.bin / name
                entry.mode, entry.size = 0o755, program.stat().st_size
                with program.open("rb") as content:
                    archive.addfile(entry, content)
        _add(archive, "etc/cni/net.d/10-pods.conflist", json.dumps(_CONFLIST, indent=1))
        _add(archive, "etc/containerd/certs.d/_default/hosts.toml", _NO_REGISTRY)
        _add(archive, "kind/version", f"v{toolchain.versions['kubernetes']}")
        _add(archive, "kind/manifests/default-storage.yaml", _STORAGE_CLASS)


def _configure_containerd(text: str, pause: str) -> str:
    lines = [
        f'  sandbox_image = "{pause}"' if line.strip().startswith("sandbox_image") else line
        for line in text.splitlines()
    ]
    lines += [
        '[plugins."io.containerd.grpc.v1.cri".registry]',
        '  config_path = "/etc/containerd/certs.d"',
    ]
    return "\n".join(lines) + "\n"


def _add(archive: tarfile.TarFile, name: str, text: str, mode: int = 0o644) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.mode, entry.size = mode, len(content)
    archive.addfile(entry, io.BytesIO(content))
