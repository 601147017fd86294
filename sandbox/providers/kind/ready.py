"""When a kind cluster is ready: looked at here, since kind's --wait reports success on a time-out.

A controller that starts before kube-proxy answers finds no API server, crashes and backs off, which
costs half a minute: so kube-proxy counts. CoreDNS comes up meanwhile; who needs it asks again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sandbox.cluster.kubernetes import KubernetesApi, Object, field
from sandbox.errors import SandboxError
from sandbox.waiting import wait_until

LIMIT_S = 300
_DNS = "/apis/apps/v1/namespaces/kube-system/deployments/coredns"
_PROXY = "/apis/apps/v1/namespaces/kube-system/daemonsets/kube-proxy"


def wait(kubeconfig: Path, cluster: str, alive: Callable[[], None]) -> None:
    """Wait for the node and kube-proxy. `alive` may raise; raises NotReady."""
    with KubernetesApi(kubeconfig) as api:
        # One is enough on one node, and is ready sooner than two.
        api.patch(_DNS, {"spec": {"replicas": 1}})
        wait_until(
            f"node and kube-proxy of {cluster}",
            lambda: _look(api),
            LIMIT_S,
            alive=alive,
        )


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
    except SandboxError as error:  # the API server may still be restarting
        return None, error.what
    return (None if lacking else True), "; ".join(lacking) or "all Ready"


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
