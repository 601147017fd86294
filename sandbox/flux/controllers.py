"""Flux's controllers in a cluster: of which version each is, and for how long none of it worked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Self

from sandbox.cluster.kubernetes import KubernetesApi, Object, field
from sandbox.flux.status import NAMESPACE

_DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
_PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"
_OF_FLUX = "app.kubernetes.io/part-of=flux"
_EVERY_S = 0.1


def versions(api: KubernetesApi) -> dict[str, str]:
    """The tag of each controller's image, without its `v`. Raises ApiError."""
    found = {}
    for each in api.list(_DEPLOYMENTS, labelSelector=_OF_FLUX):
        containers = field(each, "spec", "template", "spec", "containers", default=())
        for container in containers[:1]:
            image = container["image"].partition("@")[0].rpartition("/")[2]
            found[each["metadata"]["name"]] = image.partition(":")[2].removeprefix("v")
    return found


class Absence:
    """Looks whether each controller has a pod that is Ready, for as long as it is entered."""

    def __init__(self, api: Callable[[], KubernetesApi]) -> None:
        self._api = api
        self._away: dict[str, float] = {}
        self._trouble: Exception | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def seconds(self) -> Mapping[str, float]:
        """How long each was away, by name. Raises what ended the look before its time, if so."""
        if self._trouble:
            raise self._trouble
        return dict(sorted(self._away.items()))

    def _look(self) -> None:
        try:
            with self._api() as api:
                last = time.monotonic()
                while not self._end.wait(_EVERY_S):
                    ready = _ready(api.list(_PODS, labelSelector=_OF_FLUX))
                    names = [each["metadata"]["name"] for each in api.list(_DEPLOYMENTS)]
                    now = time.monotonic()
                    for name in names:
                        away = 0.0 if name in ready else now - last
                        self._away[name] = self._away.get(name, 0.0) + away
                    last = now
        except Exception as trouble:  # raised where the seconds are asked for: they are too few
            self._trouble = trouble


def _ready(pods: list[Object]) -> set[str]:
    """The controllers of which a pod is Ready and is not being deleted."""
    return {
        str(field(pod, "metadata", "labels", "app"))
        for pod in pods
        if not field(pod, "metadata", "deletionTimestamp")
        and any(
            each["type"] == "Ready" and each["status"] == "True"
            for each in field(pod, "status", "conditions", default=())
        )
    }
