"""Follow one collection of an API server: list it, then watch it, over and over."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx

from sandbox.cluster.kubernetes import Object, field
from sandbox.waiting import beat

_WATCH_S = 300
_RETRY_S = 0.3


class Reflector:
    """Tells what is in a collection, and each change of it."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        path: str,
        *,
        replace: Callable[[list[Object]], None],
        note: Callable[[Object, bool], None],
        trouble: Callable[[str], None] = lambda _text: None,
        **params: str,
    ) -> None:
        """`replace` gets every object after a listing, `note` one that changed and whether it went.

        `trouble` is told why the API server could not be asked; it is asked again. `params` narrow
        the collection (labelSelector, fieldSelector).
        """
        self._client = client
        self._path = path
        self._replace = replace
        self._note = note
        self._trouble = trouble
        self._params = params

    async def follow(self) -> None:
        """Follow it until cancelled."""
        async for _ in beat(_RETRY_S):
            try:
                version = await self._list()
                if version:
                    await self._watch(version)
            except httpx.HTTPError as error:
                # The API server may be starting, going or gone: who waits for a change says so.
                self._trouble(f"{self._path}: {type(error).__name__} {error}")

    async def _list(self) -> str:
        reply = await self._client.get(self._path, params=self._params)
        if reply.status_code == httpx.codes.NOT_FOUND:  # the CRD is not (or no longer) there
            self._replace([])
            return ""
        reply.raise_for_status()
        listed = reply.json()
        self._replace(field(listed, "items", default=[]))
        return str(listed["metadata"]["resourceVersion"])

    async def _watch(self, version: str) -> None:
        params = {
            **self._params,
            "watch": "1",
            "resourceVersion": version,
            "timeoutSeconds": str(_WATCH_S),
        }
        async with self._client.stream(
            "GET", self._path, params=params, timeout=httpx.Timeout(30, read=_WATCH_S + 30)
        ) as reply:
            reply.raise_for_status()
            async for line in reply.aiter_lines():
                event = json.loads(line)
                if event["type"] == "ERROR":  # the version is too old: list again
                    return
                self._note(event["object"], event["type"] == "DELETED")
