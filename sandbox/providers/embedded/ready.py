"""When an embedded cluster is ready: its API server answers, its controllers have begun."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from sandbox.cluster import census
from sandbox.cluster.kubernetes import KubernetesApi, connection, field
from sandbox.providers.embedded.control_plane import NODE, ControlPlane
from sandbox.waiting import wait_until

LIMIT_S = 120


def wait_for_api(plane: ControlPlane, alive: Callable[[], None]) -> None:
    """Wait until the API server says that it is ready. `alive` may raise; raises NotReady."""
    access = connection(plane.credentials.kubeconfig("admin"))
    # Loopback: a proxy from the environment has no say.
    with httpx.Client(**access, timeout=5, trust_env=False) as client:

        def probe() -> tuple[bool | None, str]:
            try:
                reply = client.get("/readyz")
            except httpx.TransportError as error:
                return None, str(error)
            return reply.is_success or None, f"answers {reply.status_code}"

        _wait(plane, f"the API server of {plane.name}", probe, alive)


def wait(plane: ControlPlane, alive: Callable[[], None]) -> None:
    """Wait for the node, and for what controllers put into every namespace.

    `alive` may raise; raises NotReady.
    """
    with KubernetesApi(plane.credentials.kubeconfig("admin")) as api:
        what = f"{plane.name} to have a node and an account for pods"
        _wait(plane, what, lambda: _look(api), alive)


def _wait(
    plane: ControlPlane,
    what: str,
    probe: Callable[[], tuple[bool | None, str]],
    alive: Callable[[], None],
) -> None:
    wait_until(what, probe, LIMIT_S, every=0.1, alive=alive, phase=f"cluster {plane.name}")


def _look(api: KubernetesApi) -> tuple[bool | None, str]:
    conditions = field(api.find(f"/api/v1/nodes/{NODE}"), "status", "conditions", default=())
    ready = {each["type"]: each["status"] for each in conditions}.get("Ready", "not reported")
    lacking = census.unfurnished(api)
    seen = f"node {NODE}: Ready is {ready}; not there yet: {', '.join(lacking) or 'nothing'}"
    return (True if ready == "True" and not lacking else None), seen
