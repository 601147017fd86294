"""What a simulated node writes into the cluster for its pods."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from sandbox.cluster import census
from sandbox.providers.embedded.node_api import NodeApi


def test_a_status_leaves_the_conditions_of_others_and_takes_back_its_own_reasons() -> None:
    sent: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(httpx.codes.OK, json={})

    async def report() -> None:
        transport = httpx.MockTransport(keep)
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as api:
            pod = {"metadata": {"namespace": "team", "name": "web-1", "uid": "1234"}}
            ready = {"type": "Ready", "status": "True"}
            status = {"conditions": [ready], "podIPs": [{"ip": "10.244.0.2"}]}
            await NodeApi(api).report(pod, status)

    asyncio.run(report())
    [request] = sent
    assert request.headers["Content-Type"] == "application/strategic-merge-patch+json"
    status = json.loads(request.content)["status"]
    assert status["conditions"] == [
        {"type": "Ready", "status": "True", "reason": "", "message": ""}
    ]
    assert status["podIPs"] == [{"ip": "10.244.0.2"}, {"$patch": "replace"}]


def test_where_the_log_of_a_pod_lies_is_no_object_that_a_scenario_can_leave() -> None:
    sent: list[dict[str, Any]] = []

    def keep(request: httpx.Request) -> httpx.Response:
        sent.append(json.loads(request.content))
        return httpx.Response(httpx.codes.CREATED, json=sent[-1])

    async def publish() -> None:
        transport = httpx.MockTransport(keep)
        async with httpx.AsyncClient(transport=transport, base_url="http://node") as api:
            pod = {"metadata": {"namespace": "team", "name": "web-1", "uid": "1234"}}
            await NodeApi(api).publish_log(pod, Path("now.log"), Path("before.log"))

    asyncio.run(publish())
    [logs] = sent
    [owner] = logs["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("Pod", "web-1", "1234")
    assert census.names(sent) == frozenset()
