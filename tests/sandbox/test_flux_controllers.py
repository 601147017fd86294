"""Flux's controllers: of which version they are, and for how long none of them works."""

from __future__ import annotations

import threading
from typing import Any, cast

import pytest

from sandbox.cluster.kubernetes import KubernetesApi
from sandbox.errors import SandboxError
from sandbox.flux import controllers

LOOKS = 4


class Api:
    """Answers with Deployments and, at each look, with pods that are Ready or not."""

    def __init__(self, ready: list[bool], trouble: Exception | None = None) -> None:
        self.ready, self.trouble = ready, trouble
        self.seen = threading.Event()

    def __enter__(self) -> Api:
        return self

    def __exit__(self, *_: object) -> None: ...

    def list(self, path: str, **_: str) -> list[dict[str, Any]]:
        if self.trouble:
            self.seen.set()
            raise self.trouble
        image = "ghcr.io/fluxcd/source-controller:v1.9.3@sha256:abc"
        spec = {"template": {"spec": {"containers": [{"image": image}]}}}
        if path.endswith("/deployments"):
            return [{"metadata": {"name": "source-controller"}, "spec": spec}]
        if len(self.ready) == 1:
            self.seen.set()
        ready = self.ready.pop(0) if len(self.ready) > 1 else self.ready[0]
        condition = {"type": "Ready", "status": str(ready)}
        labels = {"app": "source-controller"}
        return [{"metadata": {"labels": labels}, "status": {"conditions": [condition]}}]


def watched(api: Api) -> controllers.Absence:
    with controllers.Absence(lambda: cast(KubernetesApi, api)) as absence:
        assert api.seen.wait(30)
    return absence


def test_the_version_of_a_controller_is_the_tag_of_its_image() -> None:
    found = controllers.versions(cast(KubernetesApi, Api([True])))
    assert found == {"source-controller": "1.9.3"}


@pytest.mark.parametrize(("ready", "away"), [([True] * LOOKS, False), ([True, False, True], True)])
def test_a_controller_is_away_while_no_pod_of_it_is_ready(ready: list[bool], away: bool) -> None:
    assert (watched(Api(ready)).seconds()["source-controller"] > 0) == away


@pytest.mark.parametrize("trouble", [SandboxError("is silent"), KeyError("is silent")])
def test_what_cannot_be_looked_at_is_told(trouble: Exception) -> None:
    absence = watched(Api([True], trouble))
    with pytest.raises(type(trouble), match="silent"):
        absence.seconds()
