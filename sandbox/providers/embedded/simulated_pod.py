"""A pod of a workload: no container starts, its status says what a kubelet would say of it.

What only a container can know is told by annotations of the pod, each with the names of
containers, or `*` for all of them:

    kubelet.proofbook.dev/fails             it ends with exit code 1
    kubelet.proofbook.dev/readiness-fails   its readiness probe fails
    kubelet.proofbook.dev/liveness-fails    its liveness probe fails
    kubelet.proofbook.dev/no-image          its image does not exist

An image of a registry whose name ends in `.invalid` exists nowhere either.
"""

from __future__ import annotations

from sandbox.cluster.kubernetes import Object, field
from sandbox.providers.embedded import probes
from sandbox.providers.embedded.container import ContainerState
from sandbox.providers.embedded.pod import Pod

_KILLED = 137
_PROBE_S, _FAILURES = 10, 3
"""A probe's defaults: seconds between two, and how many must fail."""


class SimulatedPod(Pod):
    """A pod without containers."""

    async def step(self) -> None:
        """Init containers one after the other, then all others."""
        if not await self.bring_first_on():
            return
        for state, container in zip(self.main, self.pod["spec"]["containers"], strict=True):
            await self.bring_on(state, container, ends=self._completes())

    async def bring_first_on(self) -> bool:
        """Bring the init containers on; whether the others may start."""
        for state, container in zip(
            self.first, field(self.pod, "spec", "initContainers", default=()), strict=True
        ):
            sidecar = container.get("restartPolicy") == "Always"
            await self.bring_on(state, container, ends=not sidecar)
            if state.exit_code != 0 and not (sidecar and state.running and state.begun):
                return False
        return True

    async def end(self) -> None:
        """Nothing runs."""

    def _never(self) -> bool:
        return bool(self.pod["spec"].get("restartPolicy") == "Never")

    def _completes(self) -> bool:
        """Whether its containers are made to end: those of a Job and of a hook of Helm."""
        meta = self.pod["metadata"]
        owners = {each["kind"] for each in field(meta, "ownerReferences", default=())}
        hook = "helm.sh/hook" in field(meta, "annotations", default={})
        return self.pod["spec"].get("restartPolicy") != "Always" and ("Job" in owners or hook)

    async def bring_on(self, state: ContainerState, container: Object, *, ends: bool) -> None:
        """Do the next thing with one container; `ends` is whether it is made to end well."""
        if state.exit_code is not None and (state.exit_code == 0 or self._never()):
            return
        if not state.running:
            if not await self.has_image(container, state):
                return
            if not await self.has_environment(container, state):
                return
            if not await self.may_start(state):
                return
            state.run()
        if self.told_to("fails", state.name):
            state.end(1)
            self.node.wake(self.uid)
        elif ends:
            state.end(0)
        else:
            await self._probe(state, container)

    async def _probe(self, state: ContainerState, container: Object) -> None:
        startup = probes.unmade(container, "startupProbe")
        state.begun = not startup
        if startup:
            state.ready = False
            await self.tell("Unhealthy", startup, state.name)
            return
        unmade = [probes.unmade(container, f"{each}Probe") for each in ("readiness", "liveness")]
        for said in filter(None, unmade):
            await self.tell("Unhealthy", said, state.name)
        unready = "readinessProbe" in container and self.told_to("readiness-fails", state.name)
        state.ready = not unready and not unmade[0]
        if unready:
            await self.tell("Unhealthy", "Readiness probe failed: told to fail", state.name)
        probe = container.get("livenessProbe")
        if probe is None or not self.told_to("liveness-fails", state.name):
            return
        patience = field(probe, "initialDelaySeconds", default=0) + (
            field(probe, "periodSeconds", default=_PROBE_S)
            * field(probe, "failureThreshold", default=_FAILURES)
        )
        if state.ran_for() < patience:
            self.node.wake(self.uid, patience - state.ran_for())
            return
        await self.tell("Unhealthy", "Liveness probe failed: told to fail", state.name)
        said = f"Container {state.name} failed liveness probe, will be restarted"
        await self.tell("Killing", said, state.name)
        state.end(_KILLED)
        self.node.wake(self.uid)
