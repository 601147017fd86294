"""What kwok needs to simulate a node: its stage and ports, the node object, the CRD for logs.

kwok keeps the node alive and serves logs; what becomes of pods is the kubelet's business here.
"""

from __future__ import annotations

import platform
from pathlib import Path

import yaml

from sandbox.flux.status import NAMESPACE
from sandbox.providers.embedded.control_plane import HOST, NODE
from sandbox.providers.embedded.storage import storage_class

_RECEIVER = 9292
"""The port of the container that the notification-controller takes webhooks at."""
_SIZE = {"cpu": "8", "memory": "32Gi", "ephemeral-storage": "100Gi", "pods": "250"}
"""What fits on the node: that of a common machine, so that what is too large is not scheduled."""


def stages(folder: Path) -> str:
    """kwok's configuration from the stages of kwok's own module in `folder`."""
    return (folder / "node-initialize.yaml").read_text()


def forwards(receiver: int) -> str:
    """kwok's configuration for `kubectl port-forward`: it leads to Flux's webhook receiver.

    The receiver's pod is a process of this machine that answers at the port `receiver`; whatever
    else is forwarded has nobody behind it.
    """
    forward = {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "ClusterPortForward",
        "metadata": {"name": "webhook-receiver"},
        "spec": {
            "selector": {"matchNamespaces": [NAMESPACE]},
            "forwards": [
                {"ports": [_RECEIVER], "target": {"address": HOST, "port": receiver}},
            ],
        },
    }
    return yaml.safe_dump(forward)


def objects() -> str:
    """The objects that a cluster begins with: its node, its StorageClass and the CRD for logs."""
    logs = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "logs.kwok.x-k8s.io"},
        "spec": {
            "group": "kwok.x-k8s.io",
            "names": {"kind": "Logs", "listKind": "LogsList", "plural": "logs", "singular": "logs"},
            "scope": "Namespaced",
            "versions": [
                {
                    "name": "v1alpha1",
                    "served": True,
                    "storage": True,
                    "subresources": {"status": {}},
                    "schema": {
                        "openAPIV3Schema": {
                            "type": "object",
                            "x-kubernetes-preserve-unknown-fields": True,
                        }
                    },
                }
            ],
        },
    }
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": NODE,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {
                "kubernetes.io/hostname": NODE,
                "kubernetes.io/os": "linux",
                "kubernetes.io/arch": machine,
            },
        },
        "status": {"capacity": _SIZE, "allocatable": _SIZE},
    }
    return yaml.safe_dump_all([logs, node, storage_class()])
