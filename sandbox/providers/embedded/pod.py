"""A pod on the simulated node: what all of them share, whatever runs their containers."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from typing import Protocol

from sandbox.cluster.kubernetes import Object, field
from sandbox.providers.embedded import image_reference, pod_status
from sandbox.providers.embedded.container import ContainerState
from sandbox.providers.embedded.references import Held, unmounted, unpulled, unset

_TOLD = "kubelet.proofbook.dev/"
"""How annotations begin by which a pod is told what only its containers could know."""


class Node(Protocol):
    """What a pod asks of the node that it runs on."""

    @property
    def held(self) -> Held:
        """The Secrets and ConfigMaps that there are."""

    def wake(self, uid: str, after: float = 0) -> None:
        """Let the pod look again, after so many seconds."""

    async def report(self, pod: Object, status: Object) -> None:
        """Write the status of a pod."""

    async def tell(self, pod: Object, reason: str, message: str, container: str = "") -> None:
        """Write a warning about a pod, or about one of its containers, as an event."""


class Pod(ABC):
    """A pod and the states of its containers."""

    def __init__(self, node: Node, pod: Object, address: str) -> None:
        self.node = node
        self.pod = pod
        meta = pod["metadata"]
        self.uid = str(meta["uid"])
        self.namespace = str(meta["namespace"])
        self.name = str(meta["name"])
        self.address = address
        self.first = self._states("initContainers")
        self.main = self._states("containers")
        self.unmet = False
        """Whether it waits for an object that does not exist."""
        self._mounted = bool(field(pod, "status", "podIP"))
        self._sent: Object = {}
        self._told: set[tuple[str, str]] = set()

    def _states(self, part: str) -> list[ContainerState]:
        named = f"{self.name}_{self.namespace}({self.uid})"
        containers = field(self.pod, "spec", part, default=())
        states = [ContainerState(each["name"], each["image"], named) for each in containers]
        for each in states:
            first = part == "initContainers" or field(self.pod, "spec", "initContainers")
            each.wait("PodInitializing" if first else "ContainerCreating")
        return states

    async def advance(self, pod: Object) -> None:
        """Do the next thing that a kubelet would do, and report where the pod stands."""
        self.pod = pod
        problems = unmounted(pod, self.node.held)
        # What was mounted once stays so: a kubelet tells what has gone, and lets the pod run.
        self._mounted = self._mounted or not problems
        self.unmet = not self._mounted
        for problem in problems:
            await self.tell("FailedMount", problem)
        if self._mounted:
            for problem in unpulled(pod, self.node.held):
                await self.tell("FailedToRetrieveImagePullSecret", problem)
            await self.step()
        before = self._sent or field(pod, "status", default={})
        status = pod_status.build(
            pod,
            self.first,
            self.main,
            before=before,
            address=self.address,
            mounted=self._mounted,
        )
        if status != self._sent:
            await self.node.report(pod, status)
            self._sent = copy.deepcopy(status)

    @abstractmethod
    async def step(self) -> None:
        """Bring the containers on, now that what the pod mounts is there."""

    @abstractmethod
    async def end(self) -> None:
        """End what runs: the pod goes."""

    def told_to(self, what: str, container: str) -> bool:
        """Whether an annotation of the pod says so of a container, or of all."""
        said = field(self.pod, "metadata", "annotations", _TOLD + what, default="")
        return bool({container, "*"} & set(said.replace(",", " ").split()))

    async def has_image(self, container: Object, state: ContainerState, lacking: str = "") -> bool:
        """Whether its image can be had; where it cannot, it waits and says why.

        `lacking` is why a registry does not have it, where that is known.
        """
        image = state.image = container["image"]
        if fault := image_reference.fault(image):
            said = (
                f'Failed to apply default image tag "{image}": '
                f'couldn\'t parse image name "{image}": {fault}'
            )
            return await self._without_image(state, "InvalidImageName", said, "InspectFailed")
        if container.get("imagePullPolicy") == "Never":
            said = f'Container image "{image}" is not present with pull policy of Never'
            return await self._without_image(state, "ErrImageNeverPull", said, "ErrImageNeverPull")
        nowhere = image_reference.host(image).endswith(".invalid")
        if nowhere or self.told_to("no-image", state.name):
            lacking = f"failed to resolve image: {image}: not found"
        if not lacking:
            return True
        back_off = f'Back-off pulling image "{image}"'
        await self.tell("Failed", f'Failed to pull image "{image}": {lacking}', state.name)
        await self.tell("Failed", "Error: ErrImagePull", state.name)
        await self.tell("BackOff", back_off, state.name)
        said = f"{back_off}: ErrImagePull: {lacking}"
        return await self._without_image(state, "ImagePullBackOff", said)

    async def _without_image(
        self, state: ContainerState, reason: str, said: str, event: str = ""
    ) -> bool:
        state.wait(reason, said)
        if event:
            await self.tell(event, said, state.name)
        await self.tell("Failed", f"Error: {reason}", state.name)
        return False

    async def has_environment(self, container: Object, state: ContainerState) -> bool:
        """Whether its environment can be made; where it cannot, it waits and says why."""
        cause = unset(container, self.namespace, self.node.held)
        if cause:
            self.unmet = True
            state.wait("CreateContainerConfigError", cause)
            await self.tell("Failed", f"Error: {cause}", state.name)
        return not cause

    async def may_start(self, state: ContainerState) -> bool:
        """Whether a container may start now: one that has ended waits, longer each time."""
        ran = state.exit_code is not None or bool(state.last)
        left = state.back_off() if ran else 0
        if left:
            said = f"Back-off restarting failed container {state.name} in pod {state.pod}"
            await self.tell("BackOff", said, state.name)
            self.node.wake(self.uid, left)
        return not left

    async def tell(self, reason: str, message: str, container: str = "") -> None:
        """Write a warning as an event, once."""
        if (reason, message) not in self._told:
            self._told.add((reason, message))
            await self.node.tell(self.pod, reason, message, container)
