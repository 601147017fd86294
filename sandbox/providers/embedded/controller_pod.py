"""A pod of a Flux controller: the real program, as a process of this machine.

It runs with the arguments and the environment of its pod (addresses and folders replaced by ones of
this machine) and the token of the pod's ServiceAccount, so RBAC decides as in a real cluster. The
pod is Ready when the controller answers its own readiness probe; one that ends is started again,
later each time.

Of several pods of one controller only one works. In a cluster they elect a leader, which a process
outside of it cannot: here the pod that has become Ready last works, and the others stand by.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Protocol

import httpx

from sandbox.cluster.kubernetes import Object, field
from sandbox.processes.parent import die_with_parent
from sandbox.processes.ports import free_ports
from sandbox.processes.supervisor import TAG
from sandbox.processes.surroundings import environment
from sandbox.providers.embedded import cri_log, go_programs, probes
from sandbox.providers.embedded.container import ContainerState
from sandbox.providers.embedded.control_plane import HOST, ControlPlane
from sandbox.providers.embedded.flux_programs import Listening, Program
from sandbox.providers.embedded.pod import Node
from sandbox.providers.embedded.references import denied
from sandbox.providers.embedded.simulated_pod import SimulatedPod
from sandbox.waiting import beat

_GRACE_S = 10
_EAGER_S = 0.1
"""How often a controller that starts is probed: a kubelet's first probe comes as soon as it can."""
_PROBE_S, _FAILURES = 10, 3
"""A probe's defaults: seconds between two, and how many must fail."""
_CRD_PATIENCE_S = 20
"""How long a controller is held back for its CRDs, as the pull of its image would hold it back."""
_LINE_LIMIT = 16 * 1024 * 1024


class ControllerNode(Node, Protocol):
    """What a controller's pod asks of its node beyond what every pod asks."""

    plane: ControlPlane
    probe: httpx.AsyncClient

    def lacks(self, crds: tuple[str, ...]) -> bool:
        """Whether one of these CRDs is not established."""

    async def token(self, namespace: str, account: str) -> str | None:
        """A token of a ServiceAccount; None while the account is not there."""

    async def data(self, kind: str, namespace: str, name: str) -> dict[str, str]:
        """What a Secret or a ConfigMap holds, decoded; empty where there is none."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside; where it fails the kubelet ends, and its log says why."""

    async def publish_log(self, pod: Object, log: Path, before: Path) -> None:
        """Let `kubectl logs` read the log of a pod, and that of its run before."""

    async def take_over(self, pod: ControllerPod) -> None:
        """This pod works from now on: the other pods of its controller stand by."""

    def step_down(self, pod: ControllerPod) -> None:
        """This pod works no longer: one that stands by may."""


class ControllerPod(SimulatedPod):
    """A pod whose first container is a process; what stands beside it is simulated."""

    node: ControllerNode

    def __init__(self, node: ControllerNode, pod: Object, address: str, program: Program) -> None:
        super().__init__(node, pod, address)
        self.program = program
        self.folder = node.plane.folder / "pods" / self.name
        self.log = node.plane.folder / "logs" / program.name / f"{self.name}.log"
        self.before = self.log.with_suffix(".previous.log")
        self.ports: Listening | None = None
        """Where its process listens."""
        self.leading = False
        self.standing_by = False
        self.process: asyncio.subprocess.Process | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._made = asyncio.get_running_loop().time()
        self._published = False

    @property
    def state(self) -> ContainerState:
        """The controller's container."""
        return self.main[0]

    async def step(self) -> None:
        """Start the controller where it is to run and does not."""
        if not await self.bring_first_on():
            return
        container, *others = self.pod["spec"]["containers"]
        for state, other in zip(self.main[1:], others, strict=True):
            await self.bring_on(state, other, ends=False)
        told_to_fail = self.told_to("fails", self.state.name)
        if self.process is not None and told_to_fail:
            await self._fail()
        if self.process is not None or self.standing_by:
            return
        if not await self.has_image(container, self.state, self._lacking(container["image"])):
            return
        if not await self.has_environment(container, self.state):
            return
        waited = asyncio.get_running_loop().time() - self._made
        if self.node.lacks(self.program.needs) and waited < _CRD_PATIENCE_S:
            self.unmet = True
            self.node.wake(self.uid, 1)
            return
        if not await self.may_start(self.state):
            return
        if told_to_fail:
            self.state.run()
            await self._fail()
        else:
            await self._start(container)

    async def _fail(self) -> None:
        """End the controller as one that ended by itself, with an error."""
        await self._stop()
        self.state.end(1)
        self._lead(False)
        self.node.wake(self.uid)

    def _lacking(self, image: str) -> str:
        """Why no registry has the image for this pod; "" where one has."""
        if known := self.program.lacking(image):
            return known
        refused = denied(self.pod, image, self.node.held)
        self.unmet = self.unmet or bool(refused)
        return refused

    async def _start(self, container: Object) -> None:
        account = field(self.pod, "spec", "serviceAccountName", default="default")
        token = await self.node.token(self.namespace, account)
        if token is None:
            self.node.wake(self.uid, 1)
            return
        plane = self.node.plane
        kubeconfig = plane.credentials.write_kubeconfig(self.name, token, plane.name, plane.server)
        self.ports = Listening(*free_ports(len(Listening.__dataclass_fields__), HOST))
        env = {
            **environment(self.program.folder, self.folder),
            **go_programs.variables(self.program.name),
            **await self._variables(container),
            TAG: os.environ[TAG],
            "KUBECONFIG": str(kubeconfig),
        }
        given = [_expanded(word, env) for word in field(container, "args", default=())]
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists():
            self.log.replace(self.before)
        self.log.touch()
        arguments = self.program.arguments(given, plane.ports, self.ports, self.folder)
        self.process = await asyncio.create_subprocess_exec(
            self.program.folder / self.program.name,
            *arguments,
            env=env,
            cwd=self.folder,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
            limit=_LINE_LIMIT,
        )
        self.state.run()
        assert self.process.stdout is not None
        self._tasks = [
            self.node.spawn(self._reap(self.process, self.process.stdout)),
            self.node.spawn(self._watch(self.ports)),
        ]
        if not self._published:
            await self.node.publish_log(self.pod, self.log, self.before)
            self._published = True

    async def _variables(self, container: Object) -> dict[str, str]:
        """The variables of the pod; what lies in the image's temp folder lies in the pod's own."""
        found: dict[str, str] = {}
        for source in field(container, "envFrom", default=()):
            for part, kind in (("secretRef", "Secret"), ("configMapRef", "ConfigMap")):
                if wanted := source.get(part):
                    prefix = source.get("prefix") or ""
                    data = await self.node.data(kind, self.namespace, wanted["name"])
                    found |= {f"{prefix}{name}": value for name, value in data.items()}
        for each in field(container, "env", default=()):
            value = await self._value(each)
            if value is not None:
                found[each["name"]] = _expanded(value, found)
        return found

    async def _value(self, variable: Object) -> str | None:
        if "value" in variable:
            return re.sub(r"^/tmp(?=/|$)", str(self.folder / "tmp"), variable["value"])
        source = field(variable, "valueFrom", default={})
        for part, kind in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
            if wanted := source.get(part):
                data = await self.node.data(kind, self.namespace, wanted["name"])
                return data.get(wanted["key"])
        # Else a field of the pod, or the limits of a container, and there is no container.
        own = {"metadata.namespace": self.namespace, "metadata.name": self.name}
        return own.get(field(source, "fieldRef", "fieldPath", default=""))

    async def _reap(
        self, process: asyncio.subprocess.Process, output: asyncio.StreamReader
    ) -> None:
        await cri_log.copy(output, self.log)
        code = await process.wait()
        if self.process is process:  # it ended by itself: nobody here has ended it
            self._tasks.pop().cancel()
            self.process = None
            self.state.end(code if code >= 0 else 128 - code)
            self._lead(False)
            self.node.wake(self.uid)

    async def _watch(self, ports: Listening) -> None:
        async for _ in beat(_EAGER_S):
            if await self._answers(ports, "readyz"):
                break
        await self.node.take_over(self)
        self.state.ready = True
        self._lead(True)
        self.node.wake(self.uid)
        unready = dead = 0
        async for _ in beat(_PROBE_S):
            unready = 0 if await self._answers(ports, "readyz") else unready + 1
            dead = 0 if await self._answers(ports, "healthz") else dead + 1
            if self.state.ready != (unready < _FAILURES):
                self.state.ready = unready < _FAILURES
                self.node.wake(self.uid)
            if dead >= _FAILURES and self.process is not None:
                said = f"Container {self.state.name} failed liveness probe, will be restarted"
                await self.tell("Killing", said, self.state.name)
                self.process.kill()

    async def _answers(self, ports: Listening, path: str) -> bool:
        kind = "readiness" if path == "readyz" else "liveness"
        unmade = probes.unmade(self.pod["spec"]["containers"][0], f"{kind}Probe")
        if unmade:
            await self.tell("Unhealthy", unmade, self.state.name)
            return kind == "liveness"
        if self.told_to(f"{kind}-fails", self.state.name):
            said = f"{kind.capitalize()} probe failed: told to fail"
            await self.tell("Unhealthy", said, self.state.name)
            return False
        try:
            reply = await self.node.probe.get(f"http://{HOST}:{ports.health}/{path}")
        except httpx.TransportError:
            return False
        return reply.status_code == httpx.codes.OK

    def _lead(self, leads: bool) -> None:
        had, self.leading = self.leading, leads
        if had and not leads:
            self.node.step_down(self)

    async def stand_by(self) -> None:
        """Work no longer, because another pod of this controller does; the pod stays as it is."""
        self.standing_by = True
        await self._stop()

    async def end(self) -> None:
        """End the controller as a kubelet does: it is asked to, and made to when it takes long."""
        await self._stop()
        self._lead(False)

    async def _stop(self) -> None:
        process, self.process = self.process, None
        if process is None:
            return
        reaping, watching = self._tasks
        watching.cancel()
        with contextlib.suppress(ProcessLookupError):  # it ended between the look and the signal
            os.killpg(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), timeout=_GRACE_S)
        except TimeoutError:
            process.kill()
        await reaping
        self.leading = False


def _expanded(word: str, variables: dict[str, str]) -> str:
    """`$(NAME)` replaced by the variable of that name, as a kubelet does."""
    return re.sub(r"\$\((\w+)\)", lambda found: variables.get(found[1], found[0]), word)
