"""What a kubelet does, for the simulated node: pods become what their manifests make of them.

`python -m sandbox.providers.embedded.kubelet CLUSTER_FOLDER` follows the pods of the node.
Those of Flux's controllers run as processes, all others are simulated. Beside it stands what a
cluster's network and storage would do for them: Flux's Services, and volumes for claims.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import httpx

from sandbox.cluster.kubernetes import Object, connection, field
from sandbox.cluster.reflector import Reflector
from sandbox.providers.embedded.control_plane import HOST, NODE, ControlPlane
from sandbox.providers.embedded.controller_pod import ControllerPod
from sandbox.providers.embedded.node_api import NodeApi
from sandbox.providers.embedded.offered import program_for
from sandbox.providers.embedded.pod import Pod
from sandbox.providers.embedded.references import keys_of
from sandbox.providers.embedded.service_proxy import ServiceProxy
from sandbox.providers.embedded.simulated_pod import SimulatedPod
from sandbox.providers.embedded.storage import Provisioner

_AGAIN_S = 1
_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


class Kubelet(NodeApi):
    """The pods of the node, each brought on by a task of its own."""

    def __init__(
        self,
        plane: ControlPlane,
        api: httpx.AsyncClient,
        probe: httpx.AsyncClient,
    ) -> None:
        super().__init__(api)
        self.plane = plane
        self.probe = probe
        self.held: dict[tuple[str, str, str], frozenset[str]] = {}
        self.pods: dict[str, Pod] = {}
        self._newest: dict[str, Object] = {}
        self._calls: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._established: dict[str, bool] = {}
        self._addresses = (f"10.244.{n // 250}.{n % 250 + 2}" for n in itertools.count())
        self._failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Follow the pods until the process is ended, or something here is wrong."""
        ports = self.plane.ports
        services = {
            ports.source_storage: ("source-controller", "storage"),
            ports.watcher_storage: ("source-watcher", "storage"),
            ports.events: ("notification-controller", "events"),
            ports.receiver: ("notification-controller", "receiver"),
        }
        for port, (program, name) in services.items():
            await ServiceProxy(port, lambda p=program, n=name: self._port(p, n)).start()  # type: ignore[misc]
        follow = [
            Reflector(
                self.api,
                "/api/v1/pods",
                replace=self._replace_pods,
                note=self._note_pod,
                fieldSelector=f"spec.nodeName={NODE}",
            ),
            Reflector(self.api, _CRDS, replace=self._replace_crds, note=self._note_crd),
            self._data("Secret", "/api/v1/secrets"),
            self._data("ConfigMap", "/api/v1/configmaps"),
            *Provisioner(self.api, self.send, self.spawn).reflectors(),
        ]
        await asyncio.gather(self._failed, *(each.follow() for each in follow))

    # -- what is in the cluster

    def _data(self, kind: str, path: str) -> Reflector:
        def key(item: Object) -> tuple[str, str, str]:
            return kind, item["metadata"]["namespace"], item["metadata"]["name"]

        def replace(items: list[Object]) -> None:
            for known in [known for known in self.held if known[0] == kind]:
                del self.held[known]
            self.held |= {key(item): keys_of(item) for item in items}
            self._wake_waiting()

        def note(item: Object, gone: bool) -> None:
            if gone:
                self.held.pop(key(item), None)
            elif self.held.get(key(item)) != (keys := keys_of(item)):
                self.held[key(item)] = keys
                self._wake_waiting()

        return Reflector(self.api, path, replace=replace, note=note)

    def _replace_crds(self, items: list[Object]) -> None:
        self._established.clear()
        for item in items:
            self._note_crd(item, False)

    def _note_crd(self, item: Object, gone: bool) -> None:
        conditions = field(item, "status", "conditions", default=())
        self._established[item["spec"]["names"]["plural"]] = not gone and any(
            each["type"] == "Established" and each["status"] == "True" for each in conditions
        )
        self._wake_waiting()

    def lacks(self, crds: tuple[str, ...]) -> bool:
        """Whether one of these CRDs is not established."""
        return not all(self._established.get(each) for each in crds)

    def _wake_waiting(self) -> None:
        for uid, pod in self.pods.items():
            if pod.unmet:
                self.wake(uid)

    # -- pods

    def _replace_pods(self, items: list[Object]) -> None:
        present = {item["metadata"]["uid"] for item in items}
        for uid in [uid for uid in self._newest if uid not in present]:
            self._note_pod(self._newest[uid], True)
        for item in items:
            self._note_pod(item, False)

    def _note_pod(self, item: Object, gone: bool) -> None:
        uid = item["metadata"]["uid"]
        if gone:
            if self._newest.pop(uid, None) is not None and uid in self._calls:
                self._calls[uid].set()
            return
        self._newest[uid] = item
        if uid not in self._tasks:
            self._calls[uid] = asyncio.Event()
            self._tasks[uid] = self.spawn(self._bring_on(uid, item))
        self._calls[uid].set()

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something beside; where it fails the kubelet ends, and its log says why."""
        task = asyncio.create_task(work)
        task.add_done_callback(self._check)
        return task

    def _check(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) and not self._failed.done():
            self._failed.set_exception(error)

    def wake(self, uid: str, after: float = 0) -> None:
        """Let the pod look again, after so many seconds."""
        call = self._calls.get(uid)
        if call is not None:
            asyncio.get_running_loop().call_later(after, call.set)

    async def _bring_on(self, uid: str, item: Object) -> None:
        """One pod's life, from its first sight to its end."""
        pod = self.pods[uid] = self._made(item)
        call = self._calls[uid]
        while True:
            await call.wait()
            call.clear()
            newest = self._newest.get(uid)
            if newest is None or newest["metadata"].get("deletionTimestamp"):
                break
            try:
                await pod.advance(newest)
            except httpx.TransportError as error:  # a machine that is too busy: once more
                print(f"{pod.name}: {type(error).__name__} {error}", file=sys.stderr, flush=True)
                self.wake(uid, _AGAIN_S)
        await pod.end()
        del self.pods[uid], self._calls[uid], self._tasks[uid]
        if newest is not None:
            await self.delete(newest)

    def _made(self, item: Object) -> Pod:
        containers = item["spec"]["containers"]
        address = HOST if item["spec"].get("hostNetwork") else next(self._addresses)
        program = program_for(containers[0]["image"], self.plane.folder)
        if program is None:
            return SimulatedPod(self, item, address)
        return ControllerPod(self, item, HOST, program)

    # -- controllers

    def _port(self, program: str, name: str) -> int | None:
        """Where the pod of a controller that works listens; None where none does."""
        for pod in self._controllers():
            if pod.program.name == program and pod.leading and pod.ports is not None:
                return int(getattr(pod.ports, name))
        return None

    def _controllers(self) -> list[ControllerPod]:
        return [pod for pod in self.pods.values() if isinstance(pod, ControllerPod)]

    def _beside(self, pod: ControllerPod) -> list[ControllerPod]:
        """The other pods of its controller."""
        key = (pod.namespace, pod.program.name)
        return [
            each
            for each in self._controllers()
            if each is not pod and (each.namespace, each.program.name) == key
        ]

    async def take_over(self, pod: ControllerPod) -> None:
        """This pod works from now on: the other pods of its controller stand by."""
        for other in self._beside(pod):
            if other.leading:
                await other.stand_by()

    def step_down(self, pod: ControllerPod) -> None:
        """This pod works no longer: one that stands by may."""
        for other in self._beside(pod):
            other.standing_by = False
            self.wake(other.uid)


async def serve(plane: ControlPlane) -> None:
    """Be the kubelet of a cluster."""
    access = connection(plane.credentials.kubeconfig("admin"))
    async with (
        httpx.AsyncClient(**access, timeout=30, trust_env=False) as api,
        httpx.AsyncClient(timeout=5, trust_env=False) as probe,
    ):
        await Kubelet(plane, api, probe).run()


def main(argv: list[str]) -> int:
    """Serve the cluster in the folder argv[0]."""
    asyncio.run(serve(ControlPlane.read(Path(argv[0]))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
