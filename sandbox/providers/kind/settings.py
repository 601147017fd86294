"""Settings of a kind cluster, derived from the facts of the host."""

from __future__ import annotations

from typing import Any

import yaml

from sandbox.providers.kind.host import Host

_THROW_AWAY = {
    "apiVersion": "kubeadm.k8s.io/v1beta4",
    "kind": "ClusterConfiguration",
    # A sandbox is thrown away: etcd need not wait for the disk.
    "etcd": {"local": {"extraArgs": [{"name": "unsafe-no-fsync", "value": "true"}]}},
}


def config(host: Host, cgroup: int, *, own_network_plugin: bool) -> str:
    """kind's configuration as YAML.

    `own_network_plugin`: the node image carries a conflist, so that kind need not install kindnet.
    """
    gates: dict[str, bool] = {}
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
        "networking": {"disableDefaultCNI": own_network_plugin},
        "featureGates": gates,
        "containerdConfigPatches": containerd,
        "kubeadmConfigPatches": [yaml.safe_dump(kubelet), yaml.safe_dump(_THROW_AWAY)],
        "nodes": [{"role": "control-plane"}],
    }
    return yaml.safe_dump(settings, sort_keys=False)
