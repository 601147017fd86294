"""What kwok needs to simulate a node: stages, the node object, the CRD for logs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from sandbox.providers.embedded.control_plane import NODE

_NOT_FLUX = {
    "key": '.metadata.labels["app.kubernetes.io/part-of"]',
    "operator": "NotIn",
    "values": ["flux"],
}
"""Pods of Flux become Ready when their real controller does: `flux_kubelet` says so, not kwok."""


def stages(folder: Path) -> str:
    """kwok's configuration from the stages of kwok's own module in `folder`."""
    documents: list[Any] = []
    for name in ("node-initialize", "pod-ready", "pod-complete", "pod-delete"):
        stage = yaml.safe_load((folder / f"{name}.yaml").read_text())
        if name == "pod-ready":
            stage["spec"]["selector"]["matchExpressions"].append(_NOT_FLUX)
        documents.append(stage)
    return yaml.safe_dump_all(documents)


def objects() -> str:
    """The objects that a cluster needs before kwok starts: its node and the CRD for logs."""
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
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": NODE,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {"kubernetes.io/hostname": NODE, "kubernetes.io/os": "linux"},
        },
    }
    return yaml.safe_dump_all([logs, node])
