"""When a kind cluster is ready: looked at here, since kind's --wait reports success on a time-out.

A controller that starts before kube-proxy answers finds no API server, crashes and backs off, which
costs half a minute: so kube-proxy counts, and it is asked itself, since it has no probe and passes
for ready in the moment between its start and its end. CoreDNS comes up meanwhile; who needs it asks
again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sandbox.cluster.kubernetes import KubernetesApi, Object, field
from sandbox.errors import NotReady, SandboxError
from sandbox.providers.kind import inotify
from sandbox.waiting import wait_until

LIMIT_S = 300
_DNS = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
_PROXY = "/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy"
_PODS = "/api/v1/namespaces/kube-system/pods"
_HEALTH_PORT = 10256
"""Where kube-proxy says whether it has told the kernel of the services (healthzBindAddress)."""


def wait(kubeconfig: Path, cluster: str, alive: Callable[[], None]) -> None:
    """Wait for the node and kube-proxy. `alive` may raise; raises SandboxError with the cure."""
    with KubernetesApi(kubeconfig) as api:
        # One is enough on one node, and is ready sooner than two.
        api.patch(_DNS, {"spec": {"replicas": 1}})
        what = f"node and kube-proxy of {cluster}"
        try:
            wait_until(what, lambda: _look(api), LIMIT_S, alive=alive)
        except NotReady as error:
            cure = f"where its pods log `too many open files`: {inotify.CURE}"
            raise SandboxError(error.what, cure=cure) from error


def version(kubeconfig: Path, wanted: str) -> str:
    """What the API server says of its version, for example `v1.36.3`.

    Raises SandboxError where it is another one than wanted (`1.36.3`): a tag says what it likes.
    """
    with KubernetesApi(kubeconfig) as api:
        answers = str(api.get("/version")["gitVersion"])
    if answers != f"v{wanted}":
        raise SandboxError(
            f"the API server is {answers}, not v{wanted}",
            cure="remove the node image from the engine (`docker image rm`), or IMAGES=local",
        )
    return answers


def _look(api: KubernetesApi) -> tuple[bool | None, str]:
    try:
        lacking = [
            *_nodes_lacking(api.list("/api/v1/nodes")),
            *_proxy_lacking(field(api.get(_PROXY), "status", default={})),
        ]
        if not lacking:
            _ask_proxies(api)
    except SandboxError as error:  # the API server may still be restarting
        return None, error.what
    return (None if lacking else True), "; ".join(lacking) or "all Ready"


def _ask_proxies(api: KubernetesApi) -> None:
    """Raises ApiError where a kube-proxy does not answer that it is in order."""
    for pod in api.list(_PODS, labelSelector="k8s-app=kube-proxy"):
        api.get(f"{_PODS}/http:{pod['metadata']['name']}:{_HEALTH_PORT}/proxy/healthz")


def _nodes_lacking(nodes: list[Object]) -> list[str]:
    found = [] if nodes else ["no node"]
    for node in nodes:
        conditions = field(node, "status", "conditions", default=())
        if not any(each["type"] == "Ready" and each["status"] == "True" for each in conditions):
            found.append(f"node {node['metadata']['name']} is not Ready")
    return found


def _proxy_lacking(status: Object) -> list[str]:
    wanted, there = (
        field(status, each, default=0) for each in ("desiredNumberScheduled", "numberReady")
    )
    return [] if wanted and there >= wanted else [f"kube-proxy {there} of {wanted or 1} ready"]
