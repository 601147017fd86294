"""What pods ask the API server for, through their node, and what the node tells it of them."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import httpx

from sandbox.cluster.kubernetes import Object, field
from sandbox.providers.embedded.control_plane import NODE
from sandbox.providers.embedded.events import warning

_TOKEN_S = 365 * 24 * 3600


class NodeApi:
    """The API server as a node sees it: status, events and tokens of its pods, and their logs."""

    def __init__(self, api: httpx.AsyncClient) -> None:
        self.api = api

    async def report(self, pod: Object, status: Object) -> None:
        """Write the status of a pod; conditions that others wrote into it stay."""
        # In a strategic merge what is not named stays, also a reason of before.
        conditions = [{"reason": "", "message": "", **each} for each in status["conditions"]]
        written = {**status, "conditions": conditions}
        if "podIPs" in status:
            written["podIPs"] = [*status["podIPs"], {"$patch": "replace"}]
        await self.send("PATCH", f"{_path(pod)}/status", {"status": written})

    async def tell(self, pod: Object, reason: str, message: str, container: str = "") -> None:
        """Write a warning about a pod, or about one of its containers, as an event."""
        event = warning({"kind": "Pod", **pod}, reason, message, by="kubelet", host=NODE)
        if container:
            event["involvedObject"]["fieldPath"] = f"spec.containers{{{container}}}"
        path = f"/api/v1/namespaces/{pod['metadata']['namespace']}/events"
        await self.send("POST", path, event)

    async def token(self, namespace: str, account: str) -> str | None:
        """A token of the ServiceAccount; None while the account is not there."""
        request = {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenRequest",
            "spec": {"expirationSeconds": _TOKEN_S},
        }
        path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{account}/token"
        reply = await self.send("POST", path, request)
        return str(reply["status"]["token"]) if reply else None

    async def data(self, kind: str, namespace: str, name: str) -> dict[str, str]:
        """What a Secret or a ConfigMap holds, decoded; empty where there is none."""
        path = f"/api/v1/namespaces/{namespace}/{kind.lower()}s/{name}"
        reply = await self.api.get(path)
        if reply.status_code == httpx.codes.NOT_FOUND:
            return {}
        reply.raise_for_status()
        found = field(reply.json(), "data", default={})
        if kind == "Secret":
            return {key: base64.b64decode(text).decode() for key, text in found.items()}
        return dict(found)

    async def publish_log(self, pod: Object, log: Path, before: Path) -> None:
        """Let `kubectl logs` read the log of a pod, and that of its run before."""
        meta = pod["metadata"]
        logs = {
            "apiVersion": "kwok.x-k8s.io/v1alpha1",
            "kind": "Logs",
            "metadata": {
                "name": meta["name"],
                "namespace": meta["namespace"],
                "ownerReferences": [
                    {
                        "apiVersion": "v1",
                        "kind": "Pod",
                        "name": meta["name"],
                        "uid": meta["uid"],
                        "controller": True,  # counted with its pod, not for itself
                    }
                ],
            },
            "spec": {
                "logs": [{"logsFile": str(log), "previousLogsFile": str(before), "follow": True}]
            },
        }
        await self.send(
            "POST", f"/apis/kwok.x-k8s.io/v1alpha1/namespaces/{meta['namespace']}/logs", logs
        )

    async def delete(self, pod: Object) -> None:
        """Let a pod that has ended go from the API server, if it is still the same one."""
        meta = pod["metadata"]
        body = {"gracePeriodSeconds": 0, "preconditions": {"uid": meta["uid"]}}
        await self.send("DELETE", _path(pod), body)

    async def send(self, method: str, path: str, body: Object) -> Object:
        """Send an object; what is gone or there already is left to the next look."""
        kind = "application/strategic-merge-patch+json" if method == "PATCH" else "application/json"
        reply = await self.api.request(
            method, path, content=json.dumps(body), headers={"Content-Type": kind}
        )
        if reply.status_code in (httpx.codes.NOT_FOUND, httpx.codes.CONFLICT):
            return {}
        if reply.status_code == httpx.codes.FORBIDDEN and "being terminated" in reply.text:
            return {}  # nothing new may be made in a namespace that goes
        reply.raise_for_status()
        answer: Object = reply.json()
        return answer


def _path(pod: Object) -> str:
    meta = pod["metadata"]
    return f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
