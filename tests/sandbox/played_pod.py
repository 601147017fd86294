"""A pod on a node that is played: what it reports, and which events it writes."""

from __future__ import annotations

import asyncio
from typing import Any

from sandbox.providers.embedded.simulated_pod import SimulatedPod

Held = dict[tuple[str, str, str], frozenset[str]]


class FakeNode:
    """Notes what a pod asks of its node."""

    def __init__(self, held: Held) -> None:
        self.held = held
        self.statuses: list[dict[str, Any]] = []
        self.events: list[str] = []
        self.woken: list[float] = []

    def wake(self, uid: str, after: float = 0) -> None:
        self.woken.append(after)

    async def report(self, pod: Any, status: dict[str, Any]) -> None:
        self.statuses.append(status)

    async def tell(self, pod: Any, reason: str, message: str, container: str = "") -> None:
        self.events.append(f"{reason} {message}")


def manifest(annotations: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {
        "metadata": {
            "uid": "u1",
            "namespace": "dev",
            "name": "shop",
            "generation": 1,
            "annotations": annotations,
        },
        "spec": {"containers": [{"name": "app", "image": "example.com/app:1"}], **spec},
        "status": {"phase": "Pending", "conditions": None},
    }


class Played:
    """A pod on a played node."""

    def __init__(self, pod: dict[str, Any], held: Held | None = None) -> None:
        self.node = FakeNode(held or {})
        self.manifest = pod
        self.pod = SimulatedPod(self.node, pod, "10.244.0.2")
        self.advance()

    def advance(self) -> None:
        asyncio.run(self.pod.advance(self.manifest))

    @property
    def status(self) -> dict[str, Any]:
        return self.node.statuses[-1]

    def condition(self, kind: str) -> dict[str, Any]:
        [found] = [each for each in self.status["conditions"] if each["type"] == kind]
        return dict(found)

    def container(self, number: int = 0) -> dict[str, Any]:
        return dict(self.status["containerStatuses"][number])

    def waiting(self, number: int = 0) -> tuple[str, str]:
        said = self.container(number)["state"]["waiting"]
        return said["reason"], said.get("message", "")


def app(**fields: Any) -> list[dict[str, Any]]:
    return [{"name": "app", "image": "example.com/app:1", **fields}]
