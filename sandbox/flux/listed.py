"""Flux's objects as the API server has them now, where an informer may not have heard of all yet.

Each kind is followed for itself, and what was seen of two of them is of two moments: who keeps an
object has tried a commit, and the object still looks as it was. Here who keeps is listed first.
"""

from __future__ import annotations

from collections.abc import Callable

from sandbox.cluster.kubernetes import KubernetesApi, Object, field

_KEEPERS = ("Kustomization", "HelmRelease")
"""The kinds that keep objects, those of each other too: the first keeps most of the second."""


class Listed:
    """Answers as an informer does; a kind is asked for once, when it is looked at first."""

    def __init__(self, api: KubernetesApi, path: Callable[[str], str]) -> None:
        """Lists who keeps objects; `path` is that of the list of a kind. Raises ApiError."""
        self._api, self._path = api, path
        self._items: dict[str, list[Object]] = {}
        self.all(*_KEEPERS)

    def all(self, *kinds: str) -> list[Object]:
        """Every object of these kinds, with its kind filled in. Raises ApiError."""
        return [each for kind in kinds for each in self._of(kind)]

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """One object, None where there is none. Raises ApiError."""
        for each in self._of(kind):
            meta = each["metadata"]
            if (meta.get("namespace", ""), meta["name"]) == (namespace, name):
                return each
        return None

    def _of(self, kind: str) -> list[Object]:
        if kind not in self._items:
            path = self._path(kind)
            # A definition may go meanwhile, and its objects with it.
            found = field(self._api.find(path), "items", default=()) if path else ()
            self._items[kind] = [{**each, "kind": kind} for each in found]
        return self._items[kind]
