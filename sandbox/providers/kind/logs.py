"""Logs of a kind cluster's parts: the node, its two services, and every pod."""

from __future__ import annotations

from sandbox.cluster.kubernetes import KubernetesApi, Object, field
from sandbox.errors import SandboxError, UsageError
from sandbox.providers.kind.engine import Engine

SERVICES = ("kubelet", "containerd")
_NAMING_LABELS = ("component", "k8s-app", "app")
_LINES = "2000"


def part_of(pod: Object) -> str:
    """The name of the part that a pod is: as in the embedded provider where there is one."""
    labels = field(pod, "metadata", "labels", default={})
    named = next((labels[key] for key in _NAMING_LABELS if key in labels), None)
    return str(named or f"{pod['metadata']['namespace']}/{pod['metadata']['name']}")


def read(engine: Engine, node: str, api: KubernetesApi, cluster: str, part: str) -> str:
    """The log of one part; an empty part lists what there is. Raises UsageError on another name."""
    if part == "node":
        return engine.log(node)
    if part in SERVICES:
        return engine.execute(node, ["journalctl", "--no-pager", "--lines", _LINES, "-u", part])
    pods = _pods(api)
    known = ["node", *SERVICES, *sorted(pods)]
    if not part:
        return "\n".join(known) + "\n"
    if part not in pods:
        raise UsageError(f"{cluster} has no part {part!r}", cure=f"one of: {', '.join(known)}")
    return "".join(_pod_log(api, pod) for pod in pods[part])


def _pods(api: KubernetesApi) -> dict[str, list[Object]]:
    found: dict[str, list[Object]] = {}
    for pod in api.list("/api/v1/pods"):
        found.setdefault(part_of(pod), []).append(pod)
    return found


def _pod_log(api: KubernetesApi, pod: Object) -> str:
    meta = pod["metadata"]
    text = ""
    for container in pod["spec"]["containers"]:
        path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/log"
        reply = api.client.get(path, params={"container": container["name"], "tailLines": _LINES})
        if reply.is_error:
            raise SandboxError(f"no log of {meta['namespace']}/{meta['name']}: {reply.text[:300]}")
        text += reply.text
    return text
