"""Settings of a kind cluster, derived from the facts of the host."""

from __future__ import annotations

from typing import Any

import yaml

from sandbox.providers import pace
from sandbox.providers.kind.host import Host
from sandbox.providers.kind.images import NodeImage
from sandbox.toolchain import pins

_SINCE = (1, 36)
"""Kubernetes from which on kind writes kubeadm's settings as v1beta4, and what makes Flux quick in
a sandbox is served by itself."""


def config(host: Host, cgroup: int, image: NodeImage) -> str:
    """kind's configuration of a cluster whose nodes start from this image, as YAML."""
    older = pins.numbers(image.kubernetes)[:2] < _SINCE
    gates: dict[str, bool] = {"MutatingAdmissionPolicy": True} if older else {}
    served = {"admissionregistration.k8s.io/v1beta1": "true"} if older else {}
    containerd = []
    kubelet: dict[str, Any] = {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
    }
    if cgroup == 1:
        kubelet["failCgroupV1"] = False  # since 1.35 the kubelet refuses cgroup v1 unless told so
    if "SYS_RESOURCE" in host.missing_capabilities:
        # The two places that need it: the kubelet sets kernel parameters and limits, containerd
        # lowers oom_score_adj.
        gates["KubeletInUserNamespace"] = True
        containerd.append(
            '[plugins."io.containerd.grpc.v1.cri"]\n  restrict_oom_score_adj = true\n'
        )
    settings = {
        "kind": "Cluster",
        "apiVersion": "kind.x-k8s.io/v1alpha4",
        # A local image carries a conflist, so that kind need not install kindnet.
        "networking": {"disableDefaultCNI": image.local},
        "featureGates": gates,
        "runtimeConfig": served,
        "containerdConfigPatches": containerd,
        "kubeadmConfigPatches": [yaml.safe_dump(kubelet), yaml.safe_dump(_kubeadm(older, gates))],
        "nodes": [{"role": "control-plane"}],
    }
    return yaml.safe_dump(settings, sort_keys=False)


def _kubeadm(older: bool, gates: dict[str, bool]) -> dict[str, Any]:
    """How etcd and the controller manager run.

    A sandbox is thrown away: etcd need not wait for the disk. kind merges it only where version and
    kind are what it has written itself; a list takes the place of kind's own, so what is in that is
    here too.
    """
    manager = {"enable-hostpath-provisioner": "true", **pace.ARGUMENTS}
    if gates:
        manager["feature-gates"] = ",".join(f"{name}=true" for name in gates)
    return {
        "apiVersion": f"kubeadm.k8s.io/{'v1beta3' if older else 'v1beta4'}",
        "kind": "ClusterConfiguration",
        "etcd": {"local": {"extraArgs": _arguments(older, {"unsafe-no-fsync": "true"})}},
        "controllerManager": {"extraArgs": _arguments(older, manager)},
    }


def _arguments(older: bool, given: dict[str, str]) -> Any:
    """Flags as kubeadm of this version wants them."""
    return given if older else [{"name": name, "value": value} for name, value in given.items()]
