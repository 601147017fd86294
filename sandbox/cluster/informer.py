"""Follow the objects of a cluster as they change, so that waiting asks nobody and misses nothing.

A thread watches each kind (list, then watch) and keeps the present objects; `wait_for_change`
returns as soon as one of them changes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx

from sandbox.cluster.flux_kinds import CRDS, FluxKind, kind_of
from sandbox.cluster.kubernetes import Object, connection
from sandbox.cluster.reflector import Reflector

KINDS = {
    "Namespace": "/api/v1/namespaces",
    "Deployment": "/apis/apps/v1/deployments",
}
"""The kinds that are followed beside Flux's own, with the path of their list."""

Key = tuple[str, str, str]
"""Kind, namespace ("" for cluster-wide objects) and name."""
Observer = Callable[[str, Key, Object | None], None]
"""Told of each change: RFC 3339 time of arrival (UTC), key, and the object or None when gone."""


class Informer:
    """The present objects of a cluster, kind by kind."""

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = kubeconfig
        self._objects: dict[Key, Object] = {}
        self._changed = threading.Condition()
        self._version = 0
        self._observers: list[Observer] = []
        self._listed: set[str] = set()
        self._kinds: dict[str, FluxKind] = {}
        self._defined = False
        """Whether it is known which kinds there are."""
        self._following: dict[str, asyncio.Task[None]] = {}
        self._thread = threading.Thread(target=self._run, daemon=True, name="informer")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self.last_error = ""

    def start(self) -> Informer:
        """Begin to follow; returns when each kind was listed once (or found missing)."""
        self._thread.start()
        with self._changed:
            self._changed.wait_for(self._is_complete, 30)
        return self

    def _is_complete(self) -> bool:
        listed = self._listed >= {*KINDS, *self._kinds}
        return (self._defined and listed) or bool(self.last_error)

    def kinds(self) -> list[FluxKind]:
        """The kinds of Flux that the API server serves."""
        with self._changed:
            return list(self._kinds.values())

    def flux_kinds(self) -> list[str]:
        """Their names."""
        return [kind.name for kind in self.kinds()]

    def path(self, kind: str) -> str:
        """The path of the list of a kind that is followed; "" where it is not."""
        with self._changed:
            return KINDS.get(kind) or (self._kinds[kind].path if kind in self._kinds else "")

    def stop(self) -> None:
        """End the thread."""
        if self._loop is not None and self._main is not None:
            self._loop.call_soon_threadsafe(self._main.cancel)
        self._thread.join(timeout=10)

    def observe(self, observer: Observer) -> None:
        """Tell `observer` each change from now on (in the informer's thread)."""
        with self._changed:
            self._observers.append(observer)

    def forget(self, observer: Observer) -> None:
        """Tell `observer` nothing more."""
        with self._changed:
            self._observers.remove(observer)

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self._version

    def wait_for_change(self, seen: int, limit: float) -> None:
        """Return when something changed since version `seen`, or after `limit` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != seen, limit)

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """One object as last seen."""
        with self._changed:
            return self._objects.get((kind, namespace, name))

    def all(self, *kinds: str) -> list[Object]:
        """Every object of these kinds as last seen, with its kind filled in."""
        with self._changed:
            return [
                {**each, "kind": key[0]} for key, each in self._objects.items() if key[0] in kinds
            ]

    def _run(self) -> None:
        asyncio.run(self._follow_all())

    async def _follow_all(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._main = asyncio.current_task()
        access = connection(self._kubeconfig)
        async with httpx.AsyncClient(**access, timeout=30, trust_env=False) as client:
            defined = Reflector(
                client,
                CRDS,
                replace=lambda crds: self._define(client, crds),
                note=lambda crd, gone: self._define_one(client, crd, gone),
                trouble=self._fail,
            )
            fixed = [self._reflector(client, kind, path) for kind, path in KINDS.items()]
            try:
                await asyncio.gather(*(each.follow() for each in (*fixed, defined)))
            except asyncio.CancelledError:
                for task in self._following.values():
                    task.cancel()
                await asyncio.gather(*self._following.values(), return_exceptions=True)

    def _define(self, client: httpx.AsyncClient, crds: list[Object]) -> None:
        """These are all kinds that there are."""
        for name in set(self._kinds) - {crd["spec"]["names"]["kind"] for crd in crds}:
            self._forget_kind(name)
        for crd in crds:
            self._define_one(client, crd, False)
        with self._changed:
            self._defined = True
            self._changed.notify_all()

    def _define_one(self, client: httpx.AsyncClient, crd: Object, gone: bool) -> None:
        """Follow the kind of Flux that a CRD defines for as long as it is served."""
        kind = None if gone else kind_of(crd)
        name = crd["spec"]["names"]["kind"]
        known = self._kinds.get(name)
        if known is not None and known != kind and crd["spec"]["group"] in known.path:
            self._forget_kind(name)
        if kind is not None and name not in self._kinds:
            with self._changed:
                self._kinds[name] = kind
            follow = self._reflector(client, name, kind.path).follow()
            self._following[name] = asyncio.create_task(follow)

    def _forget_kind(self, name: str) -> None:
        self._following.pop(name).cancel()
        with self._changed:
            del self._kinds[name]
        self._replace(name, [])

    def _reflector(self, client: httpx.AsyncClient, kind: str, path: str) -> Reflector:
        def note(item: Object, gone: bool) -> None:
            self._note(self._key(kind, item), None if gone else item)

        return Reflector(
            client,
            path,
            replace=lambda items: self._replace(kind, items),
            note=note,
            trouble=self._fail,
        )

    def _fail(self, text: str) -> None:
        with self._changed:
            self.last_error = text
            self._changed.notify_all()

    def _replace(self, kind: str, items: list[Object]) -> None:
        present = {self._key(kind, item): item for item in items}
        with self._changed:
            for key in [key for key in self._objects if key[0] == kind and key not in present]:
                self._note(key, None)
            for key, item in present.items():
                if self._objects.get(key) != item:
                    self._note(key, item)
            self._listed.add(kind)
            self._changed.notify_all()

    def _note(self, key: Key, item: Object | None) -> None:
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        with self._changed:
            if item is None:
                self._objects.pop(key, None)
            else:
                self._objects[key] = item
            self._version += 1
            for observer in self._observers:
                observer(at, key, item)
            self._changed.notify_all()

    @staticmethod
    def _key(kind: str, item: Object) -> Key:
        return (kind, item["metadata"].get("namespace", ""), item["metadata"]["name"])
