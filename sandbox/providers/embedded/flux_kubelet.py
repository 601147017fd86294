"""What a kubelet would do for Flux: run its Deployments, here as processes of this machine.

`python -m sandbox.providers.embedded.flux_kubelet CLUSTER_FOLDER SUPERVISOR_FOLDER` watches the
Deployments of Flux. A controller runs while its Deployment asks for a replica, with the arguments
of the Deployment (addresses and folders replaced by ones of this machine) and the token of its
own ServiceAccount, so RBAC decides as in a real cluster. Its pod turns Ready when the controller
answers its own readiness probe, not before.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from sandbox.kubernetes import Object, connection, field
from sandbox.providers.embedded.control_plane import HOST, ControlPlane
from sandbox.supervisor_client import SupervisorClient
from sandbox.surroundings import environment, programs_of
from sandbox.waiting import beat

_PART_OF_FLUX = "app.kubernetes.io/part-of=flux"
_LOOK_AGAIN_S = 0.25
_TOKEN_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Controller:
    """How one Flux controller is run outside a pod."""

    name: str
    health_port: int
    needs: tuple[str, ...]
    """CRDs without which it exits at start."""


def controllers(plane: ControlPlane) -> dict[str, Controller]:
    """The four controllers of `flux bootstrap`'s default set."""
    source = ("gitrepositories", "helmrepositories", "helmcharts", "buckets", "ocirepositories")
    known = (
        Controller("source-controller", plane.ports.health_source, source),
        Controller(
            "kustomize-controller",
            plane.ports.health_kustomize,
            ("kustomizations", "gitrepositories", "buckets", "ocirepositories"),
        ),
        Controller(
            "helm-controller",
            plane.ports.health_helm,
            ("helmreleases", "helmcharts", "ocirepositories"),
        ),
        Controller(
            "notification-controller",
            plane.ports.health_notification,
            ("providers", "alerts", "receivers"),
        ),
    )
    return {each.name: each for each in known}


class FluxKubelet:
    """Makes processes, pod status and log objects follow Flux's Deployments."""

    def __init__(self, plane: ControlPlane, supervisor: SupervisorClient) -> None:
        self.plane = plane
        self.supervisor = supervisor
        self.known = controllers(plane)
        self.running: dict[str, tuple[str, int]] = {}
        """Controller → uid and generation of the Deployment that it runs for."""
        self.logged: set[str] = set()
        self.api: httpx.AsyncClient

    async def run(self) -> None:
        """Follow the Deployments until the process is ended."""
        access = connection(self.plane.credentials.kubeconfig("admin"))
        async with (
            httpx.AsyncClient(**access, timeout=30, trust_env=False) as self.api,
            httpx.AsyncClient(timeout=2, trust_env=False) as probe,
        ):
            async for _ in beat(_LOOK_AGAIN_S):
                await self.follow(probe)

    async def follow(self, probe: httpx.AsyncClient) -> None:
        """Bring processes and pods in line once."""
        listed = await self._get("apis/apps/v1/deployments", labelSelector=_PART_OF_FLUX)
        wanted = {
            each["metadata"]["name"]: each
            for each in field(listed, "items", default=())
            if field(each, "spec", "replicas", default=1)
            and not each["metadata"].get("deletionTimestamp")
        }
        for name in [name for name in self.running if name not in wanted]:
            await self._stop(name)
        for name, deployment in wanted.items():
            if name in self.known:
                await self._ensure(self.known[name], deployment)
        if self.running:
            await self._follow_pods(probe)

    async def _ensure(self, controller: Controller, deployment: Object) -> None:
        meta = deployment["metadata"]
        version = (meta["uid"], meta["generation"])
        if self.running.get(controller.name) == version:
            return
        if not await self._crds_exist(controller.needs):
            return
        if controller.name in self.running:
            await self._stop(controller.name)
        account = deployment["spec"]["template"]["spec"].get("serviceAccountName", "default")
        token = await self._token(meta["namespace"], account)
        if token is None:
            return
        kubeconfig = self.plane.credentials.write_kubeconfig(
            controller.name, token, self.plane.name, self.plane.server
        )
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        home = self.plane.folder / controller.name
        home.mkdir(exist_ok=True)
        env = {
            **environment(programs_of(os.environ), home),
            **{
                each["name"]: each["value"]
                for each in field(container, "env", default=())
                if "value" in each
            },
            "KUBECONFIG": str(kubeconfig),
            "RUNTIME_NAMESPACE": meta["namespace"],
            "TUF_ROOT": str(home / "tmp" / "sigstore"),
        }
        argv = [
            controller.name,
            *self._arguments(controller, field(container, "args", default=[]), home),
        ]
        await asyncio.to_thread(
            self.supervisor.start,
            self._process(controller.name),
            argv,
            env=env,
            log=self._log(controller.name),
            cri=True,
            cwd=home,
        )
        self.running[controller.name] = version

    def _arguments(self, controller: Controller, given: list[str], home: Path) -> list[str]:
        ports = self.plane.ports
        own = {
            "--events-addr": f"http://{HOST}:{ports.events}/",
            "--metrics-addr": "0",
            "--health-addr": f"{HOST}:{controller.health_port}",
        }
        if controller.name == "source-controller":
            own["--storage-path"] = str(home / "data")
            own["--storage-addr"] = f"{HOST}:{ports.source_storage}"
            own["--storage-adv-addr"] = f"{HOST}:{ports.source_storage}"
            (home / "data").mkdir(exist_ok=True)
        if controller.name == "notification-controller":
            own["--events-addr"] = f"{HOST}:{ports.events}"
            own["--receiverAddr"] = f"{HOST}:{ports.receiver}"
        # One process for each controller: there is nobody to elect a leader among.
        replaced = {*own, "--enable-leader-election"}
        kept = [word for word in given if word.split("=", 1)[0] not in replaced]
        return [*kept, *(f"{flag}={value}" for flag, value in own.items())]

    async def _stop(self, name: str) -> None:
        await asyncio.to_thread(self.supervisor.stop, self._process(name))
        del self.running[name]

    async def _follow_pods(self, probe: httpx.AsyncClient) -> None:
        listed = await self._get("api/v1/pods", labelSelector=_PART_OF_FLUX)
        pods = [
            pod
            for pod in field(listed, "items", default=())
            if not pod["metadata"].get("deletionTimestamp")
        ]
        self.logged &= {pod["metadata"]["uid"] for pod in pods}
        for pod in pods:
            name = pod["metadata"]["labels"].get("app", "")
            if name not in self.running or not pod["spec"].get("nodeName"):
                continue
            if pod["metadata"]["uid"] not in self.logged:
                await self._publish_log(pod, name)
            if not _is_ready(pod) and await self._answers(probe, self.known[name]):
                await self._set_ready(pod)

    async def _answers(self, probe: httpx.AsyncClient, controller: Controller) -> bool:
        try:
            reply = await probe.get(f"http://{HOST}:{controller.health_port}/readyz")
        except httpx.TransportError:
            return False
        return reply.status_code == httpx.codes.OK

    async def _set_ready(self, pod: Object) -> None:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        kinds = ("Initialized", "Ready", "ContainersReady", "PodScheduled")
        status = {
            "phase": "Running",
            "startTime": now,
            "hostIP": HOST,
            "podIP": HOST,
            "podIPs": [{"ip": HOST}],
            "conditions": [
                {"type": kind, "status": "True", "lastTransitionTime": now} for kind in kinds
            ],
            "containerStatuses": [
                {
                    "name": container["name"],
                    "image": container["image"],
                    "imageID": "",
                    "ready": True,
                    "started": True,
                    "restartCount": 0,
                    "state": {"running": {"startedAt": now}},
                }
                for container in pod["spec"]["containers"]
            ],
        }
        meta = pod["metadata"]
        path = f"api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/status"
        await self._send("PATCH", path, {"status": status})

    async def _publish_log(self, pod: Object, name: str) -> None:
        meta = pod["metadata"]
        logs = {
            "apiVersion": "kwok.x-k8s.io/v1alpha1",
            "kind": "Logs",
            "metadata": {
                "name": meta["name"],
                "namespace": meta["namespace"],
                "ownerReferences": [
                    {"apiVersion": "v1", "kind": "Pod", "name": meta["name"], "uid": meta["uid"]}
                ],
            },
            "spec": {"logs": [{"logsFile": str(self._log(name)), "follow": True}]},
        }
        path = f"apis/kwok.x-k8s.io/v1alpha1/namespaces/{meta['namespace']}/logs"
        await self._send("POST", path, logs)
        self.logged.add(meta["uid"])

    async def _crds_exist(self, plurals: tuple[str, ...]) -> bool:
        listed = await self._get(
            "apis/apiextensions.k8s.io/v1/customresourcedefinitions", labelSelector=_PART_OF_FLUX
        )
        established = {
            crd["spec"]["names"]["plural"]
            for crd in field(listed, "items", default=())
            for condition in field(crd, "status", "conditions", default=())
            if condition["type"] == "Established" and condition["status"] == "True"
        }
        return established.issuperset(plurals)

    async def _token(self, namespace: str, account: str) -> str | None:
        """A token of the ServiceAccount; None while the account is not there."""
        path = f"api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": _TOKEN_S},
        }
        reply = await self._send("POST", path, request)
        return str(reply["status"]["token"]) if reply else None

    async def _get(self, path: str, **params: str) -> Object:
        reply = await self.api.get(f"/{path}", params=params)
        reply.raise_for_status()
        listed: Object = reply.json()
        return listed

    async def _send(self, method: str, path: str, body: Object) -> Object:
        """Send an object; what is gone or there already (404, 409) is left to the next look."""
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        reply = await self.api.request(
            method, f"/{path}", content=json.dumps(body), headers={"Content-Type": kind}
        )
        if reply.status_code in (httpx.codes.NOT_FOUND, httpx.codes.CONFLICT):
            return {}
        reply.raise_for_status()
        answer: Object = reply.json()
        return answer

    def _process(self, name: str) -> str:
        return f"{self.plane.name}/{name}"

    def _log(self, name: str) -> Path:
        return self.plane.folder / "logs" / f"{name}.log"


def _is_ready(pod: Object) -> bool:
    conditions = field(pod, "status", "conditions", default=())
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def main(argv: list[str]) -> int:
    """Serve the cluster in argv[0] with the supervisor in argv[1] until ended."""
    kubelet = FluxKubelet(ControlPlane.read(Path(argv[0])), SupervisorClient(Path(argv[1])))
    asyncio.run(kubelet.run())
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
